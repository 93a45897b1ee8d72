// Snapshot::EffectiveSettings: every timeout, retry and limit of a route, with where it was set.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/snapshot/action_text.h"
#include "lib/snapshot/tables.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

constexpr std::string_view kIstioDefault = "istio default";
constexpr std::string_view kOptions = "SnapshotOptions";
constexpr Duration kConnectTimeout = std::chrono::seconds(10);
constexpr Duration kIdleTimeout = std::chrono::hours(1);
constexpr std::string_view kNoLimit = "4294967295";  // Istio's, where Envoy's own is 1024 or 3.

std::string OriginText(const Provenance& origin, std::string_view otherwise = kIstioDefault) {
  return origin.resource.empty() ? std::string(otherwise) : origin.ToString();
}

std::string LimitText(Duration limit) {
  return limit == Duration() ? std::string("none") : DurationText(limit);
}

// A SettingList collects settings.
class SettingList {
 public:
  void Add(std::string_view name, std::string value, std::string origin) {
    settings_.push_back({std::string(name), std::move(value), std::move(origin)});
  }

  // AddDuration and AddCount add a value of a DestinationRule, or else Istio's default.
  void AddDuration(std::string_view name, const std::optional<Duration>& value, Duration otherwise,
                   const Provenance& rule) {
    Add(name, LimitText(value.value_or(otherwise)), OriginText(value ? rule : Provenance()));
  }
  void AddCount(std::string_view name, int32_t value, const Provenance& rule) {
    Add(name, value > 0 ? StrCat(value) : std::string(kNoLimit),
        OriginText(value > 0 ? rule : Provenance()));
  }

  std::vector<Setting> Take() { return std::move(settings_); }

 private:
  std::vector<Setting> settings_;
};

void AddRetries(const ForwardAction& forward, const Provenance& set_at, bool mesh_default,
                SettingList* list) {
  const std::string origin =
      OriginText(set_at, mesh_default ? "SnapshotOptions default_retry" : kIstioDefault);
  if (forward.retry == nullptr) {
    list->Add("retries.attempts", "0", origin);
    return;
  }
  const RetryPolicy& retry = forward.retry->policy;
  list->Add("retries.attempts", StrCat(retry.attempts), origin);
  std::string on(retry.retry_on);
  for (const uint16_t code : retry.status_codes) StrAppend(&on, ",", int{code});
  list->Add("retries.retryOn", std::move(on), origin);
  list->Add("retries.perTryTimeout", LimitText(retry.per_try_timeout), origin);
  list->Add("retries.backoff",
            StrCat(DurationText(retry.base_backoff), " to ", DurationText(retry.max_backoff)),
            origin);
  list->Add("retries.retryIgnorePreviousHosts", retry.avoid_previous_hosts ? "true" : "false",
            origin);
  list->Add("retries.retryRemoteLocalities", retry.remote_localities ? "true" : "false", origin);
}

void AddUpstream(const UpstreamCluster& cluster, SettingList* list) {
  const ConnectionPoolSettings none;
  const ConnectionPoolSettings& pool = cluster.connection_pool ? *cluster.connection_pool : none;
  const ConnectionPoolSettings::TcpSettings tcp =
      pool.tcp.value_or(ConnectionPoolSettings::TcpSettings());
  const ConnectionPoolSettings::HttpSettings http =
      pool.http.value_or(ConnectionPoolSettings::HttpSettings());
  const Provenance& rule = cluster.policy;
  list->AddDuration("connectionPool.tcp.connectTimeout", tcp.connect_timeout, kConnectTimeout,
                    rule);
  list->AddCount("connectionPool.tcp.maxConnections", tcp.max_connections, rule);
  list->AddDuration("connectionPool.tcp.maxConnectionDuration", tcp.max_connection_duration,
                    Duration(), rule);
  list->AddDuration("connectionPool.http.idleTimeout", http.idle_timeout, kIdleTimeout, rule);
  list->AddCount("connectionPool.http.http1MaxPendingRequests", http.http1_max_pending_requests,
                 rule);
  list->AddCount("connectionPool.http.http2MaxRequests", http.http2_max_requests, rule);
  list->AddCount("connectionPool.http.maxRequestsPerConnection", http.max_requests_per_connection,
                 rule);
  list->AddCount("connectionPool.http.maxConcurrentStreams", http.max_concurrent_streams, rule);
  list->AddCount("connectionPool.http.maxRetries", http.max_retries, rule);
  list->Add("upstream.protocol",
            cluster.use_client_protocol ? "the client's"
            : cluster.http2             ? "HTTP/2"
                                        : "HTTP/1.1",
            OriginText(cluster.service));
}

std::string_view NormalizationText(const SnapshotOptions& options) {
  if (options.edge_profile) return "EDGE";
  switch (options.path_normalization) {
    case SnapshotOptions::PathNormalization::kNone:
      return "NONE";
    case SnapshotOptions::PathNormalization::kBase:
      return "BASE";
    case SnapshotOptions::PathNormalization::kMergeSlashes:
      return "MERGE_SLASHES";
    case SnapshotOptions::PathNormalization::kDecodeAndMergeSlashes:
      return "DECODE_AND_MERGE_SLASHES";
  }
  return "";
}

// ActionOf returns what the rule at `rule` does, or null if there is none.
const RouteAction* ActionOf(const SnapshotTables& tables, const Provenance& rule) {
  if (rule.resource.empty()) return nullptr;
  for (const std::vector<Route>& list : tables.route_lists) {
    for (const Route& route : list) {
      const Provenance& own = route.action.rule;
      if (own.resource == rule.resource && own.path == rule.path) return &route.action;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<Setting> Snapshot::EffectiveSettings(const RouteDecision& route) const {
  const SnapshotTables& tables = *tables_->shared;
  SettingList list;
  if (const RouteAction* action = ActionOf(tables, route.rule)) {
    if (const auto* forward = std::get_if<ForwardAction>(&action->action)) {
      const SettingOrigins none;
      const SettingOrigins& origins = action->origins == nullptr ? none : *action->origins;
      list.Add("timeout", LimitText(forward->timeout), OriginText(origins.timeout));
      AddRetries(*forward, origins.retries, tables.options.default_retry.has_value(), &list);
    }
  }
  if (const auto* forward = std::get_if<Forward>(&route.action);
      forward != nullptr && forward->cluster_index < tables.clusters.size()) {
    AddUpstream(tables.clusters[forward->cluster_index], &list);
  }
  const SnapshotOptions standard;
  const auto origin = [](bool is_default) {
    return std::string(is_default ? kIstioDefault : kOptions);
  };
  list.Add("pathNormalization", std::string(NormalizationText(tables.options)),
           origin(tables.options.path_normalization == standard.path_normalization &&
                  !tables.options.edge_profile));
  list.Add("numTrustedProxies", StrCat(tables.options.num_trusted_proxies),
           origin(tables.options.num_trusted_proxies == 0));
  return list.Take();
}

}  // namespace postern
