#include "lib/compile/action_compiler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/compile/cluster_compiler.h"
#include "lib/compile/hash_compiler.h"
#include "lib/compile/header_compiler.h"
#include "lib/compile/matcher_compiler.h"
#include "lib/compile/retry_compiler.h"

namespace postern {
namespace {

constexpr uint32_t kAlways = 1'000'000;

// The names of gRPC's status codes, by number.
constexpr std::array<std::string_view, 17> kGrpcStatuses = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

// Millionths returns the dice of `percent`: Envoy's have a resolution of a ten thousandth of one.
uint32_t Millionths(const Percent& percent) {
  return static_cast<uint32_t>(std::clamp(percent.value * 10'000, 0.0, double{kAlways}));
}

int GrpcStatus(std::string_view name) {
  const auto known = std::find(kGrpcStatuses.begin(), kGrpcStatuses.end(), name);
  if (known != kGrpcStatuses.end()) return static_cast<int>(known - kGrpcStatuses.begin());
  return ParseDecimal<int>(name).value_or(2);
}

CompiledFault CompileFault(const HttpFaultInjection& fault) {
  CompiledFault compiled;
  if (fault.delay && fault.delay->fixed_delay) {
    compiled.delay = *fault.delay->fixed_delay;
    compiled.delay_millionths = fault.delay->percentage
                                    ? Millionths(*fault.delay->percentage)
                                    : Millionths({double(fault.delay->percent)});
  }
  if (fault.abort) {
    if (fault.abort->percentage) compiled.abort_millionths = Millionths(*fault.abort->percentage);
    if (fault.abort->grpc_status) {
      compiled.abort_status = 200;
      compiled.abort_grpc_status = GrpcStatus(*fault.abort->grpc_status);
    } else {
      compiled.abort_status = fault.abort->http_status.value_or(0);
    }
  }
  return compiled;
}

std::string_view Join(const std::vector<std::string>& list, StringPool& text) {
  std::string joined;
  for (const std::string& item : list) StrAppend(&joined, joined.empty() ? "" : ",", item);
  return text.Intern(joined);
}

absl::StatusOr<CompiledCors> CompileCors(const CorsPolicy& policy, CompileState& state) {
  StringPool& text = state.tables.text;
  CompiledCors cors;
  for (const StringMatch& origin : policy.allow_origins) {
    POSTERN_ASSIGN_OR_RETURN(StringMatcher matcher,
                             CompileString(origin, state.options.max_regex_bytes));
    cors.origins.push_back(std::move(matcher));
  }
  if (policy.allow_origins.empty()) {
    for (const std::string& origin : policy.allow_origin) {
      cors.origins.push_back(StringMatcher::Exact(origin));
    }
  }
  cors.any_origin = std::any_of(cors.origins.begin(), cors.origins.end(),
                                [](const StringMatcher& matcher) { return matcher.Matches("*"); });
  cors.forward_unmatched = policy.unmatched_preflights != CorsPolicy::UnmatchedPreflights::kIgnore;
  cors.allow_credentials = policy.allow_credentials.value_or(false);
  cors.allow_methods = Join(policy.allow_methods, text);
  cors.allow_headers = Join(policy.allow_headers, text);
  // A star among others is one more name.
  cors.echo_method = cors.allow_methods == "*";
  cors.echo_headers = cors.allow_headers == "*";
  cors.expose_headers = Join(policy.expose_headers, text);
  if (policy.max_age) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*policy.max_age);
    cors.max_age = text.Intern(StrCat(seconds.count()));
  }
  return cors;
}

// CompileRedirect fails for the codes that validation takes and Istio makes no action of.
absl::StatusOr<RedirectAction> CompileRedirect(const HttpRedirect& redirect,
                                               const RouteContext& context, StringPool& text) {
  constexpr std::array<uint32_t, 5> kCodes = {301, 302, 303, 307, 308};
  const uint32_t code = redirect.redirect_code == 0 ? 301 : redirect.redirect_code;
  if (std::find(kCodes.begin(), kCodes.end(), code) == kCodes.end()) {
    return InvalidArgument("redirectCode ", code, " is not 301, 302, 303, 307 or 308");
  }
  RedirectAction action;
  action.status = static_cast<int>(code);
  action.scheme = text.Intern(redirect.scheme);
  action.authority = text.Intern(redirect.authority);
  if (redirect.prefix_rewrite.empty()) {
    action.path = text.Intern(redirect.uri);
  } else {
    action.prefix_rewrite = text.Intern(redirect.prefix_rewrite);
  }
  if (redirect.port) {
    action.port = *redirect.port;
  } else if (redirect.derive_port == HttpRedirect::RedirectPortSelection::kFromRequestPort) {
    action.port = context.port;
  }
  // The port that the scheme implies is not written out. The scheme is here what the server says.
  const std::string_view scheme = !redirect.scheme.empty() ? std::string_view(redirect.scheme)
                                  : context.tls            ? "https"
                                                           : "http";
  if ((scheme == "http" && action.port == 80) || (scheme == "https" && action.port == 443)) {
    action.port = 0;
  }
  return action;
}

DirectResponse CompileDirectResponse(const HttpDirectResponse& response, StringPool& text) {
  DirectResponse action;
  action.status = static_cast<int>(response.status);
  if (response.body) {
    const std::optional<std::string>& body =
        response.body->string ? response.body->string : response.body->bytes;
    if (body) action.body = text.Intern(*body);
  }
  return action;
}

bool IsEmpty(const DestinationExtras& extras) {
  return extras.authority.empty() && extras.request_ops.empty() && extras.response_ops.empty();
}

bool IsEmpty(const ActionExtras& extras) {
  return extras.request_ops.empty() && extras.response_ops.empty() &&
         extras.rewrite.kind == PathRewrite::Kind::kNone && extras.mirrors.empty() &&
         extras.hash_policies.empty() && !extras.cors && !extras.fault;
}

// Keep puts `extras` into `tables`, unless there are none.
const DestinationExtras* Keep(DestinationExtras extras, SnapshotTables& tables) {
  if (IsEmpty(extras)) return nullptr;
  return &tables.destination_extras.emplace_back(std::move(extras));
}

const ActionExtras* Keep(ActionExtras extras, SnapshotTables& tables) {
  if (IsEmpty(extras)) return &tables.action_extras.front();
  return &tables.action_extras.emplace_back(std::move(extras));
}

// A ForwardCompiler compiles the destinations of one rule and what goes with them.
class ForwardCompiler {
 public:
  ForwardCompiler(const ResolvedRule& rule, const RouteContext& context, CompileState& state)
      : rule_(rule), route_(*rule.route), context_(context), state_(state) {}

