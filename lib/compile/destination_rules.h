// Which DestinationRule holds for a service, and the policy that it gives a port and subset. What
// an upstream does by that policy is for lib/upstream.

#ifndef POSTERN_COMPILE_DESTINATION_RULES_H_
#define POSTERN_COMPILE_DESTINATION_RULES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {

// A PolicyView is what holds for one upstream; a member is null if nothing does.
struct PolicyView {
  const LoadBalancerSettings* load_balancer = nullptr;
  const ConnectionPoolSettings* connection_pool = nullptr;
  const OutlierDetection* outlier_detection = nullptr;
  const ClientTlsSettings* tls = nullptr;
  const TrafficPolicy::TunnelSettings* tunnel = nullptr;
  const TrafficPolicy::ProxyProtocol* proxy_protocol = nullptr;
  const TrafficPolicy::RetryBudget* retry_budget = nullptr;
};

// A RuleSet is DestinationRules of one host and one namespace that Istio merges, those with a
// workload selector first, then the oldest: the policy is that of the first that has one, the
// subsets are all of them.
class RuleSet {
 public:
  void Add(const DestinationRule& rule) { rules_.push_back(&rule); }
  bool empty() const { return rules_.empty(); }
  const DestinationRule& front() const { return *rules_.front(); }

  // policy_rule returns the rule whose policy holds; the first if none has one.
  const DestinationRule& policy_rule() const;

  // FindSubset returns the first subset called `name`, or null.
  const Subset* FindSubset(std::string_view name) const;

  // SubsetNames returns the names of all subsets, each once.
  std::vector<std::string_view> SubsetNames() const;

  // Policy returns what holds for `port` and, unless it is null, `subset` (schema.md 4.1). Settings
  // of a port take the place of all that the rule says. A subset's blocks take precedence one by
  // one, and settings of the port in it replace the four blocks that ports have, set or not.
  PolicyView Policy(uint32_t port, const Subset* subset) const;

  // RequestHash returns what the requests for a destination are hashed by, or null. It need not be
  // what the balancer of its upstream is told, which Policy returns: settings of a port count only
  // if the destination names the port, `port`; 0: it names none.
  const LoadBalancerSettings::ConsistentHashLb* RequestHash(uint32_t port,
                                                            std::string_view subset) const;

  // HashesSourceIp returns whether connections carried as bytes are hashed by the client's address.
  // Settings of ports do not count; `subset` is empty for one destination of several.
  bool HashesSourceIp(std::string_view subset) const;

 private:
  std::vector<const DestinationRule*> rules_;
};

// A DestinationRules holds the rules of `config` that a proxy of the namespace of `options` sees.
class DestinationRules {
 public:
  DestinationRules(const Config& config, const SnapshotOptions& options);

  // Find returns the rules for `host` of a service in `service_namespace`, empty if that is not
  // known: of the proxy's namespace, else of the service's, else of the root namespace; in each, of
  // the most specific host. Null if there are none. A proxy of the root namespace finds there first
  // what no other namespace sees, so that rules for all do not come before the service's own.
  const RuleSet* Find(std::string_view host, std::string_view service_namespace) const;

  // any_hash returns whether any rule has a `consistentHash`.
  bool any_hash() const { return any_hash_; }

 private:
  // MostSpecific returns null if there is no set for `host` at all.
  static const RuleSet* MostSpecific(const StringMap<RuleSet>& rules, std::string_view host);

  std::string root_namespace_;
  bool any_hash_ = false;
  // An empty set is rules that go past the proxy and hide those of less specific hosts all the
  // same; in its own namespace, those of other namespaces too.
  StringMap<RuleSet> own_;                  // By host: the first place to look.
  StringMap<StringMap<RuleSet>> exported_;  // By namespace and host: what is for others.
};

}  // namespace postern

#endif  // POSTERN_COMPILE_DESTINATION_RULES_H_
