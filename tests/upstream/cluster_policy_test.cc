#include "lib/upstream/cluster_policy.h"

#include <gtest/gtest.h>

#include <chrono>

namespace postern {
namespace {

using std::chrono::seconds;

TEST(ClusterPolicyTest, SaysNothingOfItsOwnWithoutADestinationRule) {
  const ClusterPolicy policy = ClusterPolicy::From({});
  EXPECT_FALSE(policy.absent);
  EXPECT_EQ(policy.connect_timeout, seconds(10));
  EXPECT_EQ(policy.max_connections, UINT32_MAX);
  EXPECT_EQ(policy.max_pending, UINT32_MAX);
  EXPECT_EQ(policy.max_requests, UINT32_MAX);
  EXPECT_EQ(policy.max_retries, UINT32_MAX);
  EXPECT_EQ(policy.max_requests_per_connection, 0u);
  EXPECT_FALSE(policy.tcp_idle.has_value());
  EXPECT_FALSE(policy.outlier.has_value());
}

TEST(ClusterPolicyTest, ALimitOfZeroIsNone) {
  UpstreamCluster cluster;
  ConnectionPoolSettings pool;
  pool.tcp.emplace().max_connections = 0;
  pool.http.emplace().http2_max_requests = 4;
  cluster.connection_pool = pool;
  const ClusterPolicy policy = ClusterPolicy::From(cluster);
  EXPECT_EQ(policy.max_connections, UINT32_MAX);
  EXPECT_EQ(policy.max_requests, 4u);
}

TEST(ClusterPolicyTest, AConsistentHashIsARingUnlessItIsATable) {
  using Kind = BalancerPolicy::Kind;
  using Hash = LoadBalancerSettings::ConsistentHashLb;
  UpstreamCluster cluster;
  auto& hash = cluster.load_balancer.emplace().consistent_hash.emplace();
  const auto balancer = [&cluster] { return ClusterPolicy::From(cluster).balancer; };
  EXPECT_EQ(balancer(), (BalancerPolicy{Kind::kRingHash, 1024}));
  hash.minimum_ring_size = 7;
  EXPECT_EQ(balancer(), (BalancerPolicy{Kind::kRingHash, 7}));
  hash.ring_hash = Hash::RingHash();  // Clang 14 knows no emplace of what is nested so.
  EXPECT_EQ(balancer(), (BalancerPolicy{Kind::kRingHash, 1024}));
  hash.ring_hash->minimum_ring_size = 9;
  EXPECT_EQ(balancer(), (BalancerPolicy{Kind::kRingHash, 9}));
  hash.maglev = Hash::MagLev{11};
  EXPECT_EQ(balancer(), (BalancerPolicy{Kind::kMaglev, 11}));
  EXPECT_FALSE(ClusterPolicy::From({}).balancer.by_hash());
}

TEST(ClusterPolicyTest, WhatTheEngineCannotSpeakIsAbsent) {
  UpstreamCluster tunnel;
  tunnel.tunnel = TrafficPolicy::TunnelSettings();
  EXPECT_TRUE(ClusterPolicy::From(tunnel).absent);
  UpstreamCluster unknown;
  unknown.state = UpstreamCluster::State::kAbsent;
  EXPECT_TRUE(ClusterPolicy::From(unknown).absent);
}

}  // namespace
}  // namespace postern
