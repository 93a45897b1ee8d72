#include "lib/base/time_math.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// The longest Duration that a configuration can have, in whole seconds.
constexpr Duration kLongest = seconds(9'223'372'036);

TEST(TimeMathTest, ASumStopsAtTheEndsOfTheClock) {
  EXPECT_EQ(SaturatingAdd(TimePoint(hours(1)), seconds(2)), TimePoint(seconds(3602)));
  EXPECT_EQ(SaturatingAdd(TimePoint(hours(1)), -seconds(2)), TimePoint(seconds(3598)));
  EXPECT_EQ(SaturatingAdd(TimePoint(hours(1)), kLongest), TimePoint::max());
  EXPECT_EQ(SaturatingAdd(TimePoint(), kLongest), TimePoint(kLongest));
  EXPECT_EQ(SaturatingAdd(TimePoint::max(), Duration()), TimePoint::max());
  EXPECT_EQ(SaturatingAdd(TimePoint::max(), Duration(1)), TimePoint::max());
  EXPECT_EQ(SaturatingAdd(TimePoint::min(), -Duration(1)), TimePoint::min());
  EXPECT_EQ(SaturatingAdd(TimePoint(-hours(1)), Duration::min()), TimePoint::min());
  EXPECT_EQ(SaturatingAdd(TimePoint(), Duration::min()), TimePoint::min());
}

TEST(TimeMathTest, AProductStopsAtTheLongestDuration) {
  EXPECT_EQ(SaturatingMultiply(seconds(3), 10), seconds(30));
  EXPECT_EQ(SaturatingMultiply(-seconds(3), 10), -seconds(30));
  EXPECT_EQ(SaturatingMultiply(kLongest, 1), kLongest);
  EXPECT_EQ(SaturatingMultiply(kLongest, 10), Duration::max());
  EXPECT_EQ(SaturatingMultiply(-kLongest, 10), Duration::min());
  EXPECT_EQ(SaturatingMultiply(Duration::max() / 2, 2), Duration::max() / 2 * 2);
}

}  // namespace
}  // namespace postern
