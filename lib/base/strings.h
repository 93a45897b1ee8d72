// Text without surprises: the one border between std::string_view and Abseil's own, which do not
// convert to each other in Debian's build, and the few ASCII functions that every room needs.
// Patterns and their matching are in lib/match.

#ifndef POSTERN_BASE_STRINGS_H_
#define POSTERN_BASE_STRINGS_H_

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace postern {

// ToAbsl and ToStd cross the border. The result lives as long as the argument's bytes.
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

namespace strings_internal {

// Piece returns what absl::StrCat takes for `value`.
template <typename T>
decltype(auto) Piece(const T& value) {
  if constexpr (std::convertible_to<const T&, std::string_view>) {
    return ToAbsl(std::string_view(value));
  } else {
    return (value);
  }
}

}  // namespace strings_internal

// StrCat is absl::StrCat that also takes std::string_view.
template <typename... Args>
std::string StrCat(const Args&... args) {
  return absl::StrCat(strings_internal::Piece(args)...);
}

// StrAppend appends the pieces to `out`.
template <typename... Args>
void StrAppend(std::string* out, const Args&... args) {
  absl::StrAppend(out, strings_internal::Piece(args)...);
}

// Statuses whose message is the concatenation of the arguments.
template <typename... Args>
absl::Status InvalidArgument(const Args&... args) {
  return absl::InvalidArgumentError(StrCat(args...));
}
template <typename... Args>
absl::Status NotFound(const Args&... args) {
  return absl::NotFoundError(StrCat(args...));
}
template <typename... Args>
absl::Status ResourceExhausted(const Args&... args) {
  return absl::ResourceExhaustedError(StrCat(args...));
}

constexpr char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiAlpha(char c) { return AsciiLower(c) >= 'a' && AsciiLower(c) <= 'z'; }
constexpr bool IsAsciiAlnum(char c) { return IsAsciiDigit(c) || IsAsciiAlpha(c); }

// HexDigit returns the value of a hexadecimal digit in either case; -1 if `c` is none.
constexpr int HexDigit(char c) {
  if (IsAsciiDigit(c)) return c - '0';
  const char lower = AsciiLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// AppendHex appends the two digits of `byte`, in lower case: "2f". AppendPercent appends it as an
// escape of URLs: "%2F".
void AppendHex(std::string* out, uint8_t byte);
void AppendPercent(std::string* out, uint8_t byte);

// AsciiLower returns `text` with A-Z in lower case; other bytes stay.
std::string AsciiLower(std::string_view text);

// EqualsIgnoreCase compares without regard to ASCII case.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// Split returns the pieces of `text` between `separator`s: one more than there are separators.
// The pieces live as long as the bytes of `text`.
std::vector<std::string_view> Split(std::string_view text, char separator);

// TrimBlanks returns `text` without leading and trailing spaces and tabs.
std::string_view TrimBlanks(std::string_view text);

// AnyListItem returns whether `test` is true of an item of `list`, whose items stand between
// commas: each is trimmed, and those that are empty are passed over.
template <typename Test>
bool AnyListItem(std::string_view list, Test test) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = TrimBlanks(list.substr(0, comma));
    if (!item.empty() && test(item)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// ForEachListItem calls `visit` with each item, likewise.
template <typename Visit>
void ForEachListItem(std::string_view list, Visit visit) {
  AnyListItem(list, [&visit](std::string_view item) {
    visit(item);
    return false;
  });
}

// Quote returns `text` in double quotes, for messages: control bytes, quotes and backslashes as
// escapes, and what is longer than 200 bytes cut and marked by "...".
std::string Quote(std::string_view text);

// ParseDecimal reads the whole of `text` as a decimal number: digits only, and a minus for signed
// types. nullopt for anything else, also if it does not fit.
template <std::integral T>
std::optional<T> ParseDecimal(std::string_view text) {
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace postern

#endif  // POSTERN_BASE_STRINGS_H_