  // Compile returns the action and fills `extras`. NotFound if no destination is left.
  absl::StatusOr<ForwardAction> Compile(ActionExtras* extras) {
    ForwardAction action;
    std::vector<WeightedCluster> clusters = CompileDestinations(extras);
    if (clusters.empty()) return NotFound("no destination has a weight");
    if (clusters.size() == 1) {
      action.cluster = clusters.front();
    } else {
      action.split = &state_.tables.splits.emplace_back(std::move(clusters));
    }
    POSTERN_RETURN_IF_ERROR(CompileRewrite(&extras->rewrite));
    action.timeout = route_.timeout.value_or(Duration());
    action.retry = CompileRetries();
    CompileMirrors(&extras->mirrors);
    if (route_.cors_policy) {
      POSTERN_ASSIGN_OR_RETURN(extras->cors, CompileCors(*route_.cors_policy, state_));
    }
    if (route_.fault) extras->fault = CompileFault(*route_.fault);
    return action;
  }

 private:
  // ns returns the namespace that services are found from: of a delegate, its root's.
  std::string_view ns() const {
    const ResolvedRule::Source& source = rule_.root.service == nullptr ? rule_.own : rule_.root;
    return source.service->metadata.ns;
  }

  uint32_t ClusterOf(const Destination& destination) {
    return state_.clusters->Resolve(destination, ns(), context_.port,
                                    ClusterCompiler::Traffic::kRequests);
  }

