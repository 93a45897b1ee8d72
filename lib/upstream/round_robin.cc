#include "lib/upstream/balancer.h"

namespace postern {
namespace {

// Unequal weights take turns by walking the weights as one line of places in a stride that visits
// each place once a round: endpoint i comes weight(i) times in sum(weights) picks.
class RoundRobin final : public Balancer {
 public:
  size_t Pick(std::span<const EndpointPtr> endpoints, Draw& draw) override {
    if (!started_) {
      next_ = draw.random.Next() >> 1;
      started_ = true;
    }
    const uint64_t turn = next_++;
    if (EqualWeights(endpoints)) return turn % endpoints.size();
    uint64_t sum = 0;
    for (const EndpointPtr& endpoint : endpoints) sum += endpoint->weight;
    if (sum == 0) return turn % endpoints.size();
    if (sum != sum_) {
      sum_ = sum;
      stride_ = Stride(sum);
    }
    // Weights of 32 bits make a product of more than 64.
    uint64_t place = static_cast<uint64_t>(Wide{turn % sum} * stride_ % sum);
    for (size_t i = 0; i < endpoints.size(); ++i) {
      if (place < endpoints[i]->weight) return i;
      place -= endpoints[i]->weight;
    }
    return 0;
  }

 private:
  __extension__ using Wide = unsigned __int128;

  static uint64_t Gcd(uint64_t a, uint64_t b) { return b == 0 ? a : Gcd(b, a % b); }

  // The stride nearest to the golden section of `sum` that has no divisor in common with it.
  static uint64_t Stride(uint64_t sum) {
    uint64_t stride = sum * 618 / 1000 + 1;
    while (Gcd(stride, sum) != 1) ++stride;
    return stride;
  }

  uint64_t next_ = 0;
  uint64_t sum_ = 0;  // Of the weights at the last pick by weight.
  uint64_t stride_ = 0;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<Balancer> MakeRoundRobin() { return std::make_unique<RoundRobin>(); }

}  // namespace postern
