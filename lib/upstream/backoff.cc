#include "lib/upstream/backoff.h"

#include <algorithm>

namespace postern {

Duration Backoff(uint32_t retry, Duration base, Duration most, KeyedRandom& random) {
  if (base <= Duration::zero()) return Duration::zero();
  Duration bound = base;
  for (uint32_t i = 1; i < retry && bound < most; ++i) bound *= 2;
  bound = std::min(bound, std::max(most, base));
  return Duration(static_cast<int64_t>(random.Below(static_cast<uint64_t>(bound.count()))));
}

}  // namespace postern
