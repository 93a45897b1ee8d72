#include "lib/upstream/count_hold.h"

#include <gtest/gtest.h>

#include <utility>

namespace postern {
namespace {

TEST(CountHoldTest, CountsOneUntilItIsReleasedOrDestroyed) {
  uint32_t count = 0;
  {
    CountHold first(count), second(count), none;
    EXPECT_EQ(count, 2u);
    first.Release();
    first.Release();
    none.Release();
    EXPECT_EQ(count, 1u);
  }
  EXPECT_EQ(count, 0u);
}

TEST(CountHoldTest, MovesWithoutCountingAndGivesBackWhatItHadBefore) {
  uint32_t one = 0, other = 0;
  CountHold hold(one);
  CountHold taken = std::move(hold);
  EXPECT_EQ(one, 1u);
  hold = CountHold(other);
  EXPECT_EQ(other, 1u);
  hold = std::move(taken);
  EXPECT_EQ(one, 1u);
  EXPECT_EQ(other, 0u);
  CountHold& self = hold;
  hold = std::move(self);
  EXPECT_EQ(one, 1u) << "still held";
  hold = {};
  EXPECT_EQ(one, 0u);
}

}  // namespace
}  // namespace postern
