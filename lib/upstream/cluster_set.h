// Every upstream of one engine: which runtime state a cluster of the present Snapshot has, and what
// the host has said about its endpoints. Using them is for the engine.

#ifndef POSTERN_UPSTREAM_CLUSTER_SET_H_
#define POSTERN_UPSTREAM_CLUSTER_SET_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "lib/snapshot/upstream_cluster.h"
#include "lib/upstream/cluster_state.h"
#include "postern/upstream.h"

namespace postern {

// A ClusterSet keeps a ClusterState across Snapshots, by its name. Endpoints are what the host has
// said, else what the configuration holds, else one without an address, which the host knows.
class ClusterSet {
 public:
  // Configure takes over the clusters of a Snapshot, which must outlive the next call, and how each
  // of them speaks TLS; `tls_contexts` is empty if none does. Those that the Snapshot has no more
  // stay as they were, for the requests under way.
  void Configure(std::span<const UpstreamCluster> clusters,
                 std::span<const std::shared_ptr<const ClientContext>> tls_contexts = {});

  // Find returns the state of `name`, which is made if there is none. `index`, unless it
  // is UINT32_MAX, is its cluster_index in the Snapshot last configured, and saves a search.
  ClusterState& Find(const ClusterName& name, uint32_t index = UINT32_MAX);

  // SetEndpoints and Serve are the Engine's.
  void SetEndpoints(std::string_view host, uint16_t port, std::span<const Endpoint> endpoints);
  void Serve(std::string_view host, uint16_t port, Service* service);

 private:
  using Destination = std::pair<std::string, uint16_t>;
  using Key = std::tuple<std::string_view, uint16_t, std::string_view>;

  struct Known {
    std::unique_ptr<ClusterState> state;
    const UpstreamCluster* config = nullptr;  // nullptr: not of the present Snapshot.
  };

  Known& Get(const ClusterName& name);
  void Refresh(const Known& known);
  Service* ServiceOf(std::string_view host, uint16_t port) const;

  std::vector<ClusterState*> by_index_;
  std::map<Key, Known> known_;  // A key is text of its state.
  std::map<Destination, std::vector<Endpoint>> host_endpoints_;
  std::map<Destination, Service*> services_;
};

}  // namespace postern

#endif  // POSTERN_UPSTREAM_CLUSTER_SET_H_
