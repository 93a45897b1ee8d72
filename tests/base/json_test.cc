#include "lib/base/json.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

TEST(JsonTest, TextIsQuotedAndEscaped) {
  EXPECT_EQ(JsonQuote("plain"), R"("plain")");
  EXPECT_EQ(JsonQuote("a\"b\\c\n\r\t\x01"), R"("a\"b\\c\n\r\t\u0001")");
  EXPECT_EQ(JsonQuote("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"");
}

TEST(JsonTest, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(JsonQuote("\xff"), R"("\ufffd")");
  EXPECT_EQ(JsonQuote("\xc0\xaf"), R"("\ufffd\ufffd")");            // Overlong.
  EXPECT_EQ(JsonQuote("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");  // A surrogate.
  EXPECT_EQ(JsonQuote("\xe2\x82"), R"("\ufffd\ufffd")");            // Cut short.
}

}  // namespace
}  // namespace postern
