#include "lib/compile/destination_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/base/strings.h"
#include "lib/compile/select.h"
#include "lib/match/host_names.h"

namespace postern {
namespace {

// Take points `to` at what `from`, a std::optional or a Boxed, holds.
template <typename Present, typename T>
void Take(const Present& from, const T** to) {
  if (from) *to = &*from;
}

// TakeBlocks lays what `settings` has of the four blocks that ports have, too, over `view`.
template <typename Settings>
void TakeBlocks(const Settings& settings, PolicyView* view) {
  Take(settings.load_balancer, &view->load_balancer);
  Take(settings.connection_pool, &view->connection_pool);
  Take(settings.outlier_detection, &view->outlier_detection);
  Take(settings.tls, &view->tls);
}

const TrafficPolicy::PortTrafficPolicy* SettingsOf(const TrafficPolicy& policy, uint32_t port) {
  const auto own = std::find_if(
      policy.port_level_settings.begin(), policy.port_level_settings.end(),
      [port](const auto& settings) { return settings.port && settings.port->number == port; });
  return own == policy.port_level_settings.end() ? nullptr : &*own;
}

using ConsistentHashLb = LoadBalancerSettings::ConsistentHashLb;

// HashOf returns the `consistentHash` of `settings`, or null.
template <typename Settings>
const ConsistentHashLb* HashOf(const Settings& settings) {
  return settings.load_balancer && settings.load_balancer->consistent_hash
             ? &*settings.load_balancer->consistent_hash
             : nullptr;
}

// PortHashOf returns that of the settings of `port`, or null.
const ConsistentHashLb* PortHashOf(const TrafficPolicy& policy, uint32_t port) {
  const auto* own = port == 0 ? nullptr : SettingsOf(policy, port);
  return own == nullptr ? nullptr : HashOf(*own);
}

bool HasHash(const Boxed<TrafficPolicy>& policy) {
  return policy &&
         (HashOf(*policy) != nullptr ||
          std::any_of(policy->port_level_settings.begin(), policy->port_level_settings.end(),
                      [](const auto& own) { return HashOf(own) != nullptr; }));
}

// StaysAtHome returns whether no other namespace sees `rule`.
bool StaysAtHome(const DestinationRule& rule) {
  return rule.export_to.size() == 1 &&
         (rule.export_to.front() == "." || rule.export_to.front() == rule.metadata.ns);
}

using Readers = std::set<std::string_view>;
using Candidates = StringMap<std::vector<RuleSet>>;  // By host; the first rule speaks for its set.

Readers ReadersOf(const DestinationRule& rule) {
  if (rule.workload_selector) return {"."};
  return Readers(rule.export_to.begin(), rule.export_to.end());
}

// Merge adds `rule` to `sets` in Istio's way: to those that are exported to the same or, by name,
// to fewer, or else as a set of its own. Rules for other workloads do not merge; a rule for some
// workloads and one for all do, where both stay at home.
void Merge(const DestinationRule& rule, std::vector<RuleSet>* sets) {
  const Readers readers = ReadersOf(rule);
  bool is_apart = true;
  for (RuleSet& set : *sets) {
    const Readers fewer = ReadersOf(set.front());
    const bool is_wider =
        !fewer.empty() && std::includes(readers.begin(), readers.end(), fewer.begin(), fewer.end());
    const auto& selector = set.front().workload_selector;
    const bool selects_alike = selector.has_value() == rule.workload_selector.has_value();
    is_apart = true;
    if (readers != fewer && !is_wider) continue;
    if (selector && selects_alike && *selector != *rule.workload_selector) continue;
    is_apart = readers != fewer && !selects_alike;
    set.Add(rule);
  }
  if (is_apart) sets->emplace_back().Add(rule);
}

// Choose returns the first of `sets` that is for the workload of `labels`, else the last that is
// for all, else an empty one.
RuleSet Choose(const std::vector<RuleSet>& sets, const std::map<std::string, std::string>& labels) {
  RuleSet chosen;
  for (const RuleSet& set : sets) {
    const auto& selector = set.front().workload_selector;
    if (!selector) chosen = set;
    if (selector && IsSelected(selector->match_labels, labels)) return set;
  }
  return chosen;
}

void TakeAll(const TrafficPolicy& policy, PolicyView* view) {
  TakeBlocks(policy, view);
  Take(policy.tunnel, &view->tunnel);
  Take(policy.proxy_protocol, &view->proxy_protocol);
  Take(policy.retry_budget, &view->retry_budget);
}

}  // namespace

const Subset* RuleSet::FindSubset(std::string_view name) const {
  for (const DestinationRule* rule : rules_) {
    for (const Subset& subset : rule->subsets) {
      if (subset.name == name) return &subset;
    }
  }
  return nullptr;
}

std::vector<std::string_view> RuleSet::SubsetNames() const {
  std::vector<std::string_view> names;
  for (const DestinationRule* rule : rules_) {
    for (const Subset& subset : rule->subsets) {
      if (std::find(names.begin(), names.end(), subset.name) == names.end()) {
        names.push_back(subset.name);
      }
    }
  }
  return names;
}

const DestinationRule& RuleSet::policy_rule() const {
  for (const DestinationRule* rule : rules_) {
    if (rule->traffic_policy) return *rule;
  }
  return *rules_.front();
}

PolicyView RuleSet::Policy(uint32_t port, const Subset* subset) const {
  PolicyView view;
  if (const auto& policy = policy_rule().traffic_policy) {
    if (const auto* own = SettingsOf(*policy, port)) {
      TakeBlocks(*own, &view);
    } else {
      TakeAll(*policy, &view);
    }
  }
  if (subset == nullptr || !subset->traffic_policy) return view;
  TakeAll(*subset->traffic_policy, &view);
  if (const auto* own = SettingsOf(*subset->traffic_policy, port)) {
    // What a port does not set is the default, not what the levels above have.
    view.load_balancer = nullptr;
    view.connection_pool = nullptr;
    view.outlier_detection = nullptr;
    view.tls = nullptr;
    TakeBlocks(*own, &view);
  }
  return view;
}

const ConsistentHashLb* RuleSet::RequestHash(uint32_t port, std::string_view subset) const {
  // A subset comes before the rule, and in each the port.
  const Subset* chosen = subset.empty() ? nullptr : FindSubset(subset);
  for (const Boxed<TrafficPolicy>* policy :
       {chosen == nullptr ? nullptr : &chosen->traffic_policy, &policy_rule().traffic_policy}) {
    if (policy == nullptr || !*policy) continue;
    if (const ConsistentHashLb* own = PortHashOf(**policy, port); own != nullptr) return own;
    if (const ConsistentHashLb* all = HashOf(**policy); all != nullptr) return all;
  }
  return nullptr;
}

bool RuleSet::HashesSourceIp(std::string_view subset) const {
  const auto uses = [](const TrafficPolicy& policy) {
    const ConsistentHashLb* hash = HashOf(policy);
    return hash != nullptr && hash->use_source_ip.value_or(false);
  };
  const Subset* chosen = subset.empty() ? nullptr : FindSubset(subset);
  // A balancer of the subset takes the place of the rule's, whatever it is.
  if (chosen != nullptr && chosen->traffic_policy && chosen->traffic_policy->load_balancer) {
    return uses(*chosen->traffic_policy);
  }
  const auto& policy = policy_rule().traffic_policy;
  return policy && uses(*policy);
}

DestinationRules::DestinationRules(const Config& config, const SnapshotOptions& options)
    : root_namespace_(options.root_namespace) {
  std::vector<const DestinationRule*> rules;
  for (const DestinationRule& rule : config.destination_rules) {
    // A rule for some workloads holds only for those of its own namespace.
    if (!rule.workload_selector || rule.metadata.ns == options.ns) rules.push_back(&rule);
    any_hash_ = any_hash_ || HasHash(rule.traffic_policy) ||
                std::any_of(rule.subsets.begin(), rule.subsets.end(),
                            [](const Subset& subset) { return HasHash(subset.traffic_policy); });
  }
  std::stable_sort(rules.begin(), rules.end(),
                   [](const DestinationRule* a, const DestinationRule* b) {
                     const bool a_selects = a->workload_selector.has_value();
                     const bool b_selects = b->workload_selector.has_value();
                     return a_selects != b_selects ? a_selects : IsOlder(a->metadata, b->metadata);
                   });
  Candidates own;
  StringMap<Candidates> exported;  // By namespace.
  for (const DestinationRule* rule : rules) {
    const std::string& ns = rule->metadata.ns;
    const std::string host = ResolveShortHost(rule->host, ns, options.cluster_domain);
    const bool stays = rule->workload_selector || StaysAtHome(*rule);
    if (ns == options.ns && (stays || options.ns != options.root_namespace) &&
        VisibilityTo(options.ns, rule->export_to, ns) != Visibility::kHidden) {
      Merge(*rule, &own[host]);
    }
    if (!stays) Merge(*rule, &exported[ns][host]);
  }
  for (const auto& [host, sets] : own) own_[host] = Choose(sets, options.labels);
  for (auto& [ns, hosts] : exported) {
    for (auto& [host, sets] : hosts) {
      std::erase_if(sets, [&options](const RuleSet& set) {
        // Here "." names no namespace, not even its own.
        const std::vector<std::string>& names = set.front().export_to;
        return !names.empty() && std::find(names.begin(), names.end(), "*") == names.end() &&
               std::find(names.begin(), names.end(), options.ns) == names.end();
      });
      exported_[ns][host] = Choose(sets, options.labels);
    }
  }
}

const RuleSet* DestinationRules::MostSpecific(const StringMap<RuleSet>& rules,
                                              std::string_view host) {
  const RuleSet* best = nullptr;
  std::string_view best_host;
  if (const auto exact = rules.find(host); exact != rules.end()) {
    best = &exact->second;
  } else {
    for (const auto& [pattern, set] : rules) {
      if (!IsWildcardHost(pattern) || !HostIsSubset(host, pattern)) continue;
      if (best == nullptr || HostPrecedes(pattern, best_host)) {
        best = &set;
        best_host = pattern;
      }
    }
  }
  return best;
}

const RuleSet* DestinationRules::Find(std::string_view host,
                                      std::string_view service_namespace) const {
  const RuleSet* own = MostSpecific(own_, host);
  if (own != nullptr) return own->empty() ? nullptr : own;
  for (const std::string_view ns : {service_namespace, std::string_view(root_namespace_)}) {
    const auto exported = exported_.find(ns);
    if (exported == exported_.end()) continue;
    const RuleSet* found = MostSpecific(exported->second, host);
    if (found != nullptr && !found->empty()) return found;
  }
  return nullptr;
}

}  // namespace postern
