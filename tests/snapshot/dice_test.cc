#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "postern/decision.h"

namespace postern {
namespace {

TEST(DiceTest, TheResultIsPartOfTheContract) {
  // A recorded run is replayed by other builds: worked out apart, by the text of dice.cc. An event
  // happens for every number above its roll, and for none up to it.
  const struct {
    uint64_t random;
    Die die;
    uint32_t index;
    uint32_t roll;
  } cases[] = {
      {0, Die::kDestination, 0, 807'871},
      {0, Die::kFaultDelay, 0, 334'904},
      {0, Die::kFaultDelay, 1, 688'417},
      {1, Die::kFaultDelay, 0, 653'301},
      {2, Die::kFaultAbort, 0, 636'466},
      {12'345, Die::kMirror, 7, 542'910},
      {UINT64_MAX, Die::kMirror, UINT32_MAX, 296'581},
  };
  for (const auto& row : cases) {
    EXPECT_FALSE(Rolls(row.random, row.die, row.index, row.roll)) << row.random;
    EXPECT_TRUE(Rolls(row.random, row.die, row.index, row.roll + 1)) << row.random;
  }
}

TEST(DiceTest, NeverAndAlwaysAreExact) {
  for (uint64_t random = 0; random < 100'000; ++random) {
    ASSERT_FALSE(Rolls(random, Die::kMirror, 0, 0));
    ASSERT_TRUE(Rolls(random, Die::kMirror, 0, 1'000'000));
  }
}

TEST(DiceTest, HappensAsOftenAsItSaysAndEventsAreIndependent) {
  constexpr int kRuns = 200'000;
  for (const uint32_t millionths : {10'000u, 250'000u, 500'000u, 990'000u}) {
    int delays = 0, aborts = 0, both = 0;
    for (uint64_t random = 0; random < kRuns; ++random) {
      const bool delay = Rolls(random, Die::kFaultDelay, 0, millionths);
      const bool abort = Rolls(random, Die::kFaultAbort, 0, millionths);
      delays += delay;
      aborts += abort;
      both += delay && abort;
    }
    const double p = millionths / 1e6;
    const auto near = [](int count, double share) {
      return std::abs(count - kRuns * share) < 5 * std::sqrt(kRuns * share * (1 - share));
    };
    EXPECT_TRUE(near(delays, p)) << delays;
    EXPECT_TRUE(near(aborts, p)) << aborts;
    EXPECT_TRUE(near(both, p * p)) << both;
  }
}

}  // namespace
}  // namespace postern
