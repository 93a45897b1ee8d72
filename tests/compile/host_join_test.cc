#include "lib/compile/host_join.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/match/host_names.h"

namespace postern {
namespace {

// Pairs returns the entries that `host` meets, by number, each with the narrower name.
std::set<std::pair<uint32_t, std::string>> Pairs(const HostJoin& join, std::string_view host) {
  std::vector<HostJoin::Match> matches;
  join.Find(host, &matches);
  std::set<std::pair<uint32_t, std::string>> pairs;
  for (const HostJoin::Match& match : matches) {
    EXPECT_TRUE(pairs.emplace(match.entry->position, std::string(match.narrower)).second)
        << host << " meets entry " << match.entry->position << " twice";
  }
  return pairs;
}

TEST(HostJoinTest, ANameMeetsItselfAndTheWildcardsThatCoverIt) {
  HostJoin join;
  const std::vector<std::string> names = {"a.x.com", "*.x.com", "*", "*.com", "b.x.com", "x.com"};
  for (uint32_t i = 0; i < names.size(); ++i) join.Add({names[i], 0, i});
  join.Seal();
  const std::set<std::pair<uint32_t, std::string>> expected = {
      {0, "a.x.com"}, {1, "a.x.com"}, {2, "a.x.com"}, {3, "a.x.com"}};
  EXPECT_EQ(Pairs(join, "a.x.com"), expected);
}

TEST(HostJoinTest, AWildcardMeetsWhatItCoversAndWhatCoversIt) {
  HostJoin join;
  const std::vector<std::string> names = {"a.x.com", "*.b.x.com", "*", "*.com", "x.com", "*.x.com"};
  for (uint32_t i = 0; i < names.size(); ++i) join.Add({names[i], 0, i});
  join.Seal();
  const std::set<std::pair<uint32_t, std::string>> expected = {
      {0, "a.x.com"}, {1, "*.b.x.com"}, {2, "*.x.com"}, {3, "*.x.com"}, {5, "*.x.com"}};
  EXPECT_EQ(Pairs(join, "*.x.com"), expected);
}

TEST(HostJoinTest, CaseCounts) {
  HostJoin join;
  join.Add({"Foo.com", 0, 0});
  join.Seal();
  EXPECT_TRUE(Pairs(join, "foo.com").empty());
  EXPECT_EQ(Pairs(join, "Foo.com").size(), 1u);
}

// Every pair of random names is joined as HostIsSubset says, one pair at a time.
TEST(HostJoinTest, AgreesWithTheAlgebraOnRandomNames) {
  std::mt19937 random(20261124);
  const auto name = [&random] {
    std::string text = random() % 3 == 0 ? "*" : "";
    for (int i = random() % 5; i > 0; --i) text += "ab."[random() % 3];
    return text;
  };
  size_t met = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> names(1 + random() % 12);
    for (std::string& entry : names) entry = name();
    HostJoin join;
    for (uint32_t i = 0; i < names.size(); ++i) join.Add({names[i], 0, i});
    join.Seal();
    const std::string host = name();
    std::set<std::pair<uint32_t, std::string>> expected;
    for (uint32_t i = 0; i < names.size(); ++i) {
      if (HostIsSubset(host, names[i])) {
        expected.emplace(i, host);
      } else if (HostIsSubset(names[i], host)) {
        expected.emplace(i, names[i]);
      }
    }
    met += expected.size();
    ASSERT_EQ(Pairs(join, host), expected) << "host \"" << host << "\"";
  }
  EXPECT_GT(met, 2000u);
}

}  // namespace
}  // namespace postern
