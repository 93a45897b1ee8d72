#include "lib/upstream/balancer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/upstream/endpoints.h"

namespace postern {
namespace {

using testing::Each;
using testing::ElementsAre;

// Count returns how often each endpoint is picked in `picks` picks.
std::vector<int> Count(Balancer& balancer, const std::vector<EndpointPtr>& endpoints, int picks) {
  KeyedRandom random({7});
  std::vector<int> counts(endpoints.size());
  for (int i = 0; i < picks; ++i) {
    Draw draw{random};
    ++counts[balancer.Pick(endpoints, draw)];
  }
  return counts;
}

TEST(RoundRobinTest, EqualWeightsTakeTurns) {
  const auto endpoints = MakeEndpoints({1, 1, 1});
  KeyedRandom random({7});
  const auto balancer = MakeRoundRobin();
  Draw draw{random};
  const size_t first = balancer->Pick(endpoints, draw);
  for (size_t i = 1; i < 10; ++i) {
    EXPECT_EQ(balancer->Pick(endpoints, draw), (first + i) % 3);
  }
}

TEST(RoundRobinTest, EachRoundGivesEveryWeightItsShare) {
  const auto endpoints = MakeEndpoints({5, 1, 2});
  const auto balancer = MakeRoundRobin();
  for (int round = 0; round < 5; ++round) {
    EXPECT_THAT(Count(*balancer, endpoints, 8), ElementsAre(5, 1, 2)) << round;
  }
}

TEST(RoundRobinTest, TheLargestWeightsHaveTheirShares) {
  const auto endpoints = MakeEndpoints({4'000'000'000, 4'000'000'000, 2'000'000'000});
  const std::vector<int> counts = Count(*MakeRoundRobin(), endpoints, 1000);
  EXPECT_NEAR(counts[0], 400, 5);
  EXPECT_NEAR(counts[1], 400, 5);
  EXPECT_NEAR(counts[2], 200, 5);
}

TEST(RoundRobinTest, SharesFollowTheWeights) {
  const auto balancer = MakeRoundRobin();
  EXPECT_THAT(Count(*balancer, MakeEndpoints({5, 1, 2}), 8), ElementsAre(5, 1, 2));
  EXPECT_THAT(Count(*balancer, MakeEndpoints({1, 2}), 9), ElementsAre(3, 6));
}

TEST(RoundRobinTest, AWeightOfZeroHasNoShareAndAllOfZeroTakeTurns) {
  const auto balancer = MakeRoundRobin();
  EXPECT_THAT(Count(*balancer, MakeEndpoints({0, 3}), 30), ElementsAre(0, 30));
  EXPECT_THAT(Count(*balancer, MakeEndpoints({0, 0}), 30), ElementsAre(15, 15));
}

TEST(RandomTest, DrawsByWeight) {
  const std::vector<int> counts = Count(*MakeRandom(), MakeEndpoints({1, 3}), 8000);
  EXPECT_NEAR(counts[0], 2000, 200);
}

TEST(LeastRequestTest, PrefersTheLessBusyOfTwo) {
  const auto endpoints = MakeEndpoints({1, 1});
  endpoints[0]->active = 5;
  const std::vector<int> counts = Count(*MakeLeastRequest(), endpoints, 4000);
  EXPECT_NEAR(counts[0], 1000, 150) << "only when both draws are the busy one";
}

TEST(LeastRequestTest, WeightsCountForLessTheBusierTheEndpointIs) {
  const auto endpoints = MakeEndpoints({2, 1});
  endpoints[0]->active = 3;
  const std::vector<int> counts = Count(*MakeLeastRequest(), endpoints, 6000);
  EXPECT_NEAR(counts[0], 2000, 200) << "2 / 4 to 1 / 1";
}

TEST(BalancerTest, OneEndpointIsAlwaysPicked) {
  const auto endpoints = MakeEndpoints({0});
  for (const auto& balancer : {MakeRoundRobin, MakeRandom, MakeLeastRequest}) {
    EXPECT_THAT(Count(*balancer(), endpoints, 5), Each(5));
  }
}

}  // namespace
}  // namespace postern
