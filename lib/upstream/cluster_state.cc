#include "lib/upstream/cluster_state.h"

#include <algorithm>
#include <map>
#include <utility>

#include "lib/base/strings.h"
#include "lib/snapshot/request_decision.h"

namespace postern {
namespace {

constexpr uint32_t kRepicks = 5;

std::unique_ptr<Balancer> MakeBalancer(const BalancerPolicy& policy) {
  switch (policy.kind) {
    case BalancerPolicy::Kind::kLeastRequest:
      break;
    case BalancerPolicy::Kind::kRandom:
      return MakeRandom();
    case BalancerPolicy::Kind::kRoundRobin:
      return MakeRoundRobin();
    case BalancerPolicy::Kind::kRingHash:
      return MakeRingHash(policy.size);
    case BalancerPolicy::Kind::kMaglev:
      return MakeMaglev(policy.size);
  }
  return MakeLeastRequest();
}

bool Same(const EndpointState& a, const EndpointState& b) {
  return a.address == b.address && a.name == b.name && a.labels == b.labels;
}

// KeyOf returns what endpoints that are the same have in common, and few others.
std::string KeyOf(const EndpointState& endpoint) {
  return endpoint.name.empty() ? endpoint.address.ToString() : endpoint.name;
}

}  // namespace

ClusterState::ClusterState(const ClusterName& name)
    : host_(name.host),
      port_(name.port),
      subset_(name.subset),
      label_(name.ToString()),
      balancer_(MakeLeastRequest()) {}

void ClusterState::SetPolicy(const ClusterPolicy& policy) {
  if (policy.balancer != policy_.balancer) balancer_ = MakeBalancer(policy.balancer);
  if (policy.tls != policy_.tls) SetEndpoints({});
  policy_ = policy;
}

std::string ClusterState::ServerName(std::string_view authority) const {
  if (!policy_.tls.has_value() || !policy_.tls->auto_sni) return {};
  std::string_view host = HostOf(authority);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return AsciiLower(host);
}

void ClusterState::SetEndpoints(std::vector<EndpointState> endpoints) {
  std::vector<EndpointPtr> next;
  next.reserve(endpoints.size());
  const auto keep = [&next](const EndpointPtr& old, EndpointState& told) {
    old->weight = told.weight;
    old->healthy = told.healthy;
    old->locality = std::move(told.locality);
    next.push_back(old);
  };
  // Most often nothing has changed; only from the first difference on are they looked up.
  size_t i = 0;
  for (; i < std::min(endpoints.size(), endpoints_.size()); ++i) {
    if (!Same(*endpoints_[i], endpoints[i])) break;
    keep(endpoints_[i], endpoints[i]);
  }
  std::multimap<std::string, EndpointPtr> old;
  for (size_t j = i; j < endpoints_.size(); ++j) old.emplace(KeyOf(*endpoints_[j]), endpoints_[j]);
  for (; i < endpoints.size(); ++i) {
    const auto [begin, end] = old.equal_range(KeyOf(endpoints[i]));
    const auto found = std::find_if(
        begin, end, [&](const auto& entry) { return Same(*entry.second, endpoints[i]); });
    if (found == end) {
      next.push_back(std::make_shared<EndpointState>(std::move(endpoints[i])));
    } else {
      keep(found->second, endpoints[i]);
      old.erase(found);
    }
  }
  for (const auto& [key, gone] : old) gone->removed = true;
  endpoints_ = std::move(next);
}

EndpointPtr ClusterState::Pick(TimePoint now, KeyedRandom& random,
                               std::span<const EndpointPtr> tried, std::optional<uint64_t> hash) {
  std::span<const EndpointPtr> candidates = endpoints_;
  if (!std::ranges::all_of(endpoints_, [now](const auto& e) { return e->available(now); })) {
    available_.clear();
    std::ranges::copy_if(endpoints_, std::back_inserter(available_),
                         [now](const auto& e) { return e->available(now); });
    candidates = available_;
  }
  EndpointPtr picked;
  if (!candidates.empty()) {
    Draw draw{random, hash};
    size_t index = balancer_->Pick(candidates, draw);
    const auto was_tried = [&] {
      return std::ranges::find(tried, candidates[index]) != tried.end();
    };
    while (draw.refused < kRepicks && was_tried()) {
      ++draw.refused;
      index = balancer_->Pick(candidates, draw);
    }
    picked = candidates[index];
  }
  available_.clear();
  return picked;
}

void ClusterState::Observe(const Outcome& outcome, EndpointState& endpoint, TimePoint now) {
  if (!policy_.outlier.has_value()) return;
  postern::Observe(*policy_.outlier, outcome, endpoint, endpoints_, now);
}

}  // namespace postern
