#include "lib/yaml/scalar.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "lib/base/strings.h"

namespace postern {
namespace {

using Type = ResolvedScalar::Type;

ResolvedScalar Bool(bool value) {
  ResolvedScalar scalar;
  scalar.type = Type::kBool;
  scalar.boolean = value;
  return scalar;
}

ResolvedScalar Float(double value) {
  ResolvedScalar scalar;
  scalar.type = Type::kFloat;
  scalar.number = value;
  return scalar;
}

ResolvedScalar Integer(bool negative, uint64_t magnitude) {
  ResolvedScalar scalar;
  scalar.type = Type::kInteger;
  scalar.negative = negative;
  scalar.magnitude = magnitude;
  scalar.number = negative ? -static_cast<double>(magnitude) : static_cast<double>(magnitude);
  return scalar;
}

// Word is the words of YAML 1.1, in the three cases that it takes: "yes", "Yes", "YES".
std::optional<ResolvedScalar> Word(std::string_view text) {
  struct Known {
    std::string_view word;
    int value;  // -1: null.
  };
  static constexpr Known kWords[] = {
      {"y", 1},  {"yes", 1}, {"on", 1},    {"true", 1},  {"n", 0},
      {"no", 0}, {"off", 0}, {"false", 0}, {"null", -1},
  };
  for (const Known& known : kWords) {
    if (!EqualsIgnoreCase(known.word, text)) continue;
    const auto is_lower = [](char c) { return c >= 'a'; };
    const bool first = is_lower(text.front());
    bool rest_lower = true;
    bool rest_upper = true;
    for (const char c : text.substr(1)) (is_lower(c) ? rest_upper : rest_lower) = false;
    if (!rest_lower && (first || !rest_upper)) return std::nullopt;
    if (known.value < 0) {
      ResolvedScalar null;
      null.type = Type::kNull;
      return null;
    }
    return Bool(known.value == 1);
  }
  return std::nullopt;
}

std::optional<ResolvedScalar> InfinityOrNan(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return Float(std::numeric_limits<double>::quiet_NaN());
  }
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (text != ".inf" && text != ".Inf" && text != ".INF") return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return Float(negative ? -infinity : infinity);
}

// ParseGoInteger is Go's ParseInt or, for what is too large for it, ParseUint with base 0.
std::optional<ResolvedScalar> ParseGoInteger(std::string_view text) {
  const bool has_sign = !text.empty() && (text.front() == '-' || text.front() == '+');
  const bool negative = has_sign && text.front() == '-';
  if (has_sign) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text.front() == '0') {
    const char prefix = AsciiLower(text[1]);
    base = prefix == 'x' ? 16 : prefix == 'b' ? 2 : 8;
    text.remove_prefix(prefix == 'x' || prefix == 'b' || prefix == 'o' ? 2 : 1);
  }
  uint64_t magnitude = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (has_sign && magnitude > kMax + (negative ? 1 : 0)) return std::nullopt;
  return Integer(negative, magnitude);
}

// SkipDigits returns how many digits `text` begins with.
size_t SkipDigits(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && IsAsciiDigit(text[n])) ++n;
  return n;
}

// ParseFloatText converts what is spelled as a float already.
std::optional<ResolvedScalar> ParseFloatText(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    // Too small is zero to Go, too large is no number. from_chars does not tell which.
    value = std::strtod(std::string(text).c_str(), nullptr);
    if (std::isinf(value)) return std::nullopt;
    return Float(value);
  }
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Float(value);
}

// ParseYamlFloat reads [-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?.
std::optional<ResolvedScalar> ParseYamlFloat(std::string_view text) {
  std::string_view rest = text;
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  const size_t whole = SkipDigits(rest);
  rest.remove_prefix(whole);
  if (!rest.empty() && rest.front() == '.') {
    const size_t fraction = SkipDigits(rest.substr(1));
    if (whole == 0 && fraction == 0) return std::nullopt;
    rest.remove_prefix(1 + fraction);
  } else if (whole == 0) {
    return std::nullopt;
  }
  if (!rest.empty() && AsciiLower(rest.front()) == 'e') {
    rest.remove_prefix(1);
    if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
    const size_t digits = SkipDigits(rest);
    if (digits == 0) return std::nullopt;
    rest.remove_prefix(digits);
  }
  if (!rest.empty()) return std::nullopt;
  return ParseFloatText(text);
}

