#include "lib/http/field_rules.h"

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

// Calls `visit` with each byte at each place of texts of each length up to 40, among others that
// are good everywhere.
void ForEachPlace(const std::function<void(const std::string&)>& visit) {
  for (size_t size = 1; size <= 40; ++size) {
    for (size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[place] = static_cast<char>(byte);
        visit(text);
      }
    }
  }
}

bool EachByte(const std::string& text, const std::function<bool(uint8_t)>& rule) {
  for (const char c : text) {
    if (!rule(static_cast<uint8_t>(c))) return false;
  }
  return true;
}

TEST(FieldRulesTest, AValueIsJudgedAsByteByByte) {
  EXPECT_TRUE(IsFieldValue(""));
  ForEachPlace([](const std::string& text) {
    const bool good =
        EachByte(text, [](uint8_t byte) { return byte == '\t' || (byte >= ' ' && byte != 0x7f); });
    ASSERT_EQ(IsFieldValue(text), good) << testing::PrintToString(text);
  });
}

TEST(FieldRulesTest, ATabMakesNoOtherControlGood) {
  for (size_t size = 2; size <= 40; ++size) {
    std::string text(size, '\t');
    EXPECT_TRUE(IsFieldValue(text));
    for (size_t place = 0; place < size; ++place) {
      text[place] = '\n';
      EXPECT_FALSE(IsFieldValue(text));
      text[place] = '\t';
    }
  }
}

TEST(FieldRulesTest, ATargetIsJudgedAsByteByByte) {
  EXPECT_FALSE(IsTarget(""));
  ForEachPlace([](const std::string& text) {
    const bool good = EachByte(text, [](uint8_t byte) { return byte >= '!' && byte <= '~'; });
    ASSERT_EQ(IsTarget(text), good) << testing::PrintToString(text);
  });
}

TEST(FieldRulesTest, ATokenIsLoweredUpToItsEnd) {
  EXPECT_EQ(LowerToken(nullptr, 0), 0u);
  ForEachPlace([](const std::string& text) {
    size_t size = 0;
    while (size < text.size() && IsToken(text.substr(size, 1))) ++size;
    std::string expected = text;
    for (size_t at = 0; at < size; ++at) expected[at] = AsciiLower(text[at]);
    std::string lowered = text;
    ASSERT_EQ(LowerToken(lowered.data(), lowered.size()), size);
    ASSERT_EQ(lowered, expected);
  });
}

}  // namespace
}  // namespace postern
