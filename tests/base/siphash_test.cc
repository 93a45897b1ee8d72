#include "lib/base/siphash.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace postern {
namespace {

TEST(SipHashTest, GivesTheVectorsOfItsAuthors) {
  std::array<uint8_t, 16> key;
  std::iota(key.begin(), key.end(), uint8_t{0});
  std::array<uint8_t, 15> input;
  std::iota(input.begin(), input.end(), uint8_t{0});
  EXPECT_EQ(SipHash(SipKey::FromBytes(key), input), 0xa129ca6149be45e5u);
  EXPECT_EQ(SipHash(SipKey::FromBytes(key), {}), 0x726fdb47dd0e0e31u);
}

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

}  // namespace
}  // namespace postern
