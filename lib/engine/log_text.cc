#include "lib/engine/log_text.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "lib/base/strings.h"

namespace postern {

std::string_view ProtocolText(HttpVersion version) {
  switch (version) {
    case HttpVersion::kHttp10:
      return "HTTP/1.0";
    case HttpVersion::kHttp11:
      return "HTTP/1.1";
    case HttpVersion::kHttp2:
      return "HTTP/2";
  }
  return "";
}

std::string IsoTime(WallTime time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(milliseconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(milliseconds - day);
  const auto two = [](auto number) { return absl::Dec(number, absl::kZeroPad2); };
  return StrCat(absl::Dec(static_cast<int>(date.year()), absl::kZeroPad4), "-",
                two(static_cast<unsigned>(date.month())), "-",
                two(static_cast<unsigned>(date.day())), "T", two(clock.hours().count()), ":",
                two(clock.minutes().count()), ":", two(clock.seconds().count()), ".",
                absl::Dec(clock.subseconds().count(), absl::kZeroPad3), "Z");
}

}  // namespace postern
