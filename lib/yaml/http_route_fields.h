// The fields of a VirtualService's `http` rules (schema.md 3.2 to 3.8), one table for reading and
// writing. The rest of it is in lib/yaml/virtual_service_fields.h.

#ifndef POSTERN_YAML_HTTP_ROUTE_FIELDS_H_
#define POSTERN_YAML_HTTP_ROUTE_FIELDS_H_

#include "lib/yaml/model_fields.h"
#include "postern/virtual_service.h"

namespace postern {

template <typename F>
void VisitFields(F& fields, ModelOf<F, PortSelector>* port) {
  fields.Field("number", &port->number);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, Destination>* destination) {
  fields.Field("host", &destination->host);
  fields.Field("subset", &destination->subset);
  fields.Field("port", &destination->port);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, StringMatch>* match) {
  fields.Field("exact", &match->exact);
  fields.Field("prefix", &match->prefix);
  fields.Field("regex", &match->regex);
  fields.KeepLast("exact, prefix and regex", &match->exact, &match->prefix, &match->regex);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HeaderOperations>* operations) {
  fields.Field("set", &operations->set);
  fields.Field("add", &operations->add);
  fields.Field("remove", &operations->remove);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, Headers>* headers) {
  fields.Field("request", &headers->request);
  fields.Field("response", &headers->response);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, Percent>* percent) {
  fields.Field("value", &percent->value);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, Delegate>* delegate) {
  fields.Field("name", &delegate->name);
  fields.Field("namespace", &delegate->ns);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpMatchRequest>* match) {
  fields.Field("name", &match->name);
  fields.Field("uri", &match->uri);
  fields.Field("scheme", &match->scheme);
  fields.Field("method", &match->method);
  fields.Field("authority", &match->authority);
  fields.Field("headers", &match->headers);
  fields.Field("port", &match->port);
  fields.Field("sourceLabels", &match->source_labels);
  fields.Field("gateways", &match->gateways);
  fields.Field("queryParams", &match->query_params);
  fields.Field("ignoreUriCase", &match->ignore_uri_case);
  fields.Field("withoutHeaders", &match->without_headers);
  fields.Field("sourceNamespace", &match->source_namespace);
  fields.Field("statPrefix", &match->stat_prefix);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpRouteDestination>* destination) {
  fields.Field("destination", &destination->destination);
  fields.Field("weight", &destination->weight);
  fields.Field("headers", &destination->headers);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpRedirect>* redirect) {
  fields.Field("uri", &redirect->uri);
  fields.Field("prefixRewrite", &redirect->prefix_rewrite);
  fields.Field("authority", &redirect->authority);
  fields.Field("port", &redirect->port);
  fields.Field("derivePort", &redirect->derive_port);
  fields.KeepLast("port and derivePort", &redirect->port, &redirect->derive_port);
  fields.Field("scheme", &redirect->scheme);
  fields.Field("redirectCode", &redirect->redirect_code);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpBody>* body) {
  fields.Field("string", &body->string);
  fields.Bytes("bytes", &body->bytes);
  fields.KeepLast("string and bytes", &body->string, &body->bytes);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpDirectResponse>* response) {
  fields.Field("status", &response->status);
  fields.Field("body", &response->body);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, RegexRewrite>* rewrite) {
  fields.Field("match", &rewrite->match);
  fields.Field("rewrite", &rewrite->rewrite);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpRewrite>* rewrite) {
  fields.Field("uri", &rewrite->uri);
  fields.Field("authority", &rewrite->authority);
  fields.Field("uriRegexRewrite", &rewrite->uri_regex_rewrite);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpRetry>* retry) {
  fields.Field("attempts", &retry->attempts);
  fields.Field("perTryTimeout", &retry->per_try_timeout);
  fields.Field("retryOn", &retry->retry_on);
  fields.Field("retryRemoteLocalities", &retry->retry_remote_localities);
  fields.Field("retryIgnorePreviousHosts", &retry->retry_ignore_previous_hosts);
  fields.Field("backoff", &retry->backoff);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, CorsPolicy>* cors) {
  fields.Field("allowOrigin", &cors->allow_origin);
  fields.Field("allowOrigins", &cors->allow_origins);
  fields.Field("allowMethods", &cors->allow_methods);
  fields.Field("allowHeaders", &cors->allow_headers);
  fields.Field("exposeHeaders", &cors->expose_headers);
  fields.Field("maxAge", &cors->max_age);
  fields.Field("allowCredentials", &cors->allow_credentials);
  fields.Field("unmatchedPreflights", &cors->unmatched_preflights);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpFaultInjection::Delay>* delay) {
  fields.Field("percent", &delay->percent);
  fields.Field("fixedDelay", &delay->fixed_delay);
  fields.Field("exponentialDelay", &delay->exponential_delay);
  fields.KeepLast("fixedDelay and exponentialDelay", &delay->fixed_delay,
                  &delay->exponential_delay);
  fields.Field("percentage", &delay->percentage);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpFaultInjection::Abort>* abort) {
  fields.Field("httpStatus", &abort->http_status);
  fields.Field("grpcStatus", &abort->grpc_status);
  fields.Field("http2Error", &abort->http2_error);
  fields.KeepLast("httpStatus, grpcStatus and http2Error", &abort->http_status, &abort->grpc_status,
                  &abort->http2_error);
  fields.Field("percentage", &abort->percentage);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpFaultInjection>* fault) {
  fields.Field("delay", &fault->delay);
  fields.Field("abort", &fault->abort);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpMirrorPolicy>* mirror) {
  fields.Field("destination", &mirror->destination);
  fields.Field("percentage", &mirror->percentage);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, HttpRoute>* route) {
  fields.Field("name", &route->name);
  fields.Field("match", &route->match);
  fields.Field("route", &route->route);
  fields.Field("redirect", &route->redirect);
  fields.Field("directResponse", &route->direct_response);
  fields.Field("delegate", &route->delegate);
  fields.Field("rewrite", &route->rewrite);
  fields.Field("timeout", &route->timeout);
  fields.Field("retries", &route->retries);
  fields.Field("fault", &route->fault);
  fields.Field("mirror", &route->mirror);
  fields.Field("mirrors", &route->mirrors);
  fields.Field("mirrorPercent", &route->mirror_percent);
  fields.Field("mirrorPercentage", &route->mirror_percentage);
  fields.Field("corsPolicy", &route->cors_policy);
  fields.Field("headers", &route->headers);
}

}  // namespace postern

#endif  // POSTERN_YAML_HTTP_ROUTE_FIELDS_H_
