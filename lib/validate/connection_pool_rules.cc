#include "lib/validate/connection_pool_rules.h"

#include <chrono>
#include <cstdint>
#include <string_view>

#include "lib/validate/enum_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

using HttpSettings = ConnectionPoolSettings::HttpSettings;
using TcpSettings = ConnectionPoolSettings::TcpSettings;

constexpr Rule kEmpty = {
    .id = "connection-pool-setting-required",
    .what = "`connectionPool` has neither `http` nor `tcp`",
    .why = "it would do nothing",
    .istio = "DR-CP-01",
    .text = "connection pool must have at least one field",
};
constexpr Rule kPending = {
    .id = "connection-pool-pending-requests-negative",
    .what = "`http1MaxPendingRequests` is below 0",
    .why = "it is a number of requests",
    .istio = "DR-CP-02",
    .text = "http1 max pending requests must be non-negative",
};
constexpr Rule kRequests = {
    .id = "connection-pool-requests-negative",
    .what = "`http2MaxRequests` is below 0",
    .why = "it is a number of requests",
    .istio = "DR-CP-03",
    .text = "http2 max requests must be non-negative",
};
constexpr Rule kPerConnection = {
    .id = "connection-pool-requests-per-connection-negative",
    .what = "`maxRequestsPerConnection` is below 0",
    .why = "it is a number of requests",
    .istio = "DR-CP-04",
    .text = "max requests per connection must be non-negative",
};
constexpr Rule kRetries = {
    .id = "connection-pool-retries-negative",
    .what = "`maxRetries` is below 0",
    .why = "it is a number of retries",
    .istio = "DR-CP-05",
    .text = "max retries must be non-negative",
};
constexpr Rule kStreams = {
    .id = "connection-pool-streams-negative",
    .what = "`maxConcurrentStreams` is below 0",
    .why = "it is a number of streams",
    .istio = "DR-CP-06",
    .text = "max concurrent streams must be non-negative",
};
constexpr Rule kClientProtocol = {
    .id = "connection-pool-upgrade-with-client-protocol",
    .what = "`h2UpgradePolicy` is UPGRADE and `useClientProtocol` is true",
    .why = "one asks for HTTP/2 always, the other for the client's version",
    .istio = "DR-CP-07",
    .text = "use client protocol must not be true when H2UpgradePolicy is UPGRADE",
};
constexpr Rule kKeepaliveInterval = {
    .id = "http2-keepalive-interval-required",
    .what = "`http2KeepAlive` has no `interval`",
    .why = "no ping would ever be sent",
    .istio = "DR-CP-08",
    .text = "http2 keepalive interval is required",
};
constexpr Rule kKeepaliveTimeout = {
    .id = "http2-keepalive-timeout-required",
    .what = "`http2KeepAlive` has no `timeout`",
    .why = "no ping would ever be missed",
    .istio = "DR-CP-09",
    .text = "http2 keepalive timeout is required",
};
constexpr Rule kConnections = {
    .id = "connection-pool-connections-negative",
    .what = "`tcp.maxConnections` is below 0",
    .why = "it is a number of connections",
    .istio = "DR-CP-10",
    .text = "max connections must be non-negative",
};

constexpr const Rule* kRules[] = {
    &kEmpty,   &kPending,        &kRequests,          &kPerConnection,    &kRetries,
    &kStreams, &kClientProtocol, &kKeepaliveInterval, &kKeepaliveTimeout, &kConnections,
};

void CheckCount(const Rule& rule, int32_t count, std::string_view field, const FieldPath& path,
                const FindingSink& sink) {
  if (count < 0) sink.Report(rule, path.Field(field), "\"", field, "\" ", count, " is below 0");
}

void CheckHttp(const HttpSettings& http, const FieldPath& path, const FindingSink& sink) {
  CheckCount(kPending, http.http1_max_pending_requests, "http1MaxPendingRequests", path, sink);
  CheckCount(kRequests, http.http2_max_requests, "http2MaxRequests", path, sink);
  CheckCount(kPerConnection, http.max_requests_per_connection, "maxRequestsPerConnection", path,
             sink);
  CheckCount(kRetries, http.max_retries, "maxRetries", path, sink);
  CheckCount(kStreams, http.max_concurrent_streams, "maxConcurrentStreams", path, sink);
  CheckDuration(http.idle_timeout, path.Field("idleTimeout"), sink);
  CheckEnum(http.h2_upgrade_policy, path.Field("h2UpgradePolicy"), sink);
  if (http.h2_upgrade_policy == HttpSettings::H2UpgradePolicy::kUpgrade &&
      http.use_client_protocol) {
    sink.ReportAgainst(kClientProtocol, path.Field("useClientProtocol"),
                       path.Field("h2UpgradePolicy"),
                       "\"useClientProtocol\" cannot stand together with an UPGRADE to HTTP/2");
  }
  if (!http.http2_keep_alive) return;
  const FieldPath keep_alive = path.Field("http2KeepAlive");
  const FieldPath interval = keep_alive.Field("interval");
  const FieldPath timeout = keep_alive.Field("timeout");
  if (!http.http2_keep_alive->interval) {
    sink.Report(kKeepaliveInterval, interval, "\"interval\" is required");
  }
  if (!http.http2_keep_alive->timeout) {
    sink.Report(kKeepaliveTimeout, timeout, "\"timeout\" is required");
  }
  CheckDuration(http.http2_keep_alive->interval, interval, sink);
  CheckDuration(http.http2_keep_alive->timeout, timeout, sink);
}

void CheckTcp(const TcpSettings& tcp, const FieldPath& path, const FindingSink& sink) {
  CheckCount(kConnections, tcp.max_connections, "maxConnections", path, sink);
  CheckDuration(tcp.connect_timeout, path.Field("connectTimeout"), sink);
  CheckDuration(tcp.max_connection_duration, path.Field("maxConnectionDuration"), sink);
  // Here alone zero means "none", and Istio rounds before it looks.
  if (tcp.idle_timeout && *tcp.idle_timeout / std::chrono::milliseconds(1) != 0) {
    CheckDuration(tcp.idle_timeout, path.Field("idleTimeout"), sink);
  }
  if (!tcp.tcp_keepalive) return;
  const FieldPath keepalive = path.Field("tcpKeepalive");
  CheckDuration(tcp.tcp_keepalive->time, keepalive.Field("time"), sink);
  CheckDuration(tcp.tcp_keepalive->interval, keepalive.Field("interval"), sink);
}

}  // namespace

void CheckConnectionPool(const ConnectionPoolSettings& pool, const FieldPath& path,
                         const FindingSink& sink) {
  if (!pool.http && !pool.tcp) {
    sink.Report(kEmpty, path, "one of \"http\" and \"tcp\" is required");
  }
  if (pool.http) CheckHttp(*pool.http, path.Field("http"), sink);
  if (pool.tcp) CheckTcp(*pool.tcp, path.Field("tcp"), sink);
}

RuleList ConnectionPoolRules() { return kRules; }

}  // namespace postern
