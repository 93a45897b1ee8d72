#include "lib/upstream/balancer.h"

namespace postern {
namespace {

class RandomChoice final : public Balancer {
 public:
  size_t Pick(std::span<const EndpointPtr> endpoints, Draw& draw) override {
    return PickByWeight(endpoints, draw.random,
                        [](const EndpointState& endpoint) { return uint64_t{endpoint.weight}; });
  }
};

}  // namespace

std::unique_ptr<Balancer> MakeRandom() { return std::make_unique<RandomChoice>(); }

}  // namespace postern
