#include "lib/yaml/text_stream.h"

#include <gtest/gtest.h>

#include <vector>

namespace postern {
namespace {

struct Expected {
  std::string_view text;
  uint32_t line;
  std::string_view bad_separator = "";
};

TEST(TextStreamTest, PiecesEndAtLinesThatBeginWithDashes) {
  const struct {
    std::string_view text;
    std::vector<Expected> pieces;
  } cases[] = {
      {"", {{"", 1}}},
      {"a", {{"a", 1}}},
      {"a\n---\nb\n", {{"a\n", 1}, {"b\n", 3}}},
      {"---\na\n", {{"a\n", 2}}},
      {"--- # one\na\n---\t \r\nb", {{"a\n", 2}, {"b", 4}}},
      {"a\n---", {{"a\n", 1}, {"", 3}}},
      {"a: |\n  ---\nb", {{"a: |\n  ---\nb", 1}}},
      {"a\n---b\nc\n---\nd", {{"a\n", 1}, {"c\n", 3, "---b"}, {"d", 5}}},
      {"----\na", {{"a", 2, "----"}}},
      {"--- {a: b}\r\n", {{"", 2, "--- {a: b}\r"}}},
      {"\xef\xbb\xbf---\na", {{"a", 2}}},
      {"\xef\xbb\xbfkind: a\n", {{"kind: a\n", 1}}},
      {"--\n-- -\n", {{"--\n-- -\n", 1}}},
      {"...\n---\na", {{"...\n", 1}, {"a", 3}}},
  };
  for (const auto& c : cases) {
    TextStream stream(c.text);
    size_t count = 0;
    for (auto piece = stream.Next(); piece.has_value(); piece = stream.Next(), ++count) {
      ASSERT_LT(count, c.pieces.size()) << c.text;
      const Expected& expected = c.pieces[count];
      EXPECT_EQ(piece->text, expected.text) << c.text;
      EXPECT_EQ(piece->line, expected.line) << c.text;
      EXPECT_EQ(piece->bad_separator, expected.bad_separator) << c.text;
      EXPECT_EQ(c.text.substr(piece->offset, piece->text.size()), piece->text);
    }
    EXPECT_EQ(count, c.pieces.size()) << c.text;
  }
}

TEST(TextStreamTest, EncodingIsUtf8WithoutControls) {
  using std::string_view_literals::operator""sv;
  const struct {
    std::string_view text;
    int offset;  // -1: no error.
  } cases[] = {
      {"a\tb\r\n~", -1},
      {"\u00e9\u20ac\U0001f600\u0085\u2028", -1},
      {"a\0b"sv, 1},
      {"ab\x1b", 2},
      {"\x7f", 0},
      {"\u0080", 0},
      {"a\ufeff", 1},
      {"\ufffe", 0},
      {"\xff", 0},
      {"a\xc3", 1},
      {"\xc3(", 0},
      {"\xc0\x80", 0},
      {"\xe0\x80\x80", 0},
      {"\xed\xa0\x80", 0},
      {"\xf0\x80\x80\x80", 0},
      {"\xf4\x90\x80\x80", 0},
      {"\xf5\x80\x80\x80", 0},
      {"\x80", 0},
      {"\xe2\x82", 0},
      {"\U0010ffff", -1},
  };
  for (const auto& c : cases) {
    const auto error = CheckEncoding(c.text);
    ASSERT_EQ(error.has_value(), c.offset >= 0) << c.text;
    if (error.has_value()) {
      EXPECT_EQ(static_cast<int>(error->offset), c.offset) << c.text;
    }
  }
}

}  // namespace
}  // namespace postern
