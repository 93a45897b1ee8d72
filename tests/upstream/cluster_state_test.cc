#include "lib/upstream/cluster_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace postern {
namespace {

using std::chrono::seconds;

constexpr TimePoint kNow = TimePoint(seconds(1000));

class ClusterStateTest : public testing::Test {
 protected:
  void SetEndpoints(const std::vector<std::string>& names) {
    std::vector<EndpointState> endpoints;
    for (const std::string& name : names) endpoints.emplace_back().name = name;
    cluster_.SetEndpoints(std::move(endpoints));
  }

  EndpointPtr Pick(std::span<const EndpointPtr> tried = {}) {
    return cluster_.Pick(kNow, random_, tried);
  }

  ClusterState cluster_{{"web.prod", 80, "v1"}};
  KeyedRandom random_{{3}};
};

TEST_F(ClusterStateTest, AnEndpointThatStaysKeepsItsStateAndOneThatGoesIsMarked) {
  SetEndpoints({"a", "b"});
  const EndpointPtr a = cluster_.endpoints()[0], b = cluster_.endpoints()[1];
  a->active = 7;
  SetEndpoints({"c", "a"});
  EXPECT_EQ(cluster_.endpoints()[1], a);
  EXPECT_EQ(a->active, 7u);
  EXPECT_FALSE(a->removed);
  EXPECT_TRUE(b->removed);
}

// Endpoints are the same by all of address, name and labels, one for one, in whatever order.
TEST_F(ClusterStateTest, EachEndpointIsFoundAgainAmongManyThatAreLikeIt) {
  const auto set = [this](bool backwards) {
    std::vector<EndpointState> endpoints;
    for (int turn = 0; turn < 60; ++turn) {
      const int i = backwards ? 59 - turn : turn;
      EndpointState& endpoint = endpoints.emplace_back();
      endpoint.address = Address::Ipv4({10, 0, 0, static_cast<uint8_t>(i / 3)}, 80);
      if (i % 3 != 0) endpoint.labels["track"] = i % 3 == 1 ? "stable" : "canary";
      endpoint.weight = backwards ? 2 : 1;
    }
    cluster_.SetEndpoints(std::move(endpoints));
    return std::vector<EndpointPtr>(cluster_.endpoints().begin(), cluster_.endpoints().end());
  };
  const std::vector<EndpointPtr> first = set(false);
  EXPECT_EQ(set(false), first);
  std::vector<EndpointPtr> second = set(true);
  EXPECT_EQ(second.front()->weight, 2u);
  std::ranges::reverse(second);
  EXPECT_EQ(second, first);
  SetEndpoints({"twin", "twin"});
  for (const EndpointPtr& gone : first) EXPECT_TRUE(gone->removed);
  EXPECT_NE(cluster_.endpoints()[0], cluster_.endpoints()[1]);
}

TEST_F(ClusterStateTest, OnlyWhatIsAvailableIsPicked) {
  SetEndpoints({"sick", "ejected", "well"});
  cluster_.endpoints()[0]->healthy = false;
  cluster_.endpoints()[1]->ejected_until = kNow + seconds(1);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Pick()->name, "well");
  cluster_.endpoints()[2]->healthy = false;
  EXPECT_EQ(Pick(), nullptr);
  cluster_.endpoints()[1]->ejected_until = kNow;
  EXPECT_EQ(Pick()->name, "ejected") << "its time is over";
}

TEST_F(ClusterStateTest, ARetryAvoidsWhatWasTriedIfItCan) {
  SetEndpoints({"a", "b"});
  const EndpointPtr tried[] = {cluster_.endpoints()[0]};
  int avoided = 0;
  for (int i = 0; i < 200; ++i) avoided += Pick(tried)->name == "b";
  EXPECT_GT(avoided, 185) << "all but 1 of 64";
  SetEndpoints({"a"});
  EXPECT_EQ(Pick(tried)->name, "a");
}

