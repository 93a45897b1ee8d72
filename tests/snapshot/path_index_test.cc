#include "lib/snapshot/path_index.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace postern {
namespace {

std::vector<uint32_t> Found(const PathIndex& index, std::string_view path) {
  std::vector<uint32_t> numbers;
  index.Visit(path, [&numbers](std::span<const uint32_t> found) {
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
    numbers.insert(numbers.end(), found.begin(), found.end());
  });
  return numbers;
}

TEST(PathIndexTest, AnEmptyIndexVisitsNothing) {
  EXPECT_EQ(Found(PathIndex(), "/"), std::vector<uint32_t>());
  EXPECT_EQ(Found(PathIndex({}, false), "/a"), std::vector<uint32_t>());
}

TEST(PathIndexTest, PrefixesComeFromTheShortestAndTheExactPathLast) {
  const PathIndex index({{"/a/b", true, 0},
                         {"/a", false, 1},
                         {"/", false, 2},
                         {"/a/b", false, 3},
                         {"", false, 4},
                         {"/a", true, 5}},
                        false);
  EXPECT_EQ(Found(index, "/a/b"), (std::vector<uint32_t>{4, 2, 1, 3, 0}));
  EXPECT_EQ(Found(index, "/a"), (std::vector<uint32_t>{4, 2, 1, 5}));
  EXPECT_EQ(Found(index, "/ab"), (std::vector<uint32_t>{4, 2, 1}));
  EXPECT_EQ(Found(index, "/b"), (std::vector<uint32_t>{4, 2}));
}

TEST(PathIndexTest, CaseCountsUnlessFolded) {
  EXPECT_EQ(Found(PathIndex({{"/Api", false, 0}}, false), "/api/x"), std::vector<uint32_t>());
  EXPECT_EQ(Found(PathIndex({{"/Api", false, 0}}, true), "/aPI/x"), std::vector<uint32_t>{0});
}

TEST(PathIndexTest, FindsWhatTryingEveryPathFinds) {
  std::mt19937_64 random(7);
  const auto draw = [&random](size_t longest) {
    std::string path = "/";
    for (size_t length = random() % longest; length > 0; --length) path += "ab/A"[random() % 4];
    return path;
  };
  for (int round = 0; round < 300; ++round) {
    const bool fold = round % 2 == 1;
    std::vector<std::string> paths(1 + random() % 40);
    for (std::string& path : paths) path = draw(8);
    std::vector<PathIndex::Entry> entries;
    for (uint32_t i = 0; i < paths.size(); ++i) entries.push_back({paths[i], i % 3 == 0, i});
    const PathIndex index(entries, fold);
    for (int k = 0; k < 50; ++k) {
      const std::string asked = draw(10);
      const std::string path = fold ? AsciiLower(asked) : asked;
      std::vector<uint32_t> expected;
      for (const PathIndex::Entry& entry : entries) {
        const std::string text = fold ? AsciiLower(entry.path) : std::string(entry.path);
        if (entry.exact ? path == text : path.starts_with(text)) expected.push_back(entry.number);
      }
      std::vector<uint32_t> actual = Found(index, asked);
      std::sort(actual.begin(), actual.end());
      ASSERT_EQ(actual, expected) << asked;
    }
  }
}

}  // namespace
}  // namespace postern
