#include "lib/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace postern {
namespace {

// What `code_point` is written as, whether it is a character or not.
std::string Encoded(uint32_t code_point) {
  const auto tail = [&](int shift) {
    return static_cast<char>(0x80 | (code_point >> shift & 0x3f));
  };
  if (code_point < 0x80) return {static_cast<char>(code_point)};
  if (code_point < 0x800) return {static_cast<char>(0xc0 | code_point >> 6), tail(0)};
  if (code_point < 0x10000) {
    return {static_cast<char>(0xe0 | code_point >> 12), tail(6), tail(0)};
  }
  return {static_cast<char>(0xf0 | code_point >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8Test, TakesEachCharacterAndNoSurrogateOrBeginning) {
  for (uint32_t code_point = 0; code_point < 0x120000; ++code_point) {
    const std::string text = Encoded(code_point);
    const bool surrogate = code_point >= 0xd800 && code_point < 0xe000;
    const bool good = !surrogate && code_point <= 0x10ffff;
    ASSERT_EQ(Utf8Length(text + "x"), good ? text.size() : 0) << code_point;
    if (text.size() > 1) {
      ASSERT_EQ(Utf8Length(text.substr(0, text.size() - 1)), 0u) << code_point;
    }
  }
}

TEST(Utf8Test, TakesNoOtherBytes) {
  for (const std::string_view bad :
       {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
        "\xf5\x80\x80\x80", "\xff", "\xc3(", "\xe2\x82(", "\xf0\x9f\x98("}) {
    EXPECT_EQ(Utf8Length(bad), 0u) << testing::PrintToString(std::string(bad));
  }
}

}  // namespace
}  // namespace postern
