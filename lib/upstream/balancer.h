// The choice of one endpoint among those that may be used: one file a policy. Which endpoints those
// are, and what a retry avoids, is for the cluster.

#ifndef POSTERN_UPSTREAM_BALANCER_H_
#define POSTERN_UPSTREAM_BALANCER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "lib/base/keyed_random.h"
#include "lib/snapshot/upstream_cluster.h"
#include "lib/upstream/endpoint.h"

namespace postern {

// A Draw is what one choice goes by, for all picks that are made until one will do.
struct Draw {
  KeyedRandom& random;
  std::optional<uint64_t> hash = std::nullopt;  // Of the request. A balancer by hash makes one up
                                                // for a request that has none.
  uint32_t refused = 0;                         // The picks that would not do.
};

// A Balancer picks by one policy.
class Balancer {
 public:
  virtual ~Balancer() = default;

  // Pick returns an index into `endpoints`, which is not empty.
  virtual size_t Pick(std::span<const EndpointPtr> endpoints, Draw& draw) = 0;
};

// MakeLeastRequest returns Envoy's LEAST_REQUEST: with equal weights the less busy of two drawn at
// random, which may be the same; else a draw by weight / (active + 1).
std::unique_ptr<Balancer> MakeLeastRequest();

// MakeRoundRobin returns ROUND_ROBIN: in turn, by weight if the weights differ.
std::unique_ptr<Balancer> MakeRoundRobin();

// MakeRandom returns RANDOM: by weight.
std::unique_ptr<Balancer> MakeRandom();

// MakeRingHash returns Envoy's RING_HASH, with a ring of at least `minimum_size` places: more where
// weights are far apart, but no more than `maximum_size`.
std::unique_ptr<Balancer> MakeRingHash(uint64_t minimum_size, uint64_t maximum_size = kLargestRing);

// MakeMaglev returns Envoy's MAGLEV, with a table of `table_size` places, a prime number.
std::unique_ptr<Balancer> MakeMaglev(uint64_t table_size);

// PickByWeight draws with a probability in proportion to `weight(endpoint)`.
template <typename Weight>
size_t PickByWeight(std::span<const EndpointPtr> endpoints, KeyedRandom& random, Weight weight) {
  uint64_t sum = 0;
  for (const EndpointPtr& endpoint : endpoints) sum += weight(*endpoint);
  uint64_t rest = random.Below(sum);
  for (size_t i = 0; i < endpoints.size(); ++i) {
    const uint64_t share = weight(*endpoints[i]);
    if (rest < share) return i;
    rest -= share;
  }
  return 0;
}

// EqualWeights returns whether all weights are the same.
inline bool EqualWeights(std::span<const EndpointPtr> endpoints) {
  for (const EndpointPtr& endpoint : endpoints) {
    if (endpoint->weight != endpoints.front()->weight) return false;
  }
  return true;
}

}  // namespace postern

#endif  // POSTERN_UPSTREAM_BALANCER_H_