TEST_F(ClusterStateTest, AHashDecidesAmongWhatIsAvailableAndARetryMayAvoidWhatWasTried) {
  ClusterPolicy policy;
  policy.balancer = {BalancerPolicy::Kind::kRingHash, 1024};
  cluster_.SetPolicy(policy);
  SetEndpoints({"a", "b", "c"});
  const auto pick = [this](uint64_t hash, std::span<const EndpointPtr> tried = {}) {
    return cluster_.Pick(kNow, random_, tried, hash);
  };
  for (uint64_t hash = 1; hash != 0; hash <<= 1) {
    const EndpointPtr first = pick(hash);
    EXPECT_EQ(pick(hash), first);
    EXPECT_EQ(pick(hash, {&first, 1}), pick(hash, {&first, 1}));
    first->ejected_until = kNow + seconds(1);
    const EndpointPtr second = pick(hash);
    EXPECT_NE(second, first);
    EXPECT_EQ(pick(hash), second);
    first->ejected_until = kNow;
    EXPECT_EQ(pick(hash), first) << "its time is over";
  }
  // The policy is another: the hash counts no more.
  policy.balancer = {BalancerPolicy::Kind::kRandom};
  cluster_.SetPolicy(policy);
  std::set<std::string> names;
  for (int i = 0; i < 50; ++i) names.insert(pick(1)->name);
  EXPECT_EQ(names.size(), 3u);
}

TEST_F(ClusterStateTest, APoolWithoutAConnectionMayAlwaysHaveOne) {
  SetEndpoints({"a"});
  ClusterPolicy policy;
  policy.max_connections = 2;
  cluster_.SetPolicy(policy);
  EndpointState& endpoint = *cluster_.endpoints()[0];
  ConnectionPool& pool = endpoint.PoolFor("");
  cluster_.connections = 2;
  EXPECT_TRUE(cluster_.MayConnect(&pool));
  pool.connections = 1;
  EXPECT_FALSE(cluster_.MayConnect(&pool));
  EXPECT_TRUE(cluster_.MayConnect(endpoint.FindPool("a.com")));
  cluster_.connections = 1;
  EXPECT_TRUE(cluster_.MayConnect(&pool));
}

TEST_F(ClusterStateTest, APoolLastsAsLongAsThereIsSomethingInIt) {
  EndpointState endpoint;
  EXPECT_EQ(endpoint.FindPool("a.com"), nullptr);
  ConnectionPool& pool = endpoint.PoolFor("a.com");
  pool.connections = 1;
  endpoint.DropPool("a.com");
  EXPECT_EQ(endpoint.FindPool("a.com"), &pool);
  pool.connections = 0;
  endpoint.DropPool("a.com");
  EXPECT_EQ(endpoint.FindPool("a.com"), nullptr);
  endpoint.DropPool("");
  EXPECT_NE(endpoint.FindPool(""), nullptr);
}

TEST_F(ClusterStateTest, ANameForTlsIsTheHostOfTheRequestWhereTheRuleHasNone) {
  EXPECT_EQ(cluster_.ServerName("a.com"), "");
  ClusterPolicy policy;
  policy.tls.emplace().auto_sni = true;
  cluster_.SetPolicy(policy);
  EXPECT_EQ(cluster_.ServerName("A.com:8443"), "a.com");
  EXPECT_EQ(cluster_.ServerName("[2001:DB8::1]:8443"), "2001:db8::1");
  policy.tls->auto_sni = false;
  cluster_.SetPolicy(policy);
  EXPECT_EQ(cluster_.ServerName("a.com"), "");
}

TEST_F(ClusterStateTest, UnderOtherTlsSettingsNoEndpointIsWhatItWas) {
  SetEndpoints({"a"});
  const EndpointPtr clear = cluster_.endpoints()[0];
  ClusterPolicy policy;
  policy.tls.emplace().settings.sni = "a.com";
  cluster_.SetPolicy(policy);
  SetEndpoints({"a"});
  EXPECT_TRUE(clear->removed);
  const EndpointPtr secured = cluster_.endpoints()[0];
  cluster_.SetPolicy(policy);
  SetEndpoints({"a"});
  EXPECT_EQ(cluster_.endpoints()[0], secured);
}

TEST_F(ClusterStateTest, TheClientsProtocolGoesBeforeThatOfThePort) {
  EXPECT_FALSE(cluster_.SpeaksHttp2(/*http2_client=*/true));
  ClusterPolicy policy;
  policy.http2 = true;
  cluster_.SetPolicy(policy);
  EXPECT_TRUE(cluster_.SpeaksHttp2(/*http2_client=*/false));
  policy.use_client_protocol = true;
  cluster_.SetPolicy(policy);
  EXPECT_FALSE(cluster_.SpeaksHttp2(/*http2_client=*/false));
  EXPECT_TRUE(cluster_.SpeaksHttp2(/*http2_client=*/true));
}

}  // namespace
}  // namespace postern
