#include "lib/snapshot/route_table.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "lib/match/string_matcher.h"

namespace postern {
namespace {

using Kind = PathCondition::Kind;

// A Table is a RouteTable and its routes, in the order in which they were added.
class Table {
 public:
  // Add adds a route; with `header`, it takes requests only that have "x-kind: <header>".
  Table& Add(Kind kind, std::string_view path, std::string_view header = {},
             bool ignore_case = false) {
    Route& route = routes_.emplace_back();
    route.path.kind = kind;
    route.path.ignore_case = ignore_case;
    route.path.text = path;
    if (kind == Kind::kRegex) {
      auto regex = StringMatcher::Regex(path);
      EXPECT_TRUE(regex.ok()) << regex.status();
      route.path.regex = std::make_shared<const StringMatcher>(*std::move(regex));
    }
    if (!header.empty()) {
      RouteCondition& condition = route.conditions.emplace_back();
      condition.name = "x-kind";
      condition.matcher = StringMatcher::Exact(header);
    }
    return *this;
  }

  // Find returns the number of the route that takes `path`, or nullopt.
  std::optional<size_t> Find(std::string_view path, std::string_view header = {}) const {
    std::vector<const Route*> pointers;
    for (const Route& route : routes_) pointers.push_back(&route);
    const RouteTable table(pointers);
    const HeaderView headers[] = {{"x-kind", header}};
    RequestHead head;
    head.method = "GET";
    head.path = path;
    if (!header.empty()) head.headers = headers;
    RequestView view;
    view.head = &head;
    view.path = path;
    view.path_end = path.size();
    const Route* found = table.Find(view);
    for (size_t i = 0; i < pointers.size(); ++i) {
      if (pointers[i] == found) return i;
    }
    EXPECT_EQ(found, nullptr);
    return std::nullopt;
  }

 private:
  std::deque<Route> routes_;
};

TEST(RouteTableTest, NoRouteTakesNothing) {
  EXPECT_EQ(Table().Find("/"), std::nullopt);
  EXPECT_EQ(Table().Add(Kind::kExact, "/a").Find("/b"), std::nullopt);
}

TEST(RouteTableTest, TheFirstRouteWinsHoweverLongItsPath) {
  Table table;
  table.Add(Kind::kPrefix, "/a").Add(Kind::kPrefix, "/a/b").Add(Kind::kExact, "/a/b");
  EXPECT_EQ(table.Find("/a/b"), 0u);
  EXPECT_EQ(table.Find("/a/b/c"), 0u);

  Table reversed;
  reversed.Add(Kind::kExact, "/a/b").Add(Kind::kPrefix, "/a/b").Add(Kind::kPrefix, "/a");
  EXPECT_EQ(reversed.Find("/a/b"), 0u);
  EXPECT_EQ(reversed.Find("/a/b/c"), 1u);
  EXPECT_EQ(reversed.Find("/a/c"), 2u);
}

TEST(RouteTableTest, RoutesOfOnePathAreTriedInTheirOrder) {
  Table table;
  table.Add(Kind::kPrefix, "/a", "red")
      .Add(Kind::kPrefix, "/a", "blue")
      .Add(Kind::kPrefix, "/", "green")
      .Add(Kind::kPrefix, "/a", "green")
      .Add(Kind::kPrefix, "/a");
  EXPECT_EQ(table.Find("/a", "red"), 0u);
  EXPECT_EQ(table.Find("/a", "blue"), 1u);
  EXPECT_EQ(table.Find("/a", "green"), 2u);
  EXPECT_EQ(table.Find("/a", "grey"), 4u);
  EXPECT_EQ(table.Find("/b", "grey"), std::nullopt);
}

TEST(RouteTableTest, ExpressionsAndPathsInAnyCaseKeepTheirPlaceInTheOrder) {
  Table table;
  table.Add(Kind::kRegex, "/[ab]", "red")
      .Add(Kind::kExact, "/A", "", /*ignore_case=*/true)
      .Add(Kind::kPrefix, "/a")
      .Add(Kind::kRegex, "/.*")
      .Add(Kind::kPrefix, "/B", "", /*ignore_case=*/true);
  EXPECT_EQ(table.Find("/a", "red"), 0u);
  EXPECT_EQ(table.Find("/a"), 1u);
  EXPECT_EQ(table.Find("/a/x"), 2u);
  EXPECT_EQ(table.Find("/b"), 3u);
}

}  // namespace
}  // namespace postern
