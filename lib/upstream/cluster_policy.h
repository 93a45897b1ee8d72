// What the runtime of one cluster needs of its configuration, as plain values with defaults in. It
// leaves endpoints and counters to lib/upstream/cluster_state.h.

#ifndef POSTERN_UPSTREAM_CLUSTER_POLICY_H_
#define POSTERN_UPSTREAM_CLUSTER_POLICY_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "lib/snapshot/upstream_cluster.h"
#include "postern/boxed.h"
#include "postern/destination_rule.h"
#include "postern/time.h"

namespace postern {

class ClientContext;  // lib/tls/client_context.h.

// A BalancerPolicy is how a cluster chooses among its endpoints.
struct BalancerPolicy {
  enum class Kind : uint8_t { kLeastRequest, kRandom, kRoundRobin, kRingHash, kMaglev };

  Kind kind = Kind::kLeastRequest;
  uint64_t size = 0;  // Of kRingHash, the fewest places of the ring; of kMaglev, all of the table.

  // by_hash returns whether a request's hash decides.
  bool by_hash() const { return kind == Kind::kRingHash || kind == Kind::kMaglev; }

  friend bool operator==(const BalancerPolicy&, const BalancerPolicy&) = default;
};

// A ClusterPolicy is the effective policy of one cluster. A limit of UINT32_MAX is none, Istio's
// default for each.
struct ClusterPolicy {
  bool absent = false;  // 503 NC: it is not there, or demands what is not spoken.
  bool http2 = false;
  bool use_client_protocol = false;

  Boxed<UpstreamTls> tls;                            // Absent: its connections are in the clear.
  std::shared_ptr<const ClientContext> tls_context;  // Of `tls`; null: the secrets are not there.

  Duration connect_timeout = std::chrono::seconds(10);
  std::optional<Duration> tcp_idle;  // Absent: Timeouts::tcp_idle; 0: none.
  std::optional<Duration> http_idle;
  std::optional<ConnectionPoolSettings::TcpSettings::TcpKeepalive> keepalive;
  Duration max_connection_duration = {};

  uint32_t max_connections = UINT32_MAX;
  uint32_t max_pending = UINT32_MAX;
  uint32_t max_requests = UINT32_MAX;
  uint32_t max_retries = UINT32_MAX;
  uint32_t max_requests_per_connection = 0;  // 0: any number.

  BalancerPolicy balancer;
  Boxed<OutlierDetection> outlier;

  // From reads the policy of `cluster`, whose TLS goes by `tls_context`.
  static ClusterPolicy From(const UpstreamCluster& cluster,
                            std::shared_ptr<const ClientContext> tls_context = nullptr);
};

}  // namespace postern

#endif  // POSTERN_UPSTREAM_CLUSTER_POLICY_H_