  std::vector<WeightedCluster> CompileDestinations(ActionExtras* extras) {
    std::vector<WeightedCluster> clusters;
    StringPool& text = state_.tables.text;
    const bool alone = route_.route.size() == 1;
    const HeaderOperations* requests = RequestOperations(route_.headers);
    const HeaderOperations* responses = ResponseOperations(route_.headers);
    // The rule's own rewrite comes before its operations, and these before its destinations'.
    const std::string_view rewritten =
        route_.rewrite ? text.Intern(route_.rewrite->authority) : std::string_view();
    const std::string_view authority = rewritten.empty() ? AuthorityOf(requests, text) : rewritten;
    extras->request_ops = CompileOperations(requests, nullptr, text);
    extras->response_ops = CompileOperations(responses, nullptr, text);
    uint64_t weight_end = 0;
    for (const HttpRouteDestination& destination : route_.route) {
      if (!destination.destination || (!alone && destination.weight <= 0)) continue;
      const HeaderOperations* own_requests = RequestOperations(destination.headers);
      const HeaderOperations* own_responses = ResponseOperations(destination.headers);
      weight_end += alone ? 1 : static_cast<uint64_t>(destination.weight);
      WeightedCluster& cluster = clusters.emplace_back();
      cluster.cluster_index = ClusterOf(*destination.destination);
      cluster.cluster = state_.tables.clusters[cluster.cluster_index].name;
      AddHash(*destination.destination, alone, &extras->hash_policies);
      cluster.weight_end = weight_end;
      DestinationExtras own;
      const std::string_view own_authority = AuthorityOf(own_requests, text);
      own.authority = authority.empty() ? own_authority : authority;
      own.authority_of_rule = !own.authority.empty() && (alone || !authority.empty());
      if (!alone && own.authority_of_rule) own.own_authority = own_authority;
      if (alone) {
        // Both lists are one evaluation.
        extras->request_ops = CompileOperations(requests, own_requests, text);
        extras->response_ops = CompileOperations(responses, own_responses, text);
      } else {
        own.request_ops = CompileOperations(own_requests, nullptr, text);
        own.response_ops = CompileOperations(own_responses, nullptr, text);
      }
      cluster.extras = Keep(std::move(own), state_.tables);
    }
    return clusters;
  }

  // The policies of several destinations are one list, whichever is picked.
  void AddHash(const Destination& destination, bool alone, std::vector<HashPolicy>* policies) {
    const auto* hash = state_.clusters->RequestHash(destination, ns());
    if (hash == nullptr) return;
    consistent_hash_ |= alone;
    if (const auto policy = CompileHash(*hash, state_.tables.text)) policies->push_back(*policy);
  }

  absl::Status CompileRewrite(PathRewrite* rewrite) {
    if (!route_.rewrite) return absl::OkStatus();
    if (const auto& regex = route_.rewrite->uri_regex_rewrite) {
      POSTERN_ASSIGN_OR_RETURN(
          RegexRewriter rewriter,
          RegexRewriter::Create(regex->match, regex->rewrite, state_.options.max_regex_bytes));
      rewrite->kind = PathRewrite::Kind::kRegex;
      rewrite->regex = std::make_shared<const RegexRewriter>(std::move(rewriter));
    } else if (!route_.rewrite->uri.empty()) {
      rewrite->kind = PathRewrite::Kind::kMatched;
      rewrite->text = state_.tables.text.Intern(route_.rewrite->uri);
    }
    return absl::OkStatus();
  }

  // CompileRetries returns null if there are to be none. Rules that say nothing share a policy, and
  // so do neighbours that say the same.
  const CompiledRetry* CompileRetries() {
    const size_t kind = consistent_hash_ ? 1 : 0;
    if (route_.retries) {
      auto& [written, compiled] = state_.last_retries[kind];
      if (written == nullptr || *written != *route_.retries) {
        written = &*route_.retries;
        compiled = KeepRetries(written);
      }
      return compiled;
    }
    const Boxed<HttpRetry>& mesh = state_.options.default_retry;
    const CompiledRetry*& shared = state_.default_retries[kind];
    if (shared == nullptr) shared = KeepRetries(mesh ? &*mesh : nullptr);
    return shared;
  }

