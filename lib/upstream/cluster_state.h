// One upstream of one engine at run time: its endpoints, the balancer over them, the counts that
// its limits bound. Connections and requests themselves are the engine's.

#ifndef POSTERN_UPSTREAM_CLUSTER_STATE_H_
#define POSTERN_UPSTREAM_CLUSTER_STATE_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/upstream/balancer.h"
#include "lib/upstream/cluster_policy.h"
#include "lib/upstream/connection_pool.h"
#include "lib/upstream/endpoint.h"
#include "lib/upstream/outlier.h"
#include "postern/decision.h"

namespace postern {

class Service;

// A ClusterState lives as long as its engine.
class ClusterState {
 public:
  explicit ClusterState(const ClusterName& name);

  ClusterName name() const { return {host_, port_, subset_}; }
  // label returns "outbound|9080|v1|reviews.prod.svc.cluster.local".
  const std::string& label() const { return label_; }

  const ClusterPolicy& policy() const { return policy_; }
  // SetPolicy replaces the policy. Under other TLS settings no endpoint is what it was: none of its
  // connections is used again.
  void SetPolicy(const ClusterPolicy& policy);

  // Carries returns whether a request can go there; else it gets 503, flag NC.
  bool Carries() const { return service != nullptr || !policy_.absent; }

  // SpeaksHttp2 returns whether a request that came in HTTP/2, or not, is sent on in HTTP/2.
  bool SpeaksHttp2(bool http2_client) const {
    return policy_.use_client_protocol ? http2_client : policy_.http2;
  }

  // ServerName returns what the TLS of a connection for a request to `authority` must name; empty
  // if that is the same for all requests.
  std::string ServerName(std::string_view authority) const;

  // SetEndpoints takes the place of all endpoints. One with the address, name and labels of an
  // earlier one is that one, with its counts and idle connections.
  void SetEndpoints(std::vector<EndpointState> endpoints);
  std::span<const EndpointPtr> endpoints() const { return endpoints_; }

  // Pick returns an endpoint that is available, or nullptr if none is; a policy by hash goes by
  // `hash`, if there is one. Up to five more picks try to avoid `tried`, endpoints of earlier
  // tries.
  EndpointPtr Pick(TimePoint now, KeyedRandom& random, std::span<const EndpointPtr> tried,
                   std::optional<uint64_t> hash = std::nullopt);

  // Observe tells outlier detection of one request's end.
  void Observe(const Outcome& outcome, EndpointState& endpoint, TimePoint now);

  Service* service = nullptr;  // Not null: takes all streams in place of endpoints.

  // MayConnect returns whether a connection of `pool` may be opened, nullptr being a pool that is
  // not there yet: one that has none is always given one (engine.md 6.2).
  bool MayConnect(const ConnectionPool* pool) const {
    return connections < policy_.max_connections || pool == nullptr || pool->connections == 0;
  }

  // What is under way, against the policy's limits: each unit has a CountHold.
  uint32_t connections = 0;
  uint32_t pending = 0;  // Requests without a connection yet.
  uint32_t requests = 0;
  uint32_t retries = 0;

 private:
  const std::string host_;
  const uint16_t port_;
  const std::string subset_;
  const std::string label_;
  ClusterPolicy policy_;
  std::unique_ptr<Balancer> balancer_;
  std::vector<EndpointPtr> endpoints_;
  std::vector<EndpointPtr> available_;  // Of the Pick under way; kept for its memory.
};

}  // namespace postern

#endif  // POSTERN_UPSTREAM_CLUSTER_STATE_H_
