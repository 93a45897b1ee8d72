#include "lib/base/handle_table.h"

#include <gtest/gtest.h>

#include <memory>

namespace postern {
namespace {

TEST(HandleTableTest, TakesTheLowestFreeSlotFirst) {
  HandleTable<ConnectionId, int> table;
  const auto add = [&table] { return table.Add(std::make_unique<int>()); };
  const ConnectionId a = add(), b = add(), c = add();
  EXPECT_EQ(c.slot, 2u);
  table.Remove(b);
  table.Remove(a);
  EXPECT_EQ(add().slot, 0u);
  EXPECT_EQ(add().slot, 1u);
  EXPECT_EQ(add().slot, 3u);
  EXPECT_EQ(table.size(), 4u);
}

TEST(HandleTableTest, AStaleIdFindsNothingAndRemovesNothing) {
  HandleTable<StreamId, int> table;
  const StreamId stale = table.Add(std::make_unique<int>(1));
  EXPECT_EQ(*table.Remove(stale), 1);
  const StreamId fresh = table.Add(std::make_unique<int>(2));
  EXPECT_EQ(stale.slot, fresh.slot);
  EXPECT_EQ(table.Find(stale), nullptr);
  EXPECT_EQ(table.Remove(stale), nullptr);
  EXPECT_EQ(*table.Find(fresh), 2);
  EXPECT_EQ(table.Find({}), nullptr);
  EXPECT_EQ(table.Find(StreamId{0, UINT32_MAX}), nullptr);
}

}  // namespace
}  // namespace postern
