#include "lib/base/arena.h"

#include <gtest/gtest.h>

#include <string>

namespace postern {
namespace {

TEST(ArenaTest, CopiesOutliveTheirOriginals) {
  Arena arena;
  std::string text = "host";
  const std::string_view copy = arena.Copy(text);
  text = "gone";
  EXPECT_EQ(copy, "host");
  EXPECT_EQ(arena.Copy(""), "");
}

TEST(ArenaTest, AlignsWhatItGives) {
  Arena arena;
  for (const size_t alignment : {1, 2, 8, 16}) {
    arena.Allocate(1, 1);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.Allocate(8, alignment)) % alignment, 0u);
  }
}

TEST(ArenaTest, GivesALargeWishABlockOfItsOwn) {
  Arena arena;
  const std::string large(3 * Arena::kBlock, 'x');
  EXPECT_EQ(arena.Copy(large), large);
  EXPECT_GT(arena.footprint(), 3 * Arena::kBlock);
}

TEST(ArenaTest, ResetKeepsOneBlockAndReleaseNone) {
  Arena arena;
  for (int i = 0; i < 10; ++i) arena.Allocate(Arena::kBlock / 2);
  arena.Reset();
  EXPECT_EQ(arena.footprint(), Arena::kBlock);
  arena.Allocate(100);
  EXPECT_EQ(arena.footprint(), Arena::kBlock);
  arena.Release();
  EXPECT_EQ(arena.footprint(), 0u);
  EXPECT_EQ(arena.Copy("again"), "again");
}

TEST(ArenaTest, CopiesArraysOfViews) {
  Arena arena;
  const std::string_view names[] = {"a", "b"};
  const auto copy = arena.CopyArray(std::span<const std::string_view>(names));
  ASSERT_EQ(copy.size(), 2u);
  EXPECT_EQ(copy[1], "b");
}

}  // namespace
}  // namespace postern
