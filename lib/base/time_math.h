// Sums and products of times that stop at the end of the clock: a configured Duration may be 292
// years long, and signed overflow is undefined. What a time is for is its user's business.

#ifndef POSTERN_BASE_TIME_MATH_H_
#define POSTERN_BASE_TIME_MATH_H_

#include <cassert>

#include "postern/time.h"

namespace postern {

// SaturatingAdd returns `time + delay`, or the nearest TimePoint there is.
constexpr TimePoint SaturatingAdd(TimePoint time, Duration delay) {
  if (delay >= Duration::zero()) {
    return time > TimePoint::max() - delay ? TimePoint::max() : time + delay;
  }
  return time < TimePoint::min() - delay ? TimePoint::min() : time + delay;
}

// SaturatingMultiply returns `duration * factor`, or the nearest Duration there is; `factor` is
// positive.
constexpr Duration SaturatingMultiply(Duration duration, int factor) {
  assert(factor > 0);
  if (duration > Duration::max() / factor) return Duration::max();
  if (duration < Duration::min() / factor) return Duration::min();
  return duration * factor;
}

}  // namespace postern

#endif  // POSTERN_BASE_TIME_MATH_H_
