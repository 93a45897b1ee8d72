#include "lib/yaml/text_stream.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "lib/base/strings.h"
#include "lib/base/utf8.h"

namespace postern {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlanks = " \t\r";

// CodePoint returns the one that the first character of `text`, which has `length` bytes, is of.
uint32_t CodePoint(std::string_view text, size_t length) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  if (length == 1) return byte(0);
  uint32_t code_point = byte(0) & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) code_point = code_point << 6 | (byte(i) & 0x3f);
  return code_point;
}

bool IsAllowed(uint32_t c) {
  if (c < 0x80) return (c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n' || c == '\r';
  if (c < 0xa0) return c == 0x85;
  return c != 0xfeff && c != 0xfffe && c != 0xffff;
}

// kPlain says which bytes need no closer look.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x7f; ++c) plain[static_cast<size_t>(c)] = true;
  plain['\t'] = plain['\n'] = plain['\r'] = true;
  return plain;
}();

}  // namespace

TextStream::TextStream(std::string_view text) : text_(text) {
  if (text.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

std::optional<Piece> TextStream::Next() {
  if (done_) return std::nullopt;
  Piece piece;
  const auto take_line = [this] {
    const size_t end = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
    const std::string_view line = text_.substr(at_, end - at_);
    at_ = end;
    ++line_;
    return line;
  };
  if (text_.substr(at_).starts_with("---")) {
    std::string_view separator = take_line();
    if (separator.ends_with('\n')) separator.remove_suffix(1);
    const size_t rest = separator.find_first_not_of(kBlanks, 3);
    if (rest != separator.npos && separator[rest] != '#') piece.bad_separator = separator;
  }
  piece.offset = at_;
  piece.line = line_;
  while (at_ < text_.size() && !text_.substr(at_).starts_with("---")) take_line();
  piece.text = text_.substr(piece.offset, at_ - piece.offset);
  done_ = at_ >= text_.size();
  return piece;
}

std::optional<EncodingError> CheckEncoding(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (kPlain[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    const std::string_view rest = text.substr(at);
    const size_t length = Utf8Length(rest);
    if (length == 0) return EncodingError{at, "the text is not UTF-8"};
    if (const uint32_t code_point = CodePoint(rest, length); !IsAllowed(code_point)) {
      return EncodingError{at, StrCat("the character U+", absl::Hex(code_point, absl::kZeroPad4),
                                      " is not allowed")};
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace postern
