#include "lib/base/keyed_random.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace postern {
namespace {

TEST(KeyedRandomTest, FollowsFromItsSeedAlone) {
  std::array<uint8_t, 32> seed = {1, 2, 3};
  KeyedRandom a(seed), b(seed);
  seed[31] = 9;
  KeyedRandom c(seed);
  EXPECT_EQ(a.Next(), b.Next());
  EXPECT_NE(a.Next(), c.Next());
  EXPECT_EQ(a.Below(0), 0u);
  for (int i = 0; i < 100; ++i) EXPECT_LT(a.Below(7), 7u);
}

// From an implementation in Python that gives the vector of SipHash's authors.
TEST(KeyedRandomTest, GivesTheSameNumbersEverywhere) {
  std::array<uint8_t, 32> seed;
  std::iota(seed.begin(), seed.end(), uint8_t{0});
  KeyedRandom random(seed);
  EXPECT_EQ(random.Next(), 0xd7f81fd64b9839fu);
  EXPECT_EQ(random.Next(), 0x84e86a82f1f9741bu);
}

}  // namespace
}  // namespace postern
