#include "lib/upstream/backoff.h"

namespace postern {

Duration Backoff(uint32_t retry, Duration base, Duration most, KeyedRandom& random) {
  if (base <= Duration::zero()) return Duration::zero();
  Duration bound = base;
  for (uint32_t i = 1; i < retry && bound < most; ++i) {
    bound = bound > most / 2 ? most : bound * 2;  // Doubled, a long one would overflow.
  }
  return Duration(static_cast<int64_t>(random.Below(static_cast<uint64_t>(bound.count()))));
}

}  // namespace postern
