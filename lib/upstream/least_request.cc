#include "lib/upstream/balancer.h"

namespace postern {
namespace {

class LeastRequest final : public Balancer {
 public:
  size_t Pick(std::span<const EndpointPtr> endpoints, Draw& draw) override {
    if (endpoints.size() == 1) return 0;
    if (!EqualWeights(endpoints)) {
      return PickByWeight(endpoints, draw.random, [](const EndpointState& endpoint) {
        // In thousandths, so that a busy endpoint of a small weight is not out of the draw.
        return uint64_t{endpoint.weight} * 1000 / (endpoint.active + 1) + 1;
      });
    }
    const size_t a = draw.random.Below(endpoints.size());
    const size_t b = draw.random.Below(endpoints.size());
    return endpoints[b]->active < endpoints[a]->active ? b : a;
  }
};

}  // namespace

std::unique_ptr<Balancer> MakeLeastRequest() { return std::make_unique<LeastRequest>(); }

}  // namespace postern
