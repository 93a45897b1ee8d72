#include "lib/yaml/quoted_scalar.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace postern {
namespace {

// What yaml-cpp 0.7 has read of each text is the third column.
TEST(QuotedScalarTest, MeansWhatGoReads) {
  const struct {
    std::string_view name, text, value;
    std::optional<std::string> mended;
  } kCases[] = {
      {"plain", "abc", "abc", std::nullopt},
      {"as it is", "'abc'", "abc", std::nullopt},
      {"a pair of quotes", "'it''s'", "it's", std::nullopt},
      {"pairs alone", "''''''", "''", std::nullopt},
      {"folded", "'a\n  b'", "a b", std::nullopt},
      {"one line break", "'\n  '", "", std::nullopt},
      {"line breaks alone", "'\n\n  '", "", "\n"},
      {"line breaks at the end", "'x\n\n\n  '", "x", "x\n\n"},
      {"an escaped one before them", "\"x\\n\n\n  \"", "x\n", "x\n\n"},
      {"a break that is escaped", "\"x\\\n\n  \"", "x", "x\n"},
      {"a blank of Latin-1", "\"a\\_b\"",
       "a\xa0"
       "b",
       "a\xc2\xa0"
       "b"},
      {"beside one of UTF-8", "\"\xc3\xa9\\N\"", "\xc3\xa9\x85", "\xc3\xa9\xc2\x85"},
      {"behind its anchor and tag", "&a !!str '\n\n  '", "", "\n"},
      {"a tag, and a value on the next line", "!!str\n'\n\n'", "", std::nullopt},
  };
  for (const auto& row : kCases) {
    const QuotedScalar quoted = ReadQuotedScalar(row.text, 0, row.value);
    EXPECT_EQ(quoted.problem, "") << row.name;
    EXPECT_EQ(quoted.mended, row.mended) << row.name;
  }
}

TEST(QuotedScalarTest, SaysWhatIsNone) {
  EXPECT_EQ(ReadQuotedScalar("'''\n- b: v2\n", 0, "\n- b: v2").problem, "a quote is not closed");
  EXPECT_EQ(ReadQuotedScalar("\"a\\", 0, "a").problem, "a quote is not closed");
  EXPECT_EQ(ReadQuotedScalar("'a\nb'", 0, "a").problem,
            "each line of a quoted text must be indented");
  EXPECT_EQ(ReadQuotedScalar("x", 1, "").problem, "") << "nothing stands there";
}

}  // namespace
}  // namespace postern
