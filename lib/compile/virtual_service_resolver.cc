#include "lib/compile/virtual_service_resolver.h"

#include <algorithm>
#include <utility>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/delegate.h"
#include "lib/match/host_names.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

// A Resolver knows the delegates of one configuration.
class Resolver {
 public:
  explicit Resolver(CompileState& state) : state_(state) {
    for (const VirtualService& service : state.config.virtual_services) {
      if (!service.hosts.empty()) continue;
      delegates_.try_emplace(QualifiedName(service.metadata), &service);
    }
  }

  ResolvedVirtualService Resolve(const VirtualService& service) {
    ResolvedVirtualService resolved = ResolveNames(service, state_.options);
    for (size_t i = 0; i < service.http.size(); ++i) {
      const ResolvedRule::Source here{&service, i};
      if (service.http[i].delegate) {
        AddDelegated(here, &resolved.http);
      } else {
        ResolvedRule& rule = resolved.http.emplace_back();
        rule.route = &service.http[i];
        rule.own = here;
      }
    }
    return resolved;
  }

  // ReportUnused reports the delegates that no rule named.
  void ReportUnused() {
    for (const VirtualService& service : state_.config.virtual_services) {
      if (!service.hosts.empty()) continue;
      const std::string name = QualifiedName(service.metadata);
      if (used_.contains(name)) continue;
      state_.Report(
          kVirtualServiceDelegateUnused,
          state_.Origin("VirtualService", service.metadata, service.source, "spec"),
          "has no hosts, and no rule that this proxy sees delegates to it: it applies nowhere");
    }
  }

 private:
  // FullNames returns a copy of the rule with the names of its namespace spelled out, so that it
  // means the same in another resource.
  HttpRoute FullNames(const ResolvedRule::Source& source) const {
    const std::string& ns = source.service->metadata.ns;
    HttpRoute route = source.route();
    const auto resolve = [&](Boxed<Destination>& destination) {
      if (!destination) return;
      destination->host = ResolveShortHost(destination->host, ns, state_.options.cluster_domain);
    };
    for (HttpRouteDestination& destination : route.route) resolve(destination.destination);
    for (HttpMirrorPolicy& mirror : route.mirrors) resolve(mirror.destination);
    resolve(route.mirror);
    for (HttpMatchRequest& match : route.match) {
      for (std::string& gateway : match.gateways) {
        if (gateway != kMeshGateway) gateway = ResolveGatewayName(gateway, ns);
      }
    }
    return route;
  }

  Provenance Origin(const ResolvedRule::Source& source, std::string_view field) {
    return state_.Origin("VirtualService", source.service->metadata, source.service->source,
                         StrCat("spec.http[", source.rule, "]", field));
  }

  static bool IsVisible(const VirtualService& delegate, const std::string& ns) {
    if (delegate.export_to.empty()) return true;
    return std::any_of(delegate.export_to.begin(), delegate.export_to.end(),
                       [&](const std::string& to) {
                         return to == "*" || to == ns || (to == "." && delegate.metadata.ns == ns);
                       });
  }

  void AddDelegated(const ResolvedRule::Source& root, std::vector<ResolvedRule>* rules) {
    const std::string& ns = root.service->metadata.ns;
    const Delegate& named = *root.route().delegate;
    const std::string name = StrCat(named.ns.empty() ? ns : named.ns, "/", named.name);
    const auto it = delegates_.find(name);
    if (it == delegates_.end()) {
      state_.Report(kHttpDelegateMissing, Origin(root, ".delegate"),
                    StrCat("no VirtualService without hosts is called ", Quote(name),
                           ": the rule does nothing"));
      return;
    }
    const VirtualService& delegate = *it->second;
    used_.insert(name);
    if (!IsVisible(delegate, ns)) {
      state_.Report(kHttpDelegateHidden, Origin(root, ".delegate"),
                    StrCat("VirtualService ", Quote(name), " is not exported to namespace ",
                           Quote(ns), ": the rule does nothing"));
      return;
    }
    const HttpRoute root_route = FullNames(root);
    for (size_t i = 0; i < delegate.http.size(); ++i) {
      const ResolvedRule::Source leaf{&delegate, i};
      std::optional<MergedRoute> merged = MergeRoutes(root_route, FullNames(leaf));
      if (!merged) {
        state_.ReportLoss(kHttpDelegateConflict, Origin(leaf, ""),
                          "a match of the rule fits no match of the rule that delegates to it: "
                          "the rule does nothing there",
                          Origin(root, ""));
        continue;
      }
      ResolvedRule& rule = rules->emplace_back();
      rule.own = leaf;
      rule.root = root;
      for (const MergedRoute::Origin& origin : merged->origins) {
        rule.matches.push_back(origin.leaf ? ResolvedRule::MatchSource{leaf, *origin.leaf}
                                           : ResolvedRule::MatchSource{root, *origin.root});
      }
      rule.merged = std::make_shared<const HttpRoute>(std::move(merged->route));
      rule.route = rule.merged.get();
    }
  }

  CompileState& state_;
  StringMap<const VirtualService*> delegates_;  // By "namespace/name".
  StringSet used_;                              // Those of them that a rule names.
};

}  // namespace

ResolvedVirtualService ResolveNames(const VirtualService& service, const SnapshotOptions& options) {
  const std::string& ns = service.metadata.ns;
  ResolvedVirtualService resolved;
  resolved.source = &service;
  for (const std::string& host : service.hosts) {
    resolved.hosts.push_back(ResolveShortHost(host, ns, options.cluster_domain));
  }
  for (const std::string& gateway : service.gateways) {
    if (gateway != kMeshGateway) resolved.gateways.push_back(ResolveGatewayName(gateway, ns));
  }
  return resolved;
}

std::vector<ResolvedVirtualService> ResolveVirtualServices(
    const std::vector<const VirtualService*>& services, CompileState& state) {
  Resolver resolver(state);
  std::vector<ResolvedVirtualService> resolved;
  resolved.reserve(services.size());
  for (const VirtualService* service : services) resolved.push_back(resolver.Resolve(*service));
  resolver.ReportUnused();
  return resolved;
}

}  // namespace postern
