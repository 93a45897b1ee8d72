#include "lib/upstream/outlier.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/upstream/endpoints.h"

namespace postern {
namespace {

using std::chrono::seconds;

constexpr TimePoint kNow = TimePoint(seconds(1000));
constexpr Outcome kOk = {.status = 200};
constexpr Outcome kError = {.status = 500};
constexpr Outcome kGatewayError = {.status = 503};
constexpr Outcome kLocal = {.status = 503, .local_failure = true};

class OutlierTest : public testing::Test {
 protected:
  // See observes `outcome` `times` times and returns whether the first endpoint is ejected then.
  bool See(const Outcome& outcome, int times = 1, TimePoint now = kNow) {
    for (int i = 0; i < times; ++i) Observe(settings_, outcome, *all_[0], all_, now);
    return !all_[0]->available(now);
  }

  OutlierDetection settings_;
  std::vector<EndpointPtr> all_ = MakeEndpoints(std::vector<uint32_t>(10, 1));
};

TEST_F(OutlierTest, FiveErrorsInARowEjectForThirtySeconds) {
  EXPECT_FALSE(See(kError, 4));
  EXPECT_FALSE(See(kOk)) << "the row is broken";
  EXPECT_FALSE(See(kError, 4));
  EXPECT_TRUE(See(kError));
  EXPECT_EQ(all_[0]->ejected_until, kNow + seconds(30));
}

TEST_F(OutlierTest, EachEjectionIsLongerUpToTheMost) {
  settings_.base_ejection_time = seconds(100);
  TimePoint now = kNow;
  for (const int expected : {100, 200, 300, 300}) {
    EXPECT_TRUE(See(kError, 5, now));
    EXPECT_EQ(all_[0]->ejected_until, now + seconds(expected));
    now = all_[0]->ejected_until;
  }
}

TEST_F(OutlierTest, TheLongestEjectionLastsToTheEndOfTheClock) {
  settings_.base_ejection_time = seconds(9'223'372'036);
  EXPECT_TRUE(See(kError, 5));
  EXPECT_EQ(all_[0]->ejected_until, TimePoint::max());
}

TEST_F(OutlierTest, ALimitOfZeroIsOff) {
  settings_.consecutive_5xx_errors = 0;
  EXPECT_FALSE(See(kError, 50));
}

TEST_F(OutlierTest, GatewayErrorsCountOnTheirOwnIfAskedFor) {
  settings_.consecutive_5xx_errors = 0;
  settings_.consecutive_gateway_errors = 2;
  EXPECT_FALSE(See(kError, 5));
  EXPECT_TRUE(See(kGatewayError, 2));
}

TEST_F(OutlierTest, OwnFailuresCountApartIfSplit) {
  settings_.split_external_local_origin_errors = true;
  settings_.consecutive_local_origin_failures = 2;
  EXPECT_FALSE(See(kError, 4));
  EXPECT_TRUE(See(kLocal, 2)) << "these two, not six in all";
}

TEST_F(OutlierTest, OwnFailuresCountAsErrorsUnlessSplit) {
  EXPECT_FALSE(See(kError, 3));
  EXPECT_TRUE(See(kLocal, 2));
}

TEST_F(OutlierTest, ListedCodesTakeThePlaceOfAll5xx) {
  settings_.outlier_detection_http_error_codes = {429};
  EXPECT_FALSE(See(kError, 10));
  EXPECT_TRUE(See({.status = 429}, 5));
}

TEST_F(OutlierTest, NoMoreAreEjectedThanTheShareAllows) {
  all_[1]->ejected_until = kNow + seconds(1);
  EXPECT_FALSE(See(kError, 20)) << "10 % of ten are one";
  settings_.max_ejection_percent = 20;
  EXPECT_TRUE(See(kError));
  all_.pop_back();
  settings_.max_ejection_percent = 0;
  all_[0] = std::make_shared<EndpointState>();
  all_[1] = std::make_shared<EndpointState>();
  EXPECT_FALSE(See(kError, 20)) << "10 % of nine are none";
}

}  // namespace
}  // namespace postern
