#include "lib/upstream/hash_balancer.h"

#include <algorithm>

namespace postern {
namespace {

// KeyOf returns what Envoy calls the address of an endpoint. One that only the host can resolve has
// none yet: its name is what stays.
std::string KeyOf(const EndpointState& endpoint) {
  if (!endpoint.name.empty()) return endpoint.name;
  return endpoint.address.family == Address::Family::kUnix ? endpoint.address.path
                                                           : endpoint.address.ToString();
}

}  // namespace

size_t HashBalancer::Pick(std::span<const EndpointPtr> endpoints, Draw& draw) {
  if (endpoints.size() == 1) return 0;
  if (!StandsFor(endpoints)) {
    built_for_.clear();
    uint64_t sum = 0;
    for (const EndpointPtr& endpoint : endpoints) {
      built_for_.emplace_back(endpoint, endpoint->weight);
      sum += endpoint->weight;
    }
    std::vector<Share> shares;
    for (uint32_t i = 0; i < endpoints.size(); ++i) {
      // Without a weight an endpoint has no place, unless all are without.
      const double weight = sum == 0 ? 1.0 / static_cast<double>(endpoints.size())
                                     : endpoints[i]->weight / static_cast<double>(sum);
      if (weight > 0) shares.push_back({KeyOf(*endpoints[i]), i, weight});
    }
    Build(shares);
  }
  if (!draw.hash) draw.hash = draw.random.Next();
  return Find(*draw.hash, draw.refused);
}

bool HashBalancer::StandsFor(std::span<const EndpointPtr> endpoints) const {
  return std::ranges::equal(endpoints, built_for_, [](const EndpointPtr& endpoint, const auto& at) {
    return endpoint == at.first && endpoint->weight == at.second;
  });
}

}  // namespace postern
