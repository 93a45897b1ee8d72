#include "lib/compile/mesh_host_report.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/host_join.h"
#include "lib/match/host_names.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

bool AppliesInMesh(const VirtualService& service) {
  return service.gateways.empty() || std::find(service.gateways.begin(), service.gateways.end(),
                                               kMeshGateway) != service.gateways.end();
}

// ScopesOf returns the namespaces that see `service`; "*" stands for all.
std::set<std::string> ScopesOf(const VirtualService& service) {
  std::set<std::string> scopes;
  for (const std::string& to : service.export_to) {
    scopes.insert(to == "." ? service.metadata.ns : to);
  }
  if (scopes.empty() || scopes.contains("*")) return {"*"};
  return scopes;
}

// A Claim is one host of one VirtualService in one scope.
struct Claim {
  std::string scope;
  std::string host;
  size_t service;  // In Config::virtual_services.
  size_t position;
};

std::vector<Claim> ClaimsOf(const CompileState& state) {
  std::vector<Claim> claims;
  const std::vector<VirtualService>& services = state.config.virtual_services;
  for (size_t i = 0; i < services.size(); ++i) {
    if (!AppliesInMesh(services[i])) continue;
    for (const std::string& scope : ScopesOf(services[i])) {
      for (size_t k = 0; k < services[i].hosts.size(); ++k) {
        claims.push_back({scope,
                          ResolveShortHost(services[i].hosts[k], services[i].metadata.ns,
                                           state.options.cluster_domain),
                          i, k});
      }
    }
  }
  return claims;
}

void ReportClash(const Claim& lost, const Claim& winner, CompileState& state) {
  const auto origin = [&state](const Claim& claim) {
    const VirtualService& service = state.config.virtual_services[claim.service];
    return state.Origin("VirtualService", service.metadata, service.source,
                        StrCat("spec.hosts[", claim.position, "]"));
  };
  const VirtualService& service = state.config.virtual_services[lost.service];
  const Provenance whole = state.Origin("VirtualService", service.metadata, service.source, "spec");
  if (!state.IsFirst(kVirtualServiceMeshHostTaken, whole)) return;
  state.ReportLoss(kVirtualServiceMeshHostTaken, origin(lost),
                   StrCat("host ", Quote(lost.host),
                          " is that of another VirtualService for sidecars: which one holds is not "
                          "defined"),
                   origin(winner));
}

}  // namespace

void ReportMeshHosts(CompileState& state) {
  const std::vector<Claim> claims = ClaimsOf(state);
  StringMap<std::vector<size_t>> by_name;  // Of claims, by scope and host.
  HostJoin of_all;
  for (size_t i = 0; i < claims.size(); ++i) {
    by_name[StrCat(claims[i].scope, " ", claims[i].host)].push_back(i);
    if (claims[i].scope == "*") of_all.Add({claims[i].host, static_cast<uint32_t>(i), 0});
  }
  of_all.Seal();
  for (const Claim& claim : claims) {
    for (const size_t other : by_name[StrCat(claim.scope, " ", claim.host)]) {
      if (claims[other].service == claim.service) continue;
      ReportClash(claim, claims[other], state);
      break;
    }
    if (claim.scope == "*") continue;
    // What all see meets what one namespace sees, also where only some hosts fit both.
    std::vector<HostJoin::Match> matches;
    of_all.Find(claim.host, &matches);
    for (const HostJoin::Match& match : matches) {
      const Claim& other = claims[match.entry->owner];
      if (other.service == claim.service) continue;
      ReportClash(claim, other, state);
      ReportClash(other, claim, state);
    }
  }
}

}  // namespace postern
