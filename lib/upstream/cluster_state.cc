#include "lib/upstream/cluster_state.h"

#include <algorithm>
#include <utility>

namespace postern {
namespace {

constexpr int kRepicks = 5;

std::unique_ptr<Balancer> MakeBalancer(LoadBalancerSettings::SimpleLb policy) {
  switch (policy) {
    case LoadBalancerSettings::SimpleLb::kRandom:
      return MakeRandom();
    case LoadBalancerSettings::SimpleLb::kRoundRobin:
      return MakeRoundRobin();
    default:
      return MakeLeastRequest();
  }
}

bool Same(const EndpointState& a, const EndpointState& b) {
  return a.address == b.address && a.name == b.name && a.labels == b.labels;
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
  policy_ = policy;
}

void ClusterState::SetEndpoints(std::vector<EndpointState> endpoints) {
  std::vector<EndpointPtr> next;
  for (EndpointState& endpoint : endpoints) {
    const auto old = std::ranges::find_if(endpoints_, [&](const EndpointPtr& candidate) {
      return candidate != nullptr && Same(*candidate, endpoint);
    });
    if (old == endpoints_.end()) {
      next.push_back(std::make_shared<EndpointState>(std::move(endpoint)));
      continue;
    }
    (*old)->weight = endpoint.weight;
    (*old)->healthy = endpoint.healthy;
    (*old)->locality = endpoint.locality;
    next.push_back(std::exchange(*old, nullptr));
  }
  for (const EndpointPtr& gone : endpoints_) {
    if (gone != nullptr) gone->removed = true;
  }
  endpoints_ = std::move(next);
}

EndpointPtr ClusterState::Pick(TimePoint now, KeyedRandom& random,
                               std::span<const EndpointPtr> tried) {
  std::span<const EndpointPtr> candidates = endpoints_;
  if (!std::ranges::all_of(endpoints_, [now](const auto& e) { return e->available(now); })) {
    available_.clear();
    std::ranges::copy_if(endpoints_, std::back_inserter(available_),
                         [now](const auto& e) { return e->available(now); });
    candidates = available_;
  }
  EndpointPtr picked;
  if (!candidates.empty()) {
    size_t index = balancer_->Pick(candidates, random);
    const auto was_tried = [&] {
      return std::ranges::find(tried, candidates[index]) != tried.end();
    };
    for (int i = 0; i < kRepicks && was_tried(); ++i) {
      index = balancer_->Pick(candidates, random);
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
