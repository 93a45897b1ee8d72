// How long a retry waits. Whether there is one is for lib/upstream/retry.h.

#ifndef POSTERN_UPSTREAM_BACKOFF_H_
#define POSTERN_UPSTREAM_BACKOFF_H_

#include <cstdint>

#include "lib/base/keyed_random.h"
#include "postern/time.h"

namespace postern {

// Backoff returns the wait before retry `retry`, which counts from 1: full jitter in
// [0, min(base * 2^(retry-1), most)), Envoy's rule (engine.md 6.3).
Duration Backoff(uint32_t retry, Duration base, Duration most, KeyedRandom& random);

}  // namespace postern

#endif  // POSTERN_UPSTREAM_BACKOFF_H_
