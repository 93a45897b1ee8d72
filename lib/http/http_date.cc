#include "lib/http/http_date.h"

#include <chrono>

namespace postern {
namespace {

constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

}  // namespace

std::string_view HttpDate::At(WallTime time) {
  using std::chrono::days;
  using std::chrono::seconds;
  const auto second = std::chrono::floor<seconds>(time);
  if (second.time_since_epoch().count() == second_) return {text_.data(), kSize};
  second_ = second.time_since_epoch().count();

  const auto day = std::chrono::floor<days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(second - day);
  char* at = text_.data();
  const auto put = [&](std::string_view text) {
    for (const char c : text) *at++ = c;
  };
  const auto put_number = [&](int number, int unit) {
    for (; unit > 0; unit /= 10) *at++ = static_cast<char>('0' + number / unit % 10);
  };
  put(kDays.substr(3 * std::chrono::weekday(day).c_encoding(), 3));
  put(", ");
  put_number(static_cast<int>(static_cast<unsigned>(date.day())), 10);
  put(" ");
  put(kMonths.substr(3 * (static_cast<unsigned>(date.month()) - 1), 3));
  put(" ");
  put_number(static_cast<int>(date.year()), 1000);
  put(" ");
  put_number(static_cast<int>(clock.hours().count()), 10);
  put(":");
  put_number(static_cast<int>(clock.minutes().count()), 10);
  put(":");
  put_number(static_cast<int>(clock.seconds().count()), 10);
  put(" GMT");
  return {text_.data(), kSize};
}

}  // namespace postern
