#include "lib/upstream/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace postern {
namespace {

using std::chrono::milliseconds;

// MostOf returns the longest of many waits before retry `retry`.
Duration MostOf(uint32_t retry, Duration base, Duration most) {
  KeyedRandom random({1});
  Duration longest = {};
  for (int i = 0; i < 2000; ++i) longest = std::max(longest, Backoff(retry, base, most, random));
  return longest;
}

TEST(BackoffTest, TheBoundDoublesWithEachRetryUpToTheMost) {
  const struct {
    uint32_t retry;
    milliseconds bound;
  } rows[] = {{1, milliseconds(25)},  {2, milliseconds(50)},  {3, milliseconds(100)},
              {4, milliseconds(200)}, {5, milliseconds(250)}, {4'000'000'000, milliseconds(250)}};
  for (const auto& row : rows) {
    const Duration longest = MostOf(row.retry, milliseconds(25), milliseconds(250));
    EXPECT_LT(longest, row.bound) << row.retry;
    EXPECT_GT(longest, row.bound * 9 / 10) << row.retry;
  }
}

TEST(BackoffTest, AMostBelowTheBaseIsTheBase) {
  EXPECT_GT(MostOf(3, milliseconds(100), milliseconds(10)), milliseconds(90));
  EXPECT_LT(MostOf(3, milliseconds(100), milliseconds(10)), milliseconds(100));
}

TEST(BackoffTest, TheLongestDurationsDoNotOverflow) {
  const Duration half = Duration::max() / 2;
  EXPECT_GT(MostOf(2, half, Duration::max()), half);
  EXPECT_GT(MostOf(4'000'000'000, half + Duration(1), Duration::max()), half);
  EXPECT_GE(MostOf(9, std::chrono::seconds(9'223'372'036), Duration::max()), Duration());
}

TEST(BackoffTest, WithoutABaseNothingWaits) {
  EXPECT_EQ(MostOf(3, Duration(), milliseconds(250)), Duration());
}

}  // namespace
}  // namespace postern
