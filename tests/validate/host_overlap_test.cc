#include "lib/validate/host_overlap.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "lib/match/host_names.h"

namespace postern {
namespace {

using Pairs = std::vector<std::pair<size_t, size_t>>;

// RandomHost returns short hosts of few letters, so that many of them overlap.
std::string RandomHost(std::mt19937& random) {
  constexpr std::string_view kLetters = "ab..*";
  std::string host;
  for (size_t size = random() % 6; host.size() < size;) {
    host += kLetters[random() % (kLetters.size() - 1)];
  }
  return random() % 3 == 0 ? "*" + host : host;
}

TEST(HostOverlapTest, FindsThePairsThatComparingEachPairFinds) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> hosts(random() % 12);
    for (std::string& host : hosts) host = RandomHost(random);
    Pairs expected;
    for (size_t i = 0; i < hosts.size(); ++i) {
      for (size_t j = i + 1; j < hosts.size(); ++j) {
        if (HostsOverlap(hosts[i], hosts[j])) expected.emplace_back(i, j);
      }
    }
    EXPECT_EQ(expected, FindOverlaps(hosts, 1000)) << testing::PrintToString(hosts);
  }
}

TEST(HostOverlapTest, CoversWhatSomeHostOfTheListCovers) {
  std::mt19937 random(8);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> hosts(random() % 6);
    for (std::string& host : hosts) host = RandomHost(random);
    const HostCover cover(hosts);
    const std::string host = RandomHost(random);
    bool expected = false;
    for (const std::string& other : hosts) expected = expected || HostIsSubset(host, other);
    EXPECT_EQ(expected, cover.Covers(host)) << host << " " << testing::PrintToString(hosts);
  }
}

TEST(HostOverlapTest, StopsAtTheBoundOnPairs) {
  const std::vector<std::string> hosts(10'000, "*.example.com");
  EXPECT_EQ(50u, FindOverlaps(hosts, 50).size());
}

}  // namespace
}  // namespace postern
