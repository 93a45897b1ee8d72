#include "lib/compile/policy_report.h"

#include <string>
#include <string_view>
#include <utility>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

constexpr std::string_view kAnyEndpoint = "endpoints are chosen without it";
constexpr std::string_view kWithout = "the engine goes on without it";
constexpr std::string_view kRefused = "requests to the upstream are answered 503, flag NC";

// A Reporter goes through the policies of one rule.
class Reporter {
 public:
  Reporter(const DestinationRule& rule, CompileState& state) : rule_(rule), state_(state) {}

  void Run() {
    if (rule_.traffic_policy) ReportPolicy(*rule_.traffic_policy, "spec.trafficPolicy");
    for (size_t i = 0; i < rule_.subsets.size(); ++i) {
      if (!rule_.subsets[i].traffic_policy) continue;
      ReportPolicy(*rule_.subsets[i].traffic_policy, StrCat("spec.subsets[", i, "].trafficPolicy"));
    }
  }

 private:
  void ReportPolicy(const TrafficPolicy& policy, std::string_view path) {
    ReportBlocks(policy, path);
    Note(policy.tunnel.has_value(), path, ".tunnel", kRefused);
    Note(policy.proxy_protocol.has_value(), path, ".proxyProtocol", kRefused);
    Note(policy.retry_budget.has_value(), path, ".retryBudget", kWithout);
    for (size_t i = 0; i < policy.port_level_settings.size(); ++i) {
      ReportBlocks(policy.port_level_settings[i], StrCat(path, ".portLevelSettings[", i, "]"));
    }
  }

  // ReportBlocks looks at the four blocks that ports have, too.
  template <typename Policy>
  void ReportBlocks(const Policy& policy, std::string_view path) {
    if (policy.load_balancer) {
      const LoadBalancerSettings& balancer = *policy.load_balancer;
      const std::string at = StrCat(path, ".loadBalancer");
      if (balancer.consistent_hash) ReportRing(*balancer.consistent_hash, at);
      Note(balancer.backend_utilization.has_value(), at, ".backendUtilization", kAnyEndpoint);
      Note(balancer.locality_lb_setting.has_value(), at, ".localityLbSetting", kAnyEndpoint);
      Note(balancer.zone_aware_lb_setting.has_value(), at, ".zoneAwareLbSetting", kAnyEndpoint);
      Note(balancer.warmup.has_value(), at, ".warmup", kAnyEndpoint);
      Note(balancer.warmup_duration_secs.has_value(), at, ".warmupDurationSecs", kAnyEndpoint);
    }
    if (policy.connection_pool && policy.connection_pool->http) {
      const ConnectionPoolSettings::HttpSettings& http = *policy.connection_pool->http;
      const std::string at = StrCat(path, ".connectionPool.http");
      Note(http.http2_keep_alive.has_value(), at, ".http2KeepAlive", kWithout);
    }
    if (policy.outlier_detection) {
      Note(policy.outlier_detection->min_health_percent > 0, path,
           ".outlierDetection.minHealthPercent", kWithout);
    }
  }

  void ReportRing(const LoadBalancerSettings::ConsistentHashLb& hash, std::string_view at) {
    if (hash.maglev || RingSize(hash) <= kLargestRing) return;
    Report(at,
           hash.ring_hash ? ".consistentHash.ringHash.minimumRingSize"
                          : ".consistentHash.minimumRingSize",
           StrCat("Envoy takes no ring of more than ", kLargestRing, " places: ", kRefused));
  }

  void Note(bool is_set, std::string_view path, std::string_view field, std::string_view instead) {
    if (is_set) Report(path, field, StrCat("this is not carried out yet: ", instead));
  }

  void Report(std::string_view path, std::string_view field, std::string message) {
    const std::string at = StrCat(path, field);
    state_.Report(kDestinationRuleSettingUnused,
                  state_.Origin("DestinationRule", rule_.metadata, rule_.source, at),
                  std::move(message));
  }

  const DestinationRule& rule_;
  CompileState& state_;
};

}  // namespace

void ReportPolicies(CompileState& state) {
  StringSet used;
  for (const UpstreamCluster& cluster : state.tables.clusters) {
    used.insert(std::string(cluster.policy.resource));
  }
  for (const DestinationRule& rule : state.config.destination_rules) {
    if (!used.contains(StrCat("DestinationRule ", QualifiedName(rule.metadata)))) continue;
    Reporter(rule, state).Run();
  }
}

}  // namespace postern
