#include "lib/snapshot/listener_table.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>
#include <vector>

namespace postern {
namespace {

Chain Named(std::initializer_list<std::string_view> names,
            std::initializer_list<std::string_view> alpn = {}) {
  Chain chain;
  chain.names = names;
  chain.alpn = alpn;
  return chain;
}

// Filled returns a listener whose chain i is chains[i].
ListenerTable Filled(const std::vector<Chain>& chains) {
  ListenerTable table({"", 443});
  for (uint32_t i = 0; i < chains.size(); ++i) {
    EXPECT_EQ(table.Taken(chains[i]), Chain::kNone) << i;
    EXPECT_TRUE(table.Add(chains[i], i).ok()) << i;
  }
  return table;
}

TEST(ListenerTableTest, TheMostSpecificNameIsChosen) {
  const ListenerTable table =
      Filled({Named({"a.x.com"}), Named({"*.x.com"}), Named({}), Named({"*.b.x.com"})});
  const struct {
    std::string_view sni;
    uint32_t chain;
  } cases[] = {
      {"a.x.com", 0}, {"A.X.COM", 0},     {"b.x.com", 1},  {"c.d.x.com", 1},
      {"x.com", 2},   {"c.b.x.com", 3},   {"b.x.com.", 2}, {"", 2},
      {"y.com", 2},   {"e.f.b.x.com", 3}, {".x.com", 2},
  };
  for (const auto& row : cases) EXPECT_EQ(table.Find(row.sni, {}), row.chain) << row.sni;
}

TEST(ListenerTableTest, NamesOnceHitAreNotLeftForLessSpecificOnes) {
  const ListenerTable table = Filled({Named({"outbound_.80_._.s"}, {"istio"}), Named({})});
  const std::vector<std::string_view> h2 = {"h2"};
  const std::vector<std::string_view> mesh = {"h2", "istio"};
  EXPECT_EQ(table.Find("outbound_.80_._.s", h2), Chain::kNone);
  EXPECT_EQ(table.Find("outbound_.80_._.s", {}), Chain::kNone);
  EXPECT_EQ(table.Find("outbound_.80_._.s", mesh), 0u);
  EXPECT_EQ(table.Find("other", mesh), 1u);
}

TEST(ListenerTableTest, TheClientsOrderOfAlpnDecides) {
  const ListenerTable table = Filled({Named({"a"}, {"one"}), Named({"a"}, {"two"}), Named({"a"})});
  const std::vector<std::string_view> two_first = {"none", "two", "one"};
  const std::vector<std::string_view> unknown = {"none"};
  EXPECT_EQ(table.Find("a", two_first), 1u);
  EXPECT_EQ(table.Find("a", unknown), 2u);
}

TEST(ListenerTableTest, WithoutAChainForAllOthersNothingIsFound) {
  const ListenerTable table = Filled({Named({"a.com"})});
  EXPECT_EQ(table.Find("b.com", {}), Chain::kNone);
  EXPECT_EQ(table.Find("", {}), Chain::kNone);
}

TEST(ListenerTableTest, APairOfNameAndAlpnIsTakenOnce) {
  const ListenerTable table =
      Filled({Named({"a.com", "b.com"}), Named({"c.com"}, {"h2"}), Named({})});
  EXPECT_EQ(table.Taken(Named({"x.com", "B.COM"})), 0u);
  EXPECT_EQ(table.Taken(Named({"c.com"}, {"http/1.1", "h2"})), 1u);
  EXPECT_EQ(table.Taken(Named({})), 2u);
  EXPECT_EQ(table.Taken(Named({"c.com"})), Chain::kNone);
  EXPECT_EQ(table.Taken(Named({"*.a.com"})), Chain::kNone);
}

}  // namespace
}  // namespace postern
