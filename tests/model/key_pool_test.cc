#include "lib/model/key_pool.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postern {
namespace {

TEST(KeyPoolTest, NumbersTextsInTheOrderOfTheirFirstUse) {
  KeyPool pool("web.yaml");
  EXPECT_EQ(pool.file(), "web.yaml");
  EXPECT_EQ(pool.Add("spec"), 0u);
  EXPECT_EQ(pool.Add(""), 1u);
  EXPECT_EQ(pool.Add("servers"), 2u);
  EXPECT_EQ(pool.Add("spec"), 0u);
  EXPECT_EQ(pool.Add(""), 1u);
  EXPECT_EQ(pool.Add("spe"), 3u);
  EXPECT_EQ(pool.Key(0), "spec");
  EXPECT_EQ(pool.Key(1), "");
  EXPECT_EQ(pool.Key(2), "servers");
  EXPECT_EQ(pool.Key(3), "spe");
}

TEST(KeyPoolTest, KnowsItsTextsAfterItHasGrownAndFinished) {
  KeyPool pool("");
  std::vector<std::string> keys;
  for (int i = 0; i < 5000; ++i) keys.push_back(std::string("key-") + std::to_string(i * 7919));
  for (uint32_t i = 0; i < keys.size(); ++i) ASSERT_EQ(pool.Add(keys[i]), i);
  for (uint32_t i = 0; i < keys.size(); ++i) ASSERT_EQ(pool.Add(keys[i]), i);
  pool.FinishAdding();
  for (uint32_t i = 0; i < keys.size(); ++i) ASSERT_EQ(pool.Key(i), keys[i]);
}

}  // namespace
}  // namespace postern
