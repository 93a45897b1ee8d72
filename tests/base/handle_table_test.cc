#include "lib/base/handle_table.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

TEST(HandleTableTest, TakesTheLowestFreeSlotFirst) {
  int value = 0;
  HandleTable<ConnectionId, int> table;
  const ConnectionId a = table.Take(&value), b = table.Take(&value), c = table.Take(&value);
  EXPECT_EQ(c.slot, 2u);
  table.Release(b);
  table.Release(a);
  EXPECT_EQ(table.Take(&value).slot, 0u);
  EXPECT_EQ(table.Take(&value).slot, 1u);
  EXPECT_EQ(table.Take(&value).slot, 3u);
  EXPECT_EQ(table.size(), 4u);
}

TEST(HandleTableTest, AStaleIdFindsNothingAndReleasesNothing) {
  int first = 1, second = 2;
  HandleTable<StreamId, int> table;
  const StreamId stale = table.Take(&first);
  table.Release(stale);
  const StreamId fresh = table.Take(&second);
  EXPECT_EQ(stale.slot, fresh.slot);
  EXPECT_EQ(table.Find(stale), nullptr);
  table.Release(stale);
  EXPECT_EQ(table.Find(fresh), &second);
  EXPECT_EQ(table.Find({}), nullptr);
  EXPECT_EQ(table.Find(StreamId{0, UINT32_MAX}), nullptr);
}

}  // namespace
}  // namespace postern
