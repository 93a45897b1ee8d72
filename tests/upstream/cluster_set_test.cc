#include "lib/upstream/cluster_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postern {
namespace {

using testing::ElementsAre;

constexpr ClusterName kWeb = {"web.prod", 80, ""};
constexpr ClusterName kCanary = {"web.prod", 80, "canary"};

// Texts returns the addresses of a cluster's endpoints; "" for the one that the host knows.
std::vector<std::string> Texts(const ClusterState& cluster) {
  std::vector<std::string> texts;
  for (const EndpointPtr& endpoint : cluster.endpoints()) {
    const bool known = endpoint->address.family != Address::Family::kNone;
    texts.push_back(known ? endpoint->address.ToString() : endpoint->name);
  }
  return texts;
}

Endpoint At(uint8_t last, std::map<std::string, std::string> labels = {}) {
  Endpoint endpoint;
  endpoint.address = Address::Ipv4({10, 0, 0, last}, 80);
  endpoint.labels = std::move(labels);
  return endpoint;
}

UpstreamCluster Configured(const ClusterName& name) {
  UpstreamCluster cluster;
  cluster.name = name;
  cluster.discovery = Cluster::Discovery::kKnown;
  cluster.endpoints = {
      {"10.1.0.1", 80, 1, ""}, {"db.example.com", 5432, 1, ""}, {"2001:db8::1", 1, 1, ""}};
  return cluster;
}

TEST(ClusterSetTest, AClusterThatNobodyDescribesIsKnownToTheHost) {
  ClusterSet set;
  ClusterState& web = set.Find(kWeb);
  EXPECT_EQ(&set.Find(kWeb), &web);
  EXPECT_EQ(web.label(), "outbound|80||web.prod");
  EXPECT_THAT(Texts(web), ElementsAre(""));
}

TEST(ClusterSetTest, EndpointsAreTheHostsElseTheConfigurations) {
  const std::vector<UpstreamCluster> clusters = {Configured(kWeb)};
  ClusterSet set;
  set.Configure(clusters);
  ClusterState& web = set.Find({}, 0);
  EXPECT_EQ(&set.Find(kWeb), &web);
  EXPECT_THAT(Texts(web), ElementsAre("10.1.0.1:80", "db.example.com:5432", "[2001:db8::1]:1"));
  const Endpoint told[] = {At(1)};
  set.SetEndpoints("web.prod", 80, told);
  EXPECT_THAT(Texts(web), ElementsAre("10.0.0.1:80"));
  set.Configure(clusters);
  EXPECT_THAT(Texts(web), ElementsAre("10.0.0.1:80")) << "a new Snapshot keeps what was told";
}

TEST(ClusterSetTest, ASubsetTakesTheEndpointsThatBearItsLabels) {
  UpstreamCluster canary;
  canary.name = kCanary;
  canary.subset_labels = {{"track", "canary"}};
  UpstreamCluster web;
  web.name = kWeb;
  const std::vector<UpstreamCluster> clusters = {web, canary};
  ClusterSet set;
  set.Configure(clusters);
  const Endpoint told[] = {At(1), At(2, {{"track", "canary"}}), At(3, {{"track", "stable"}})};
  set.SetEndpoints("web.prod", 80, told);
  EXPECT_EQ(set.Find({}, 0).endpoints().size(), 3u);
  EXPECT_THAT(Texts(set.Find({}, 1)), ElementsAre("10.0.0.2:80"));
}

TEST(ClusterSetTest, WhatIsToldOfOneDestinationIsOfNoOther) {
  ClusterSet set;
  ClusterState& other_port = set.Find({"web.prod", 81, ""});
  ClusterState& other_host = set.Find({"web.prod2", 80, ""});
  const Endpoint told[] = {At(1)};
  set.SetEndpoints("web.prod", 80, told);
  EXPECT_THAT(Texts(other_port), ElementsAre(""));
  EXPECT_THAT(Texts(other_host), ElementsAre(""));
  EXPECT_THAT(Texts(set.Find(kWeb)), ElementsAre("10.0.0.1:80")) << "also one found later";
}

TEST(ClusterSetTest, APolicyStaysForTheRequestsOfTheSnapshotThatHadIt) {
  UpstreamCluster absent;
  absent.name = kWeb;
  absent.state = UpstreamCluster::State::kAbsent;
  const std::vector<UpstreamCluster> clusters = {absent};
  ClusterSet set;
  set.Configure(clusters);
  ClusterState& web = set.Find(kWeb);
  EXPECT_TRUE(web.policy().absent);
  set.Configure({});
  EXPECT_TRUE(web.policy().absent);
  const std::vector<UpstreamCluster> present = {Configured(kWeb)};
  set.Configure(present);
  EXPECT_FALSE(web.policy().absent);
}

TEST(ClusterSetTest, AServiceOfAPortComesBeforeThatOfItsHost) {
  auto* const of_host = reinterpret_cast<Service*>(8);  // Never called.
  auto* const of_port = reinterpret_cast<Service*>(16);
  ClusterSet set;
  ClusterState& web = set.Find(kWeb);
  set.Serve("web.prod", 0, of_host);
  EXPECT_EQ(web.service, of_host);
  set.Serve("web.prod", 80, of_port);
  EXPECT_EQ(web.service, of_port);
  EXPECT_EQ(set.Find({"web.prod", 81, ""}).service, of_host);
  set.Serve("web.prod", 80, nullptr);
  EXPECT_EQ(web.service, of_host);
  set.Serve("web.prod", 0, nullptr);
  EXPECT_EQ(web.service, nullptr);
}

}  // namespace
}  // namespace postern
