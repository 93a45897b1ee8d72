#include "lib/yaml/text_forms.h"

#include <array>
#include <cstdint>
#include <limits>

#include "lib/base/strings.h"

namespace postern {
namespace {

struct Unit {
  std::string_view name;
  uint64_t nanoseconds;
};

// The longer names come first where one begins another.
constexpr Unit kUnits[] = {
    {"h", 3'600'000'000'000}, {"ms", 1'000'000}, {"m", 60'000'000'000},
    {"s", 1'000'000'000},     {"us", 1'000},     {"ns", 1},
    {"\u00b5s", 1'000},  // The micro sign, and the letter mu.
    {"\u03bcs", 1'000},
};

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// A Digits is a run of digits: its value, or what of it fits.
struct Digits {
  size_t count = 0;
  uint64_t value = 0;
  double scale = 1;       // 10 for each digit that `value` holds.
  bool overflow = false;  // `value` holds the first of them only.
};

constexpr uint64_t kMostNanoseconds = uint64_t{1} << 63;

Digits TakeDigits(std::string_view* text) {
  Digits digits;
  while (!text->empty() && IsAsciiDigit(text->front())) {
    const auto digit = static_cast<uint64_t>(text->front() - '0');
    text->remove_prefix(1);
    ++digits.count;
    if (digits.overflow || digits.value > (kMostNanoseconds - digit) / 10) {
      digits.overflow = true;
      continue;
    }
    digits.value = digits.value * 10 + digit;
    digits.scale *= 10;
  }
  return digits;
}

// TakeNumber returns the number of `count` digits that `text` begins with, and drops them.
std::optional<int> TakeNumber(std::string_view* text, size_t count) {
  const std::string_view digits = text->substr(0, count);
  if (digits.size() != count || digits.front() < '0' || digits.front() > '9') return std::nullopt;
  const auto number = ParseDecimal<int>(digits);
  if (number.has_value()) text->remove_prefix(count);
  return number;
}

bool TakeChar(std::string_view* text, char c) {
  if (!text->starts_with(c)) return false;
  text->remove_prefix(1);
  return true;
}

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> kSextets = [] {
  std::array<int8_t, 256> sextets{};
  sextets.fill(-1);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    sextets[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  }
  return sextets;
}();

}  // namespace

std::optional<Duration> ParseDuration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Duration::zero();
  if (text.empty()) return std::nullopt;
  uint64_t total = 0;
  while (!text.empty()) {
    const Digits whole = TakeDigits(&text);
    Digits fraction;
    if (TakeChar(&text, '.')) fraction = TakeDigits(&text);
    if (whole.count + fraction.count == 0 || whole.overflow) return std::nullopt;
    const std::string_view name = text.substr(0, text.find_first_of(".0123456789"));
    const Unit* unit = FindUnit(name);
    if (unit == nullptr || whole.value > kMostNanoseconds / unit->nanoseconds) return std::nullopt;
    text.remove_prefix(name.size());
    uint64_t part = whole.value * unit->nanoseconds;
    if (fraction.value > 0) {
      part += static_cast<uint64_t>(static_cast<double>(fraction.value) *
                                    (static_cast<double>(unit->nanoseconds) / fraction.scale));
    }
    if (part > kMostNanoseconds - total) return std::nullopt;
    total += part;
  }
  if (negative) return Duration(static_cast<int64_t>(uint64_t{0} - total));
  if (total == kMostNanoseconds) return std::nullopt;
  return Duration(static_cast<int64_t>(total));
}

std::string FormatDuration(Duration duration) {
  std::string text = duration < Duration::zero() ? "-" : "";
  const int64_t count = duration.count();
  uint64_t left =
      count < 0 ? uint64_t{0} - static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  if (left == 0) return "0s";
  constexpr Unit kPrinted[] = {
      {"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
      {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};
  for (const Unit& unit : kPrinted) {
    if (left < unit.nanoseconds) continue;
    StrAppend(&text, left / unit.nanoseconds, unit.name);
    left %= unit.nanoseconds;
  }
  return text;
}

std::optional<std::chrono::sys_seconds> ParseTimestamp(std::string_view text) {
  using std::chrono::day, std::chrono::month, std::chrono::year;
  const auto years = TakeNumber(&text, 4);
  if (!years || !TakeChar(&text, '-')) return std::nullopt;
  const auto months = TakeNumber(&text, 2);
  if (!months || !TakeChar(&text, '-')) return std::nullopt;
  const auto days = TakeNumber(&text, 2);
  if (!days || !TakeChar(&text, 'T')) return std::nullopt;
  const auto hours = TakeNumber(&text, 2);
  if (!hours || *hours > 23 || !TakeChar(&text, ':')) return std::nullopt;
  const auto minutes = TakeNumber(&text, 2);
  if (!minutes || *minutes > 59 || !TakeChar(&text, ':')) return std::nullopt;
  const auto seconds = TakeNumber(&text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  if (TakeChar(&text, '.') && TakeDigits(&text).count == 0) return std::nullopt;
  int offset = 0;  // Minutes east of UTC.
  if (!TakeChar(&text, 'Z')) {
    const bool west = text.starts_with('-');
    if (!west && !text.starts_with('+')) return std::nullopt;
    text.remove_prefix(1);
    const auto offset_hours = TakeNumber(&text, 2);
    if (!offset_hours || *offset_hours > 23 || !TakeChar(&text, ':')) return std::nullopt;
    const auto offset_minutes = TakeNumber(&text, 2);
    if (!offset_minutes || *offset_minutes > 59) return std::nullopt;
    offset = (*offset_hours * 60 + *offset_minutes) * (west ? -1 : 1);
  }
  const std::chrono::year_month_day date{year(*years), month(static_cast<unsigned>(*months)),
                                         day(static_cast<unsigned>(*days))};
  if (!text.empty() || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hours) +
         std::chrono::minutes(*minutes - offset) + std::chrono::seconds(*seconds);
}

std::string FormatTimestamp(std::chrono::sys_seconds time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(time - midnight);
  const auto padded = [](int64_t number, size_t width) {
    std::string digits = StrCat(number);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return digits;
  };
  return StrCat(padded(int{date.year()}, 4), "-", padded(unsigned{date.month()}, 2), "-",
                padded(unsigned{date.day()}, 2), "T", padded(clock.hours().count(), 2), ":",
                padded(clock.minutes().count(), 2), ":", padded(clock.seconds().count(), 2), "Z");
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  int sextets = 0;
  int padding = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    if (c == '=') {
      // Padding fills the last group, which holds two or three characters.
      if (sextets < 2) return std::nullopt;
      ++padding;
      ++sextets;
      bits <<= 6;
      if (sextets > 4) return std::nullopt;
      continue;
    }
    const int8_t sextet = kSextets[static_cast<unsigned char>(c)];
    if (sextet < 0 || padding > 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(sextet);
    if (++sextets == 4) {
      bytes += static_cast<char>(bits >> 16 & 0xff);
      bytes += static_cast<char>(bits >> 8 & 0xff);
      bytes += static_cast<char>(bits & 0xff);
      bits = 0;
      sextets = 0;
    }
  }
  if (sextets == 0) return bytes;
  if (sextets != 4) return std::nullopt;
  bytes += static_cast<char>(bits >> 16 & 0xff);
  if (padding == 1) bytes += static_cast<char>(bits >> 8 & 0xff);
  return bytes;
}

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](size_t at) -> uint32_t {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
    };
    const uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    text += kAlphabet[bits >> 18];
    text += kAlphabet[bits >> 12 & 63];
    text += i + 1 < bytes.size() ? kAlphabet[bits >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? kAlphabet[bits & 63] : '=';
  }
  return text;
}

}  // namespace postern