  const CompiledRetry* KeepRetries(const HttpRetry* retries) {
    auto compiled = CompileRetry(retries, consistent_hash_, state_.tables.text);
    if (!compiled) return nullptr;
    CompiledRetry& kept = state_.tables.retries.emplace_back(*std::move(compiled));
    kept.policy.status_codes = kept.status_codes;
    return &kept;
  }

  void AddMirror(const Destination& destination, uint32_t millionths,
                 std::vector<Mirror>* mirrors) {
    if (millionths == 0) return;
    const uint32_t cluster = ClusterOf(destination);
    mirrors->push_back({state_.tables.clusters[cluster].name, cluster, millionths});
  }

  void CompileMirrors(std::vector<Mirror>* mirrors) {
    if (route_.mirror) {
      const uint32_t millionths = route_.mirror_percentage ? Millionths(*route_.mirror_percentage)
                                  : route_.mirror_percent
                                      ? Millionths({double(*route_.mirror_percent)})
                                      : kAlways;
      AddMirror(*route_.mirror, millionths, mirrors);
    }
    for (const HttpMirrorPolicy& mirror : route_.mirrors) {
      if (!mirror.destination) continue;
      AddMirror(*mirror.destination, mirror.percentage ? Millionths(*mirror.percentage) : kAlways,
                mirrors);
    }
  }

  const ResolvedRule& rule_;
  const HttpRoute& route_;
  const RouteContext& context_;
  CompileState& state_;
  bool consistent_hash_ = false;
};

Provenance Origin(const ResolvedRule::Source& source, std::string_view field, CompileState& state) {
  return state.Origin("VirtualService", source.service->metadata, source.service->source,
                      StrCat("spec.http[", source.rule, "]", field));
}

// FieldOrigin returns where a field of a rule was set: in the delegate if it has it, else in the
// root.
template <typename Present>
Provenance FieldOrigin(const ResolvedRule& rule, Present HttpRoute::*field, std::string_view name,
                       CompileState& state) {
  if (rule.own.route().*field) return Origin(rule.own, name, state);
  return rule.root.service == nullptr ? Provenance() : Origin(rule.root, name, state);
}

}  // namespace

std::optional<RouteAction> CompileAction(const ResolvedRule& rule, const RouteContext& context,
                                         CompileState& state) {
  StringPool& text = state.tables.text;
  const HttpRoute& route = *rule.route;
  RouteAction compiled;
  ActionExtras extras;
  compiled.rule = Origin(rule.own, "", state);
  const auto drop = [&compiled, &state](const absl::Status& why) {
    if (state.IsFirst(kHttpRuleDropped, compiled.rule)) {
      state.Report(kHttpRuleDropped, compiled.rule,
                   StrCat("rule is dropped: ", ToStd(why.message())));
    }
    return std::nullopt;
  };
  if (route.redirect || route.direct_response) {
    extras.response_ops = CompileOperations(ResponseOperations(route.headers), nullptr, text);
    if (route.redirect) {
      absl::StatusOr<RedirectAction> redirect = CompileRedirect(*route.redirect, context, text);
      if (!redirect.ok()) return drop(redirect.status());
      compiled.action = *std::move(redirect);
    } else {
      compiled.action = CompileDirectResponse(*route.direct_response, text);
    }
  } else {
    absl::StatusOr<ForwardAction> forward = ForwardCompiler(rule, context, state).Compile(&extras);
    if (!forward.ok()) return drop(forward.status());
    compiled.action = *std::move(forward);
    SettingOrigins origins;
    if (route.timeout) origins.timeout = FieldOrigin(rule, &HttpRoute::timeout, ".timeout", state);
    if (route.retries) origins.retries = FieldOrigin(rule, &HttpRoute::retries, ".retries", state);
    if (route.timeout || route.retries) {
      compiled.origins = &state.tables.setting_origins.emplace_back(origins);
    }
  }
  compiled.extras = Keep(std::move(extras), state.tables);
  return compiled;
}

}  // namespace postern
