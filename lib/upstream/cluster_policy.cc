#include "lib/upstream/cluster_policy.h"

#include <utility>

namespace postern {
namespace {

uint32_t LimitOf(int32_t configured) {
  return configured <= 0 ? UINT32_MAX : static_cast<uint32_t>(configured);
}

// WantsPreamble returns whether the connections of `cluster` must begin with something that the
// engine does not speak: a PROXY header, a tunnel.
bool WantsPreamble(const UpstreamCluster& cluster) {
  return cluster.tunnel.has_value() || cluster.proxy_protocol.has_value();
}

BalancerPolicy BalancerOf(const LoadBalancerSettings& settings) {
  using Kind = BalancerPolicy::Kind;
  using SimpleLb = LoadBalancerSettings::SimpleLb;
  if (settings.consistent_hash) {
    const LoadBalancerSettings::ConsistentHashLb& hash = *settings.consistent_hash;
    if (hash.maglev) return {Kind::kMaglev, hash.maglev->table_size};
    return {Kind::kRingHash, RingSize(hash)};
  }
  switch (settings.simple.value_or(SimpleLb::kUnspecified)) {
    case SimpleLb::kRandom:
      return {Kind::kRandom};
    case SimpleLb::kRoundRobin:
      return {Kind::kRoundRobin};
    default:
      return {Kind::kLeastRequest};
  }
}

}  // namespace

ClusterPolicy ClusterPolicy::From(const UpstreamCluster& cluster,
                                  std::shared_ptr<const ClientContext> tls_context) {
  ClusterPolicy policy;
  policy.absent = cluster.state == UpstreamCluster::State::kAbsent || WantsPreamble(cluster);
  policy.tls = cluster.tls;
  policy.tls_context = std::move(tls_context);
  policy.http2 = cluster.http2;
  policy.use_client_protocol = cluster.use_client_protocol;
  policy.outlier = cluster.outlier_detection;
  if (cluster.load_balancer) policy.balancer = BalancerOf(*cluster.load_balancer);
  if (!cluster.connection_pool.has_value()) return policy;
  if (const auto& tcp = cluster.connection_pool->tcp; tcp.has_value()) {
    if (tcp->connect_timeout.has_value()) policy.connect_timeout = *tcp->connect_timeout;
    policy.tcp_idle = tcp->idle_timeout;
    if (tcp->tcp_keepalive) policy.keepalive = *tcp->tcp_keepalive;
    policy.max_connection_duration = tcp->max_connection_duration.value_or(Duration::zero());
    policy.max_connections = LimitOf(tcp->max_connections);
  }
  if (const auto& http = cluster.connection_pool->http; http.has_value()) {
    policy.max_pending = LimitOf(http->http1_max_pending_requests);
    policy.max_requests = LimitOf(http->http2_max_requests);
    policy.max_retries = LimitOf(http->max_retries);
    policy.max_requests_per_connection =
        http->max_requests_per_connection <= 0
            ? 0
            : static_cast<uint32_t>(http->max_requests_per_connection);
    policy.http_idle = http->idle_timeout;
  }
  return policy;
}

}  // namespace postern