bool StandsBetweenDigits(std::string_view text, size_t at) {
  return at > 0 && IsAsciiDigit(text[at - 1]) && at + 1 < text.size() && IsAsciiDigit(text[at + 1]);
}

// FormatFloat is Go's strconv.FormatFloat with 'g' and the fewest digits that read back the same.
template <typename F>
std::string FormatFloat(F value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  std::array<char, 64> buffer;
  const auto scientific = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                        std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<size_t>(scientific.ptr - buffer.data()));
  const size_t e = text.find('e');
  const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  if (exponent < -4 || exponent >= 6) return std::string(text);
  const auto fixed =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return std::string(buffer.data(), static_cast<size_t>(fixed.ptr - buffer.data()));
}

std::string TextOf(const ResolvedScalar& scalar, std::string_view text, bool is_key) {
  switch (scalar.type) {
    case Type::kBool:
      return scalar.boolean ? "true" : "false";
    case Type::kInteger:
      return StrCat(scalar.negative && scalar.magnitude != 0 ? "-" : "", scalar.magnitude);
    case Type::kFloat:
      if (is_key && std::isnan(scalar.number)) return ".nan";
      if (is_key && std::isinf(scalar.number)) return scalar.number < 0 ? "-.inf" : ".inf";
      return is_key ? FormatFloat(static_cast<float>(scalar.number)) : FormatFloat(scalar.number);
    case Type::kNull:
    case Type::kText:
      break;
  }
  return std::string(text);
}

}  // namespace

ResolvedScalar ResolvePlain(std::string_view text) {
  ResolvedScalar null;
  null.type = Type::kNull;
  if (text.empty() || text == "~") return null;
  if (IsPlainText(text)) return {};
  if (const auto word = Word(text)) return *word;
  if (const auto special = InfinityOrNan(text)) return *special;
  const char first = text.front();
  if (!IsAsciiDigit(first) && first != '-' && first != '+' && first != '.') return {};
  std::string digits;
  if (text.find('_') != std::string_view::npos) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '_') {
        digits += text[i];
      } else if (first == '.' && !StandsBetweenDigits(text, i)) {
        return {};
      }
    }
    text = digits;
  }
  if (const auto integer = ParseGoInteger(text)) return *integer;
  if (const auto number = ParseYamlFloat(text)) return *number;
  return {};
}

std::string KeyText(const ResolvedScalar& scalar, std::string_view text) {
  return TextOf(scalar, text, true);
}

std::string ValueText(const ResolvedScalar& scalar, std::string_view text) {
  return TextOf(scalar, text, false);
}

std::optional<ResolvedScalar> ParseJsonNumber(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const size_t whole = SkipDigits(digits);
  if (whole == 0 || (whole > 1 && digits.front() == '0')) return std::nullopt;
  if (whole == digits.size()) {
    if (const auto magnitude = ParseDecimal<uint64_t>(digits)) return Integer(negative, *magnitude);
    return ParseFloatText(text);
  }
  std::string_view rest = digits.substr(whole);
  if (rest.front() == '.') {
    const size_t fraction = SkipDigits(rest.substr(1));
    if (fraction == 0) return std::nullopt;
    rest.remove_prefix(1 + fraction);
  }
  if (!rest.empty()) {
    if (AsciiLower(rest.front()) != 'e') return std::nullopt;
    rest.remove_prefix(1);
    if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
    if (rest.empty() || SkipDigits(rest) != rest.size()) return std::nullopt;
  }
  return ParseFloatText(text);
}

}  // namespace postern
