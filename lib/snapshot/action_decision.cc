#include "lib/snapshot/action_decision.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "lib/base/find_header.h"
#include "lib/base/strings.h"
#include "lib/match/path.h"

namespace postern {
namespace {

std::string_view HeaderValue(const RequestView& request, std::string_view name) {
  return FindHeader(request.head->headers, name).value_or(std::string_view());
}

// Answer makes `action` the decision's. Assigning to the variant would do, but for a way to abort
// that its checked access brings along.
template <typename T>
void Answer(RouteDecision* decision, T action) {
  decision->action = decltype(decision->action)(std::in_place_type<T>, std::move(action));
}

// Pick returns the cluster that `random` falls on, as Envoy walks the weights.
const WeightedCluster& Pick(const ForwardAction& action, uint64_t random) {
  if (action.split == nullptr) return action.cluster;
  const std::vector<WeightedCluster>& all = *action.split;
  const uint64_t ticket = random % all.back().weight_end;
  return *std::upper_bound(
      all.begin(), all.end(), ticket,
      [](uint64_t value, const WeightedCluster& cluster) { return value < cluster.weight_end; });
}

Fault RollFault(const CompiledFault& compiled, uint64_t random) {
  Fault fault;
  if (Rolls(random, Die::kFaultDelay, 0, compiled.delay_millionths)) fault.delay = compiled.delay;
  if (Rolls(random, Die::kFaultAbort, 0, compiled.abort_millionths)) {
    fault.abort_status = compiled.abort_status;
    fault.abort_grpc_status = compiled.abort_grpc_status;
  }
  return fault;
}

// A CrossOrigin is what a policy makes of the Origin of a request.
struct CrossOrigin {
  std::string_view origin;  // Empty: the request has none, or the policy does not match it.
  bool preflight = false;   // Asked by the browser itself, and not for the upstream to answer.
};

CrossOrigin JudgeOrigin(const CompiledCors& cors, const RequestView& request) {
  const std::string_view origin = HeaderValue(request, "origin");
  if (origin.empty()) return {};
  const bool matched = cors.any_origin || std::any_of(cors.origins.begin(), cors.origins.end(),
                                                      [origin](const StringMatcher& matcher) {
                                                        return matcher.Matches(origin);
                                                      });
  const bool asks = request.head->method == "OPTIONS" &&
                    !HeaderValue(request, "access-control-request-method").empty();
  return {matched ? origin : std::string_view(), asks && (matched || !cors.forward_unmatched)};
}

CorsPreflight AnswerPreflight(const CompiledCors& cors, std::string_view origin,
                              const RequestView& request) {
  CorsPreflight answer;
  answer.allow_origin = origin;
  answer.allow_credentials = cors.allow_credentials;
  answer.allow_methods =
      cors.echo_method ? HeaderValue(request, "access-control-request-method") : cors.allow_methods;
  answer.allow_headers = cors.echo_headers ? HeaderValue(request, "access-control-request-headers")
                                           : cors.allow_headers;
  answer.max_age = cors.max_age;
  if (!origin.empty()) answer.expose_headers = cors.expose_headers;
  return answer;
}

// ReplaceMatched returns the path of `request` with `text` in place of what `condition` matched.
std::string ReplaceMatched(const PathCondition& condition, const RequestView& request,
                           std::string_view text) {
  return condition.kind == PathCondition::Kind::kPrefix
             ? ReplacePrefix(request.path, condition.text.size(), text)
             : ReplacePath(request.path, text);
}

void DecideForward(const Route& route, const ForwardAction& action, const RequestView& request,
                   RouteDecision* decision) {
  const ActionExtras& extras = *route.action.extras;
  if (extras.fault) decision->fault = RollFault(*extras.fault, decision->random);
  const WeightedCluster& cluster = Pick(action, decision->random);
  decision->response_ops.second = extras.response_ops;
  if (cluster.extras != nullptr) decision->response_ops.first = cluster.extras->response_ops;
  CrossOrigin cross;
  if (extras.cors) cross = JudgeOrigin(*extras.cors, request);
  if (cross.preflight) {
    // An injected fault comes before the policy, and an abort is an answer of the route; the
    // policy's own answer is not, so no operation is done on it.
    if (decision->fault.abort_status == 0) decision->response_ops = {};
    Answer<CorsPreflight>(decision, AnswerPreflight(*extras.cors, cross.origin, request));
    return;
  }

  Forward forward;
  forward.cluster = cluster.cluster;
  forward.cluster_index = cluster.cluster_index;
  switch (extras.rewrite.kind) {
    case PathRewrite::Kind::kNone: {
      const std::string_view sent = request.head->path;
      const bool changed = request.path.data() != sent.data() || request.path.size() != sent.size();
      if (changed) forward.path.emplace(request.path);
      break;
    }
    case PathRewrite::Kind::kMatched:
      forward.path = ReplaceMatched(route.path, request, extras.rewrite.text);
      break;
    case PathRewrite::Kind::kRegex:
      forward.path = ReplacePath(request.path, extras.rewrite.regex->Rewrite(request.path_only()));
      break;
  }
  forward.path_rewritten = extras.rewrite.kind != PathRewrite::Kind::kNone;
  forward.request_ops.second = extras.request_ops;
  if (cluster.extras != nullptr) {
    const DestinationExtras& own = *cluster.extras;
    if (!own.authority.empty()) forward.authority.emplace(own.authority);
    if (own.authority_of_rule) {
      forward.original_authority =
          own.own_authority.empty() ? request.head->authority : own.own_authority;
    }
    forward.request_ops.first = own.request_ops;
  }
  forward.timeout = action.timeout;
  forward.retry = action.retry == nullptr ? nullptr : &action.retry->policy;
  forward.hash_policies = extras.hash_policies;
  forward.mirrors = extras.mirrors;
  if (!cross.origin.empty()) {
    forward.cors_allow_origin = cross.origin;
    forward.cors_allow_credentials = extras.cors->allow_credentials;
    forward.cors_expose_headers = extras.cors->expose_headers;
  }
  Answer<Forward>(decision, std::move(forward));
}

// RedirectHost returns the Host of `request` for a Location with `scheme`: its port goes if another
// takes its place, or if it is the default of the scheme that is left.
std::string_view RedirectHost(const RequestView& request, std::string_view scheme, bool new_port) {
  const std::string_view host = request.head->authority;
  size_t colon = std::string_view::npos;
  if (host.starts_with('[')) {
    const size_t end = host.rfind("]:");
    if (end != std::string_view::npos) colon = end + 1;
  } else {
    colon = host.rfind(':');
  }
  if (colon == std::string_view::npos) return host;
  const std::string_view port = host.substr(colon);
  const std::string_view proto = request.forwarded_proto;
  const bool left_default = scheme != proto && ((proto == "https" && port == ":443") ||
                                                (proto == "http" && port == ":80"));
  return new_port || left_default ? host.substr(0, colon) : host;
}

void DecideRedirect(const Route& route, const RedirectAction& action, const RequestView& request,
                    RouteDecision* decision) {
  const std::string_view scheme = action.scheme.empty() ? request.scheme : action.scheme;
  Redirect redirect;
  redirect.status = action.status;
  redirect.location =
      StrCat(scheme, "://",
             action.authority.empty() ? RedirectHost(request, scheme, action.port != 0)
                                      : action.authority);
  if (action.port != 0) StrAppend(&redirect.location, ":", action.port);
  const size_t path_start = redirect.location.size();
  if (!action.path.empty()) {
    redirect.location += action.path;
    // The query of the rule takes the place of the request's.
    if (action.path.find('?') == std::string_view::npos) {
      redirect.location += request.path.substr(request.path_end);
    }
  } else if (!action.prefix_rewrite.empty()) {
    redirect.location += ReplaceMatched(route.path, request, action.prefix_rewrite);
  } else {
    redirect.location += request.path;
  }
  // What the rule says may begin with another byte, or be no more than a query.
  if (redirect.location[path_start] != '/') redirect.location.insert(path_start, 1, '/');
  decision->response_ops = {{}, route.action.extras->response_ops};
  Answer<Redirect>(decision, std::move(redirect));
}

}  // namespace

void DecideAction(const Route& route, const RequestView& request, RouteDecision* decision) {
  const auto& action = route.action.action;
  if (const auto* forward = std::get_if<ForwardAction>(&action)) {
    DecideForward(route, *forward, request, decision);
  } else if (const auto* redirect = std::get_if<RedirectAction>(&action)) {
    DecideRedirect(route, *redirect, request, decision);
  } else if (const auto* response = std::get_if<DirectResponse>(&action)) {
    Answer<DirectResponse>(decision, *response);
    decision->response_ops = {{}, route.action.extras->response_ops};
  }
}

}  // namespace postern
