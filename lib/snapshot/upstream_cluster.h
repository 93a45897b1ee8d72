// What the configuration says about one upstream: endpoints, and the policies of DestinationRules
// that apply to it. Connecting, balancing and ejecting are for lib/upstream.

#ifndef POSTERN_SNAPSHOT_UPSTREAM_CLUSTER_H_
#define POSTERN_SNAPSHOT_UPSTREAM_CLUSTER_H_

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "postern/boxed.h"
#include "postern/decision.h"
#include "postern/destination_rule.h"
#include "postern/snapshot.h"

namespace postern {

// An UpstreamEndpoint is one address that the Config holds for an upstream.
struct UpstreamEndpoint {
  std::string_view host;  // An IP address, a name that the host resolves, or "unix:///path".
  uint16_t port = 0;      // 0 for a Unix socket.
  uint32_t weight = 1;
  std::string_view locality;  // "region/zone/subzone".
};

// An UpstreamTls is how connections to a cluster begin that is spoken to under TLS.
struct UpstreamTls {
  // As configured, with what follows from the rest of the configuration: the `sni` of ISTIO_MUTUAL,
  // and the `subject_alt_names` of the service.
  ClientTlsSettings settings;
  bool auto_sni = false;             // The SNI is the host of the request.
  bool auto_san_validation = false;  // And the server's certificate must be for it.

  bool in_mesh() const { return settings.mode == ClientTlsSettings::TlsMode::kIstioMutual; }

  friend bool operator==(const UpstreamTls&, const UpstreamTls&) = default;
};

// kLargestRing is how many places a ring of endpoints has at most; Envoy takes no cluster that
// wants more.
inline constexpr uint64_t kLargestRing = 8'388'608;

// RingSize returns the fewest places that the ring of `hash` has to have, where it has no `maglev`.
inline uint64_t RingSize(const LoadBalancerSettings::ConsistentHashLb& hash) {
  const uint64_t set = hash.ring_hash ? hash.ring_hash->minimum_ring_size : hash.minimum_ring_size;
  return set == 0 ? 1024 : set;
}

// An UpstreamCluster is one (host, port, subset) that routes can choose.
struct UpstreamCluster {
  // kAbsent: the service is known, and has no such port or subset: 503 NC, whoever asks.
  enum class State : uint8_t { kPresent, kAbsent };

  ClusterName name;
  State state = State::kPresent;
  bool dialed = false;  // By a route; else for AUTO_PASSTHROUGH only, whose clients bring the TLS.
  Cluster::Discovery discovery = Cluster::Discovery::kHost;
  bool http2 = false;                // HTTP/2 with prior knowledge; else HTTP/1.1.
  bool use_client_protocol = false;  // The same as downstream.
  std::vector<UpstreamEndpoint> endpoints;

  // What an endpoint that the host supplies must bear to be of the subset.
  std::vector<std::pair<std::string_view, std::string_view>> subset_labels;

  // The effective policy: of the subset, else of the port, else of the rule, field by field.
  // Boxed, as most have none of it.
  Boxed<LoadBalancerSettings> load_balancer;
  Boxed<ConnectionPoolSettings> connection_pool;
  Boxed<OutlierDetection> outlier_detection;
  Boxed<UpstreamTls> tls;  // Absent: in the clear.
  Boxed<TrafficPolicy::TunnelSettings> tunnel;
  Boxed<TrafficPolicy::ProxyProtocol> proxy_protocol;
  Boxed<TrafficPolicy::RetryBudget> retry_budget;

  Provenance service;  // The ServiceEntry or Service; empty if the Config has none.
  Provenance policy;   // The DestinationRule; empty if none applies.

  // connects returns whether the engine may open a connection of its own to it.
  bool connects() const { return dialed && state == State::kPresent; }
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_UPSTREAM_CLUSTER_H_
