#include <algorithm>
#include <cmath>
#include <tuple>

#include "lib/base/strings.h"
#include "lib/upstream/hash_balancer.h"
#include "lib/upstream/xx_hash.h"

namespace postern {
namespace {

// Each endpoint has places on the ring in proportion to its weight, at the hashes of "<key>_0",
// "<key>_1" and so on. A request goes to the first place at its hash or behind it.
class RingHash final : public HashBalancer {
 public:
  RingHash(uint64_t minimum_size, uint64_t maximum_size)
      : minimum_size_(static_cast<double>(minimum_size)),
        maximum_size_(static_cast<double>(maximum_size)) {}

 protected:
  void Build(std::span<const Share> shares) override {
    const double least = std::ranges::min(shares, {}, &Share::weight).weight;
    // As many as give the least of them a whole number of places.
    const double size = std::min(std::ceil(least * minimum_size_) / least, maximum_size_);
    ring_.clear();
    ring_.reserve(static_cast<size_t>(std::ceil(size)));
    double placed = 0;
    double due = 0;
    for (const Share& share : shares) {
      due += size * share.weight;
      std::string key = share.key + "_";
      const size_t stem = key.size();
      for (uint64_t i = 0; placed < due; ++i, ++placed) {
        key.resize(stem);
        StrAppend(&key, i);
        ring_.push_back({XxHash64(key), share.index});
      }
    }
    std::ranges::sort(ring_, {},
                      [](const Place& place) { return std::tie(place.hash, place.index); });
  }

  size_t Find(uint64_t hash, uint32_t refused) const override {
    const auto first = std::ranges::lower_bound(ring_, hash, {}, &Place::hash);
    // Behind the last place is the first, and behind one that is turned down the next, which may be
    // of the same endpoint.
    return ring_[(static_cast<size_t>(first - ring_.begin()) + refused) % ring_.size()].index;
  }

 private:
  struct Place {
    uint64_t hash = 0;
    uint32_t index = 0;
  };

  const double minimum_size_;
  const double maximum_size_;
  std::vector<Place> ring_;  // By hash.
};

}  // namespace

std::unique_ptr<Balancer> MakeRingHash(uint64_t minimum_size, uint64_t maximum_size) {
  return std::make_unique<RingHash>(minimum_size, maximum_size);
}

}  // namespace postern
