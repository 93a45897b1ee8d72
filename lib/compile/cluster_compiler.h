// Turns destinations into upstreams: host, port and subset, with the endpoints and policies that
// the configuration has for them (dataplane.md 4.2, 7.1). Services are known to
// lib/compile/service_registry, DestinationRules to lib/compile/destination_rules.

#ifndef POSTERN_COMPILE_CLUSTER_COMPILER_H_
#define POSTERN_COMPILE_CLUSTER_COMPILER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/compile/compile_state.h"
#include "lib/compile/destination_rules.h"
#include "lib/compile/service_registry.h"
#include "postern/snapshot.h"
#include "postern/virtual_service.h"

namespace postern {

// A MeshPort is one port and subset of a service inside the mesh; the subset may be empty.
struct MeshPort {
  std::string_view host;
  uint16_t port = 0;
  std::string_view subset;
};

// A ClusterCompiler adds upstreams to SnapshotTables::clusters, each once.
class ClusterCompiler {
 public:
  explicit ClusterCompiler(CompileState& state);

  enum class Traffic : uint8_t { kRequests, kBytes };

  // Resolve returns the number of the upstream of `destination` in a VirtualService of namespace
  // `ns`. Without a port it is the only one of the service, else `server_port`: for requests, of
  // the service in `ns` if there is one.
  uint32_t Resolve(const Destination& destination, std::string_view ns, uint32_t server_port,
                   Traffic traffic);

  // Add returns the number of the upstream with this full host name.
  uint32_t Add(std::string_view host, uint16_t port, std::string_view subset);

  // IdleTimeout returns when a connection carried as bytes ends for want of any, if it goes first
  // to the service of this full host name. Istio takes it from the rule itself, never from its
  // ports and subsets.
  std::optional<Duration> IdleTimeout(std::string_view host) const;

  // RequestHash returns what requests for `destination` in a VirtualService of namespace `ns` are
  // hashed by, or null.
  const LoadBalancerSettings::ConsistentHashLb* RequestHash(const Destination& destination,
                                                            std::string_view ns) const;

  // HashesSourceIp returns whether connections carried as bytes are hashed by the client's address,
  // if they go first to the service of this full host name; `subset` as in RuleSet.
  bool HashesSourceIp(std::string_view host, std::string_view subset) const;

  // MeshPorts returns every port and subset of services that are not external to the mesh, sorted.
  std::vector<MeshPort> MeshPorts() const;

  // services and rules are what destinations are looked up in.
  const ServiceRegistry& services() const { return services_; }
  const DestinationRules& rules() const { return rules_; }

  // Infos returns what Snapshot::clusters does: every upstream but those that cannot exist.
  std::vector<Cluster> Infos() const;

 private:
  const RuleSet* RulesOf(std::string_view host, const KnownService* service) const;
  void SetService(const KnownService* service, const Subset* subset, UpstreamCluster* cluster);

  CompileState& state_;
  ServiceRegistry services_;
  DestinationRules rules_;
  StringMap<uint32_t> numbers_;  // By "host|port|subset".
};

}  // namespace postern

#endif  // POSTERN_COMPILE_CLUSTER_COMPILER_H_
