// Turns destinations into upstreams: host, port and subset, with the endpoints and policies that
// the configuration has for them (dataplane.md 4.2, 7.1). Services are known to
// lib/compile/service_registry, DestinationRules to lib/compile/destination_rules.

#ifndef POSTERN_COMPILE_CLUSTER_COMPILER_H_
#define POSTERN_COMPILE_CLUSTER_COMPILER_H_

#include <cstdint>
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

  // Resolve returns the number of the upstream of `destination` in a VirtualService of namespace
  // `ns`. Without a port it is the service's only one, else `server_port`.
  uint32_t Resolve(const Destination& destination, std::string_view ns, uint32_t server_port);

  // Add returns the number of the upstream with this full host name.
  uint32_t Add(std::string_view host, uint16_t port, std::string_view subset,
               std::string_view ns = {});

  // MeshPorts returns every port and subset of services that are not external to the mesh, sorted.
  std::vector<MeshPort> MeshPorts() const;

  // services and rules are what destinations are looked up in.
  const ServiceRegistry& services() const { return services_; }
  const DestinationRules& rules() const { return rules_; }

  // Infos returns what Snapshot::clusters does: every upstream but those that cannot exist.
  std::vector<Cluster> Infos() const;

 private:
  void SetService(const KnownService* service, const Subset* subset, UpstreamCluster* cluster);

  CompileState& state_;
  ServiceRegistry services_;
  DestinationRules rules_;
  StringMap<uint32_t> numbers_;  // By "host|port|subset".
};

}  // namespace postern

#endif  // POSTERN_COMPILE_CLUSTER_COMPILER_H_
