#include "lib/yaml/http_route_reader.h"

namespace postern {

void ReadFields(FieldReader& in, PortSelector* port) { in.Read("number", &port->number); }

void ReadFields(FieldReader& in, Destination* destination) {
  in.Read("host", &destination->host);
  in.Read("subset", &destination->subset);
  in.Read("port", &destination->port);
}

void ReadFields(FieldReader& in, StringMatch* match) {
  in.Read("exact", &match->exact);
  in.Read("prefix", &match->prefix);
  in.Read("regex", &match->regex);
  in.KeepLast("exact, prefix and regex", &match->exact, &match->prefix, &match->regex);
}

void ReadFields(FieldReader& in, HeaderOperations* operations) {
  in.Read("set", &operations->set);
  in.Read("add", &operations->add);
  in.Read("remove", &operations->remove);
}

void ReadFields(FieldReader& in, Headers* headers) {
  in.Read("request", &headers->request);
  in.Read("response", &headers->response);
}

void ReadFields(FieldReader& in, Percent* percent) { in.Read("value", &percent->value); }

void ReadFields(FieldReader& in, Delegate* delegate) {
  in.Read("name", &delegate->name);
  in.Read("namespace", &delegate->ns);
}

void ReadFields(FieldReader& in, HttpMatchRequest* match) {
  in.Read("name", &match->name);
  in.Read("uri", &match->uri);
  in.Read("scheme", &match->scheme);
  in.Read("method", &match->method);
  in.Read("authority", &match->authority);
  in.Read("headers", &match->headers);
  in.Read("port", &match->port);
  in.Read("sourceLabels", &match->source_labels);
  in.Read("gateways", &match->gateways);
  in.Read("queryParams", &match->query_params);
  in.Read("ignoreUriCase", &match->ignore_uri_case);
  in.Read("withoutHeaders", &match->without_headers);
  in.Read("sourceNamespace", &match->source_namespace);
  in.Read("statPrefix", &match->stat_prefix);
}

void ReadFields(FieldReader& in, HttpRouteDestination* destination) {
  in.Read("destination", &destination->destination);
  in.Read("weight", &destination->weight);
  in.Read("headers", &destination->headers);
}

void ReadFields(FieldReader& in, HttpRedirect* redirect) {
  in.Read("uri", &redirect->uri);
  in.Read("prefixRewrite", &redirect->prefix_rewrite);
  in.Read("authority", &redirect->authority);
  in.Read("port", &redirect->port);
  in.Read("derivePort", &redirect->derive_port);
  in.KeepLast("port and derivePort", &redirect->port, &redirect->derive_port);
  in.Read("scheme", &redirect->scheme);
  in.Read("redirectCode", &redirect->redirect_code);
}

void ReadFields(FieldReader& in, HttpBody* body) {
  in.Read("string", &body->string);
  in.ReadBytes("bytes", &body->bytes);
  in.KeepLast("string and bytes", &body->string, &body->bytes);
}

void ReadFields(FieldReader& in, HttpDirectResponse* response) {
  in.Read("status", &response->status);
  in.Read("body", &response->body);
}

void ReadFields(FieldReader& in, RegexRewrite* rewrite) {
  in.Read("match", &rewrite->match);
  in.Read("rewrite", &rewrite->rewrite);
}

void ReadFields(FieldReader& in, HttpRewrite* rewrite) {
  in.Read("uri", &rewrite->uri);
  in.Read("authority", &rewrite->authority);
  in.Read("uriRegexRewrite", &rewrite->uri_regex_rewrite);
}

void ReadFields(FieldReader& in, HttpRetry* retry) {
  in.Read("attempts", &retry->attempts);
  in.Read("perTryTimeout", &retry->per_try_timeout);
  in.Read("retryOn", &retry->retry_on);
  in.Read("retryRemoteLocalities", &retry->retry_remote_localities);
  in.Read("retryIgnorePreviousHosts", &retry->retry_ignore_previous_hosts);
  in.Read("backoff", &retry->backoff);
}

void ReadFields(FieldReader& in, CorsPolicy* cors) {
  in.Read("allowOrigin", &cors->allow_origin);
  in.Read("allowOrigins", &cors->allow_origins);
  in.Read("allowMethods", &cors->allow_methods);
  in.Read("allowHeaders", &cors->allow_headers);
  in.Read("exposeHeaders", &cors->expose_headers);
  in.Read("maxAge", &cors->max_age);
  in.Read("allowCredentials", &cors->allow_credentials);
  in.Read("unmatchedPreflights", &cors->unmatched_preflights);
}

void ReadFields(FieldReader& in, HttpFaultInjection::Delay* delay) {
  in.Read("percent", &delay->percent);
  in.Read("fixedDelay", &delay->fixed_delay);
  in.Read("exponentialDelay", &delay->exponential_delay);
  in.KeepLast("fixedDelay and exponentialDelay", &delay->fixed_delay, &delay->exponential_delay);
  in.Read("percentage", &delay->percentage);
}

void ReadFields(FieldReader& in, HttpFaultInjection::Abort* abort) {
  in.Read("httpStatus", &abort->http_status);
  in.Read("grpcStatus", &abort->grpc_status);
  in.Read("http2Error", &abort->http2_error);
  in.KeepLast("httpStatus, grpcStatus and http2Error", &abort->http_status, &abort->grpc_status,
              &abort->http2_error);
  in.Read("percentage", &abort->percentage);
}

void ReadFields(FieldReader& in, HttpFaultInjection* fault) {
  in.Read("delay", &fault->delay);
  in.Read("abort", &fault->abort);
}

void ReadFields(FieldReader& in, HttpMirrorPolicy* mirror) {
  in.Read("destination", &mirror->destination);
  in.Read("percentage", &mirror->percentage);
}

void ReadFields(FieldReader& in, HttpRoute* route) {
  in.Read("name", &route->name);
  in.Read("match", &route->match);
  in.Read("route", &route->route);
  in.Read("redirect", &route->redirect);
  in.Read("directResponse", &route->direct_response);
  in.Read("delegate", &route->delegate);
  in.Read("rewrite", &route->rewrite);
  in.Read("timeout", &route->timeout);
  in.Read("retries", &route->retries);
  in.Read("fault", &route->fault);
  in.Read("mirror", &route->mirror);
  in.Read("mirrors", &route->mirrors);
  in.Read("mirrorPercent", &route->mirror_percent);
  in.Read("mirrorPercentage", &route->mirror_percentage);
  in.Read("corsPolicy", &route->cors_policy);
  in.Read("headers", &route->headers);
}

}  // namespace postern
