#include "lib/snapshot/path_index.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

// A Routes is routes that test nothing but a path, in the order they are tried.
class Routes {
 public:
  void Add(std::string_view path, bool exact, bool ignore_case = false) {
    Route& route = routes_.emplace_back();
    route.path.kind = exact ? PathCondition::Kind::kExact : PathCondition::Kind::kPrefix;
    route.path.ignore_case = ignore_case;
    route.path.text = texts_.emplace_back(path);
    pointers_.push_back(&route);
  }

  const std::vector<const Route*>& all() const { return pointers_; }

 private:
  std::deque<std::string> texts_;
  std::deque<Route> routes_;
  std::vector<const Route*> pointers_;
};

// Found returns the numbers below `limit` of all routes that `index` has for `path`.
std::vector<uint32_t> Found(const PathIndex& index, std::string_view path,
                            uint32_t limit = PathIndex::kNone) {
  std::vector<uint32_t> numbers;
  index.Visit(path, limit, [&](uint32_t number, const Route&) {
    for (; number < limit; number = index.Next(number)) numbers.push_back(number);
  });
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

TEST(PathIndexTest, AnEmptyIndexVisitsNothing) {
  EXPECT_EQ(Found(PathIndex(), "/"), std::vector<uint32_t>());
  EXPECT_EQ(Found(PathIndex({}, false), "/a"), std::vector<uint32_t>());
}

TEST(PathIndexTest, EveryPrefixIsMetAndTheExactPath) {
  Routes routes;
  routes.Add("/a/b", true);
  routes.Add("/a", false);
  routes.Add("/", false);
  routes.Add("/a/b", false);
  routes.Add("", false);
  routes.Add("/a", true);
  const PathIndex index(routes.all(), false);
  EXPECT_EQ(Found(index, "/a/b"), (std::vector<uint32_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(Found(index, "/a"), (std::vector<uint32_t>{1, 2, 4, 5}));
  EXPECT_EQ(Found(index, "/ab"), (std::vector<uint32_t>{1, 2, 4}));
  EXPECT_EQ(Found(index, "/b"), (std::vector<uint32_t>{2, 4}));
}

TEST(PathIndexTest, RoutesOfOnePathFollowEachOtherInOrder) {
  Routes routes;
  for (int i = 0; i < 3; ++i) {
    routes.Add("/a", false);
    routes.Add("/a", true);
    routes.Add("/b", false);
  }
  const PathIndex index(routes.all(), false);
  EXPECT_EQ(index.Next(0), 3u);
  EXPECT_EQ(index.Next(3), 6u);
  EXPECT_EQ(index.Next(6), PathIndex::kNone);
  EXPECT_EQ(Found(index, "/a"), (std::vector<uint32_t>{0, 1, 3, 4, 6, 7}));
}

TEST(PathIndexTest, WhatCannotWinIsPassedOver) {
  Routes routes;
  routes.Add("/a/b", false);
  routes.Add("/a", false);
  routes.Add("/", false);
  const PathIndex index(routes.all(), false);
  uint32_t limit = PathIndex::kNone;
  std::vector<uint32_t> visited;
  index.Visit("/a/b/c", limit, [&](uint32_t number, const Route& route) {
    EXPECT_EQ(&route, routes.all()[number]);
    visited.push_back(number);
    limit = number;
  });
  EXPECT_EQ(visited, std::vector<uint32_t>{0});
  EXPECT_EQ(Found(index, "/a/b/c", 2), (std::vector<uint32_t>{0, 1}));
}

TEST(PathIndexTest, CaseCountsUnlessFolded) {
  Routes routes;
  routes.Add("/Api", false);
  routes.Add("/Api", false, /*ignore_case=*/true);
  routes.Add("/aPI", false, /*ignore_case=*/true);
  EXPECT_EQ(Found(PathIndex(routes.all(), false), "/api/x"), std::vector<uint32_t>());
  EXPECT_EQ(Found(PathIndex(routes.all(), false), "/Api/x"), std::vector<uint32_t>{0});
  EXPECT_EQ(Found(PathIndex(routes.all(), true), "/api/x"), (std::vector<uint32_t>{1, 2}));
}

TEST(PathIndexTest, AnExpressionIsNotFiled) {
  Routes routes;
  routes.Add("/a", false);
  Route regex;
  regex.path.kind = PathCondition::Kind::kRegex;
  regex.path.text = "/a";
  std::vector<const Route*> all = {&regex, routes.all().front()};
  EXPECT_EQ(Found(PathIndex(all, false), "/a"), std::vector<uint32_t>{1});
}

// FindsWhatTryingEveryPathFinds draws `longest` bytes of path at most: where paths are short, many
// are equal, and where they are long, there are more lengths than are looked up at once.
void FindsWhatTryingEveryPathFinds(size_t longest, size_t most) {
  std::mt19937_64 random(7);
  const auto draw = [&random](size_t size) {
    std::string path = "/";
    for (size_t length = random() % size; length > 0; --length) path += "ab/A"[random() % 4];
    return path;
  };
  for (int round = 0; round < 300; ++round) {
    const bool fold = round % 2 == 1;
    Routes routes;
    std::vector<std::string> texts(1 + random() % most);
    for (size_t i = 0; i < texts.size(); ++i) {
      texts[i] = i > 0 && random() % 2 == 0 ? texts[random() % i] + draw(longest) : draw(longest);
      routes.Add(texts[i], random() % 3 == 0, fold);
    }
    const PathIndex index(routes.all(), fold);
    for (int k = 0; k < 50; ++k) {
      const std::string path =
          random() % 2 == 0 ? texts[random() % texts.size()] + draw(3) : draw(longest + 2);
      std::vector<uint32_t> expected;
      for (uint32_t i = 0; i < routes.all().size(); ++i) {
        if (routes.all()[i]->path.Matches(path)) expected.push_back(i);
      }
      ASSERT_EQ(Found(index, path), expected) << path;
    }
  }
}

TEST(PathIndexTest, FindsWhatTryingEveryPathFindsAmongShortPaths) {
  FindsWhatTryingEveryPathFinds(8, 40);
}

TEST(PathIndexTest, FindsWhatTryingEveryPathFindsAmongLongPaths) {
  FindsWhatTryingEveryPathFinds(30, 120);
}

}  // namespace
}  // namespace postern
