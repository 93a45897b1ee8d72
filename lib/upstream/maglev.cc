#include <algorithm>
#include <limits>

#include "lib/upstream/hash_balancer.h"
#include "lib/upstream/xx_hash.h"

namespace postern {
namespace {

// Endpoints take turns to take places of a table, each in an order of its own that visits all of
// them, until all are taken (Eisenbud et al., "Maglev", NSDI 2016, section 3.4). A request goes to
// the place at the remainder of its hash.
class Maglev final : public HashBalancer {
 public:
  explicit Maglev(uint64_t table_size) : size_(table_size) {}

 protected:
  void Build(std::span<const Share> shares) override {
    std::vector<Taker> takers;
    double most = 0;
    for (const Share& share : shares) {
      const uint64_t first = XxHash64(share.key) % size_;
      // A table of one place leaves nothing to skip.
      const uint64_t step = size_ == 1 ? 1 : XxHash64(share.key, 1) % (size_ - 1) + 1;
      takers.push_back({&share, first, step});
      most = std::max(most, share.weight);
    }
    // The outcome must not depend on the order in which endpoints are told.
    std::ranges::stable_sort(takers, {},
                             [](const Taker& t) -> const std::string& { return t.share->key; });
    table_.assign(size_, kFree);
    uint64_t taken = 0;
    for (uint32_t round = 1; taken < size_; ++round) {
      for (Taker& taker : takers) {
        if (taken == size_) break;
        // The largest weight has a turn each round, half of it one in two.
        if (round * taker.share->weight < taker.due) continue;
        taker.due += most;
        while (table_[taker.at] != kFree) taker.at = (taker.at + taker.step) % size_;
        table_[taker.at] = taker.share->index;
        ++taken;
      }
    }
  }

  size_t Find(uint64_t hash, uint32_t refused) const override {
    // Of another try nearly all bits are other ones.
    if (refused > 0) hash ^= uint64_t{0} - refused;
    return table_[hash % size_];
  }

 private:
  static constexpr uint32_t kFree = std::numeric_limits<uint32_t>::max();

  struct Taker {
    const Share* share = nullptr;
    uint64_t at = 0;
    uint64_t step = 0;
    double due = 0;
  };

  const uint64_t size_;
  std::vector<uint32_t> table_;  // Of indices.
};

}  // namespace

std::unique_ptr<Balancer> MakeMaglev(uint64_t table_size) {
  return std::make_unique<Maglev>(table_size);
}

}  // namespace postern
