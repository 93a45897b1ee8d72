#include "lib/base/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/base/status_macros.h"
#include "lib/base/string_map.h"

namespace postern {
namespace {

using testing::ElementsAre;

TEST(StringsTest, StrCatTakesEachKindOfText) {
  EXPECT_EQ(StrCat(std::string_view("a"), std::string("b"), "c", 4), "abc4");
  std::string out = "x";
  StrAppend(&out, std::string_view("y"), 1);
  EXPECT_EQ(out, "xy1");
}

TEST(StringsTest, CaseIsOfAsciiOnly) {
  EXPECT_EQ(AsciiLower("A-Z\xc4@["), "a-z\xc4@[");
  EXPECT_TRUE(EqualsIgnoreCase("Foo", "fOO"));
  EXPECT_FALSE(EqualsIgnoreCase("Foo", "Foo2"));
}

TEST(StringsTest, SplitKeepsEmptyPieces) {
  EXPECT_THAT(Split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(StringsTest, QuoteShowsWhatCannotBePrinted) {
  EXPECT_EQ(Quote("a\"b\\\n\x01"), "\"a\\\"b\\\\\\n\\x01\"");
  EXPECT_EQ(Quote(std::string(300, 'x')).size(), 205u);
}

TEST(StringsTest, ParseDecimalReadsAllOrNothing) {
  EXPECT_EQ(ParseDecimal<int>("-12"), -12);
  EXPECT_EQ(ParseDecimal<uint16_t>("65535"), 65535);
  for (const char* text : {"", "+1", "1 ", " 1", "0x1", "65536", "-1"}) {
    EXPECT_EQ(ParseDecimal<uint16_t>(text), std::nullopt) << text;
  }
}

TEST(StringMapTest, IsAskedWithAView) {
  StringMap<int> map;
  map["a"] = 1;
  EXPECT_TRUE(map.contains(std::string_view("abc").substr(0, 1)));
}

absl::StatusOr<int> Twice(absl::StatusOr<int> value) {
  POSTERN_ASSIGN_OR_RETURN(const int number, value);
  POSTERN_RETURN_IF_ERROR(absl::OkStatus());
  return 2 * number;
}

TEST(StringsTest, ListItemsAreTrimmedAndEmptyOnesPassedOver) {
  const struct {
    std::string_view list;
    std::vector<std::string_view> items;
  } cases[] = {
      {"", {}},
      {"a", {"a"}},
      {"a,b", {"a", "b"}},
      {" a ,\tb c\t", {"a", "b c"}},
      {",a,, ,b,", {"a", "b"}},
      {",", {}},
  };
  for (const auto& c : cases) {
    std::vector<std::string_view> items;
    ForEachListItem(c.list, [&](std::string_view item) { items.push_back(item); });
    EXPECT_EQ(items, c.items) << c.list;
  }
  EXPECT_TRUE(AnyListItem("a, b", [](std::string_view item) { return item == "b"; }));
  EXPECT_FALSE(AnyListItem("a, b", [](std::string_view item) { return item.empty(); }));
}

TEST(StatusMacrosTest, ReturnTheFirstError) {
  EXPECT_EQ(*Twice(2), 4);
  EXPECT_EQ(Twice(InvalidArgument("no ", 1)).status().message(), "no 1");
}

}  // namespace
}  // namespace postern
