#include "lib/compile/route_compiler.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lib/base/strings.h"
#include "lib/compile/action_compiler.h"
#include "lib/compile/matcher_compiler.h"
#include "lib/compile/select.h"
#include "lib/match/host_names.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

// Applies returns whether `match` of a rule in namespace `ns` is for the server of `context`: what
// is known of it when it is compiled.
bool Applies(const HttpMatchRequest& match, std::string_view ns, const RouteContext& context,
             const SnapshotOptions& options) {
  if (match.port != 0 && match.port != context.port) return false;
  if (!match.gateways.empty()) {
    // Conditions on the source do not count beside `gateways`.
    return std::any_of(
        match.gateways.begin(), match.gateways.end(), [&](const std::string& gateway) {
          return gateway != kMeshGateway && ResolveGatewayName(gateway, ns) == context.gateway;
        });
  }
  return IsSelected(match.source_labels, options.labels) &&
         (match.source_namespace.empty() || match.source_namespace == options.ns);
}

Provenance Origin(const ResolvedRule::Source& source, std::string_view field, CompileState& state) {
  return state.Origin("VirtualService", source.service->metadata, source.service->source,
                      StrCat("spec.http[", source.rule, "]", field));
}

// A Compiler makes the routes of one VirtualService for one server.
class Compiler {
 public:
  Compiler(const RouteContext& context, CompileState& state) : context_(context), state_(state) {}

  void AddRule(const ResolvedRule& rule) {
    action_.reset();
    if (rule.route->match.empty()) {
      Route route;
      route.name = state_.tables.text.Intern(rule.route->name);
      route.match = Origin(rule.own, "", state_);
      Finish(rule, std::move(route));
      return;
    }
    const std::string& ns = rule.own.service->metadata.ns;
    for (size_t i = 0; i < rule.route->match.size(); ++i) {
      const HttpMatchRequest& match = rule.route->match[i];
      if (!Applies(match, ns, context_, state_.options)) continue;
      const ResolvedRule::MatchSource source =
          rule.matches.empty() ? ResolvedRule::MatchSource{rule.own, i} : rule.matches[i];
      const Provenance at = Origin(source.rule, StrCat(".match[", source.match, "]"), state_);
      absl::StatusOr<Route> route = CompileMatch(match, state_);
      if (!route.ok()) {
        if (state_.IsFirst(kHttpMatchRegexDropped, at)) {
          state_.Report(kHttpMatchRegexDropped, at,
                        StrCat("match is dropped: ", ToStd(route.status().message())));
        }
        continue;
      }
      route->match = at;
      ReportClaims(*route);
      route->name = state_.tables.text.Intern(
          match.name.empty() ? rule.route->name : StrCat(rule.route->name, ".", match.name));
      Finish(rule, *std::move(route));
    }
  }

  // Take returns the routes without the room to grow into, which a Snapshot would keep.
  std::vector<Route> Take() {
    return {std::make_move_iterator(routes_.begin()), std::make_move_iterator(routes_.end())};
  }

 private:
  // Finish adds `route` with the action of `rule`, which is compiled for its first route. Behind
  // one that matches everything, none is reached.
  void Finish(const ResolvedRule& rule, Route route) {
    if (catch_all_) {
      ReportUnreached(std::move(route));
      return;
    }
    if (route.IsCatchAll()) catch_all_ = route.match;
    if (!action_) action_ = CompileAction(rule, context_, state_);
    if (!action_) return;
    route.action = *action_;
    routes_.push_back(std::move(route));
  }

  void ReportUnreached(Route route) {
    const Provenance at = route.match;
    if (!state_.IsFirst(kRouteShadowed, at)) return;
    WitnessSketch sketch;
    sketch.route_config = context_.route_config;
    sketch.hosts = {std::string(context_.host)};
    std::string message = StrCat("no request of host ", Quote(context_.host), " reaches the route ",
                                 Quote(route.ToString()), ": an earlier one matches everything");
    sketch.route = &state_.dropped_routes.emplace_back(std::move(route));
    state_.ReportLoss(kRouteShadowed, at, std::move(message), *catch_all_, std::move(sketch));
  }

  void ReportClaims(const Route& route) {
    for (const RouteCondition& condition : route.conditions) {
      if (condition.field != RouteCondition::Field::kClaim) continue;
      if (!state_.IsFirst(kHttpMatchClaimUnverified, route.match)) return;
      state_.Report(kHttpMatchClaimUnverified, route.match,
                    StrCat("nothing verifies tokens here: the claim ", Quote(condition.name),
                           " is always missing"));
      return;
    }
  }

  const RouteContext& context_;
  CompileState& state_;
  std::optional<Provenance> catch_all_;
  std::optional<RouteAction> action_;
  std::vector<Route> routes_;
};

}  // namespace

std::vector<Route> CompileRoutes(const ResolvedVirtualService& service, const RouteContext& context,
                                 CompileState& state) {
  Compiler compiler(context, state);
  for (const ResolvedRule& rule : service.http) compiler.AddRule(rule);
  return compiler.Take();
}

}  // namespace postern
