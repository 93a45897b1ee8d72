#include "lib/base/chunk_list.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace postern {
namespace {

std::string Text(const ChunkList& list) {
  std::vector<ByteSpan> slices(1000);
  slices.resize(list.Peek(slices));
  std::string text;
  for (const ByteSpan slice : slices) text += AsText(slice);
  return text;
}

TEST(ChunkListTest, GivesOutBytesInOrderWhoeverOwnsThem) {
  ChunkPool pool;
  ChunkList list(&pool);
  list.Append("owned ");
  const std::string lent = "lent ";
  list.AppendLent(AsBytes(lent));
  list.Append("more");
  EXPECT_EQ(Text(list), "owned lent more");
  ByteSpan slices[3];
  ASSERT_EQ(list.Peek(slices), 3u);
  EXPECT_EQ(slices[1].data(), AsBytes(lent).data());
  list.Consume(8);
  EXPECT_EQ(Text(list), "nt more");
}

TEST(ChunkListTest, SettleCopiesWhatIsLentAndMovesNothingElse) {
  ChunkPool pool;
  ChunkList list(&pool);
  list.Append("a");
  std::string lent = "bcd";
  list.AppendLent(AsBytes(lent));
  list.Append("e");
  list.Consume(2);
  ByteSpan before[2], after[2];
  ASSERT_EQ(list.Peek(before), 2u);
  pool.Settle();
  lent = "...";
  ASSERT_EQ(list.Peek(after), 2u);
  EXPECT_EQ(Text(list), "cde");
  EXPECT_NE(before[0].data(), after[0].data());
  EXPECT_EQ(before[1].data(), after[1].data());
}

TEST(ChunkListTest, SettleReachesEachListAndForgetsThoseThatAreGone) {
  ChunkPool pool;
  std::string lent = "x";
  ChunkList first(&pool), third(&pool), moved(&pool);
  first.AppendLent(AsBytes(lent));
  {
    ChunkList second(&pool);
    second.AppendLent(AsBytes(lent));
    third.AppendLent(AsBytes(lent));
  }
  moved.AppendFrom(first);
  third.Consume(1);
  pool.Settle();
  lent = "y";
  EXPECT_TRUE(first.empty());
  EXPECT_EQ(Text(moved), "x");
  EXPECT_TRUE(third.empty());
  pool.Settle();
}

TEST(ChunkListTest, GivesItsMemoryBackWhenConsumed) {
  ChunkPool pool;
  ChunkList list(&pool);
  list.Append(std::string(100'000, 'x'));
  EXPECT_GE(pool.bytes(), 100'000u);
  list.Consume(99'999);
  list.Consume(1);
  EXPECT_EQ(pool.bytes(), 0u);
}

TEST(ChunkListTest, PrepareAndCommitWriteInPlace) {
  ChunkPool pool;
  ChunkList list(&pool);
  std::span<uint8_t> room = list.Prepare(10);
  ASSERT_GE(room.size(), 10u);
  room[0] = 'h';
  room[1] = 'i';
  list.Commit(2);
  EXPECT_EQ(Text(list), "hi");
  list.Prepare(5000);
  list.Commit(0);
  EXPECT_EQ(Text(list), "hi");
  list.Append("!");
  EXPECT_EQ(Text(list), "hi!");
  list.Clear();
  EXPECT_EQ(pool.bytes(), 0u);
}

TEST(ChunkListTest, AgreesWithAStringOverRandomUse) {
  std::mt19937 random(7);
  ChunkPool pool;
  ChunkList list(&pool), other(&pool);
  std::string want, kept(70'000, '?');
  for (size_t i = 0; i < kept.size(); ++i) kept[i] = static_cast<char>('a' + i % 26);
  for (int i = 0; i < 20'000; ++i) {
    const size_t size = random() % (random() % 50 == 0 ? 70'000 : 300);
    const std::string_view piece = std::string_view(kept).substr(0, size);
    switch (random() % 5) {
      case 0:
        list.Append(piece), want += piece;
        break;
      case 1:
        list.AppendLent(AsBytes(piece)), want += piece;
        break;
      case 2:
        other.Append(piece), list.AppendFrom(other), want += piece;
        break;
      case 3:
        pool.Settle();
        break;
      case 4: {
        const size_t n = want.empty() ? 0 : random() % (want.size() + 1);
        list.Consume(n), want.erase(0, n);
        break;
      }
    }
    ASSERT_EQ(list.size(), want.size());
    if (i % 100 == 0) {
      const std::string got = Text(list);
      ASSERT_EQ(got, want.substr(0, got.size()));
    }
  }
  for (size_t at = 0; at < want.size();) {
    const ByteSpan slice = list.At(at);
    ASSERT_FALSE(slice.empty());
    ASSERT_EQ(AsText(slice), want.substr(at, slice.size()));
    at += slice.size();
  }
}

}  // namespace
}  // namespace postern
