#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "postern/credentials.h"

namespace {

constexpr std::string_view kMarker = "-----BEGIN PRIVATE KEY----- and more than fits inline";
int leaks = 0;  // Blocks freed with the marker still in them.

void Release(void* memory) {
  if (memory == nullptr) return;
  const std::string_view block(static_cast<char*>(memory), malloc_usable_size(memory));
  if (block.find(kMarker) != block.npos) ++leaks;
  std::free(memory);
}

}  // namespace

void* operator new(size_t size) { return std::calloc(1, size); }
void operator delete(void* memory) noexcept { Release(memory); }
void operator delete(void* memory, size_t) noexcept { Release(memory); }

namespace postern {
namespace {

TEST(SecretTextTest, AnUnwipedStringWouldBeFound) {
  leaks = 0;
  { std::string plain(kMarker); }
  EXPECT_EQ(leaks, 1);
}

TEST(SecretTextTest, NoBlockIsFreedWithTheSecretInIt) {
  leaks = 0;
  {
    SecretText first{std::string(kMarker)};
    SecretText second = first.Clone();
    SecretText third = std::move(first);
    third = second.Clone();
    second = SecretText{std::string(kMarker)};
    EXPECT_EQ(second.view(), kMarker);
    EXPECT_EQ(third.view(), kMarker);
  }
  EXPECT_EQ(leaks, 0);
}

TEST(SecretTextTest, AShortSecretLeavesNoCopyInWhatItWasMovedFrom) {
  SecretText first{std::string("hunter2")};
  SecretText second = std::move(first);
  EXPECT_EQ(second.view(), "hunter2");
  const std::string_view left(reinterpret_cast<const char*>(&first), sizeof first);
  EXPECT_EQ(left.find("hunter2"), left.npos);
  SecretText third;
  third = std::move(second);
  const std::string_view also_left(reinterpret_cast<const char*>(&second), sizeof second);
  EXPECT_EQ(also_left.find("hunter2"), also_left.npos);
  EXPECT_EQ(third.view(), "hunter2");
}

TEST(SecretTextTest, AMoveIntoItselfKeepsTheText) {
  SecretText text{std::string(kMarker)};
  SecretText& same = text;
  text = std::move(same);
  EXPECT_EQ(text.view(), kMarker);
  EXPECT_FALSE(text.empty());
  EXPECT_TRUE(SecretText().empty());
}

}  // namespace
}  // namespace postern
