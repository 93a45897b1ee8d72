#include "lib/base/chunk_pool.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/heap_watch.h"

namespace postern {
namespace {

TEST(ChunkPoolTest, GivesRoomForWhatIsAsked) {
  ChunkPool pool;
  struct Case {
    size_t wish;
    uint32_t capacity;
  };
  for (const Case& c : std::vector<Case>{{0, ChunkPool::kSmall},
                                         {1, ChunkPool::kSmall},
                                         {ChunkPool::kSmall, ChunkPool::kSmall},
                                         {ChunkPool::kSmall + 1, ChunkPool::kLarge},
                                         {ChunkPool::kLarge, ChunkPool::kLarge},
                                         {ChunkPool::kLarge + 1, ChunkPool::kLarge + 1},
                                         {100'000, 100'000}}) {
    Chunk* chunk = pool.Take(c.wish);
    EXPECT_EQ(chunk->capacity, c.capacity) << c.wish;
    EXPECT_EQ(chunk->room(), c.capacity);
    EXPECT_EQ(chunk->refs, 0u);
    EXPECT_EQ(pool.bytes(), sizeof(Chunk) + c.capacity);
    chunk->data()[c.capacity - 1] = 1;
    pool.Give(chunk);
    EXPECT_EQ(pool.bytes(), 0u);
  }
}

TEST(ChunkPoolTest, UsesAgainWhatWasGivenBackAndEmptiesIt) {
  ChunkPool pool;
  Chunk* small = pool.Take(10);
  Chunk* large = pool.Take(ChunkPool::kLarge);
  small->used = 7;
  small->refs = 1;
  pool.Give(small);
  pool.Give(large);
  EXPECT_EQ(pool.Take(ChunkPool::kLarge), large);
  Chunk* again = pool.Take(20);
  EXPECT_EQ(again, small);
  EXPECT_EQ(again->used, 0u);
  EXPECT_EQ(again->refs, 0u);
  pool.Give(large);
  pool.Give(again);
}

TEST(ChunkPoolTest, KeepsALittleForReuseAndNothingOfItsOwnAtItsEnd) {
  const HeapWatch watch;
  {
    ChunkPool pool;
    std::vector<Chunk*> chunks;
    for (int i = 0; i < 400; ++i) chunks.push_back(pool.Take(ChunkPool::kLarge));
    EXPECT_GT(watch.held(), 400 * ChunkPool::kLarge);
    for (Chunk* chunk : chunks) pool.Give(chunk);
    chunks = {};
    EXPECT_LE(watch.held(), ChunkPool::kKeptBytes + (64 << 10));
    EXPECT_GE(watch.held(), ChunkPool::kKeptBytes / 2);
    Chunk* huge = pool.Take(10 * ChunkPool::kKeptBytes);
    pool.Give(huge);
    EXPECT_LE(watch.held(), ChunkPool::kKeptBytes + (64 << 10));
  }
  EXPECT_EQ(watch.held(), 0u);
}

}  // namespace
}  // namespace postern
