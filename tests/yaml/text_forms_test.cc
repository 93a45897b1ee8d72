#include "lib/yaml/text_forms.h"

#include <gtest/gtest.h>

#include <random>

namespace postern {
namespace {

TEST(TextFormsTest, DurationsAreGos) {
  constexpr int64_t kSecond = 1'000'000'000;
  const struct {
    std::string_view text;
    std::optional<int64_t> nanoseconds;
  } cases[] = {
      {"0", 0},
      {"+0", 0},
      {"-0", 0},
      {"5s", 5 * kSecond},
      {"0.5s", kSecond / 2},
      {".5s", kSecond / 2},
      {"1.s", kSecond},
      {"1h30m", 5400 * kSecond},
      {"100ms", kSecond / 10},
      {".5m", 30 * kSecond},
      {"-3s", -3 * kSecond},
      {"1us", 1000},
      {"1\u00b5s", 1000},
      {"1\u03bcs", 1000},
      {"1.9ns", 1},
      {"1s1s", 2 * kSecond},
      {"2562047h47m16.854775807s", INT64_MAX},
      {"-2562047h47m16.854775808s", INT64_MIN},
      {"2562047h47m16.854775808s", std::nullopt},
      {"2562048h", std::nullopt},
      {"99999999999999999999s", std::nullopt},
      {"0.99999999999999999999s", kSecond},
      {"", std::nullopt},
      {"5", std::nullopt},
      {"00", std::nullopt},
      {"s", std::nullopt},
      {".s", std::nullopt},
      {"1d", std::nullopt},
      {"1 s", std::nullopt},
      {" 1s", std::nullopt},
      {"1S", std::nullopt},
      {"1e3s", std::nullopt},
      {"-", std::nullopt},
      {"--1s", std::nullopt},
      {"1s-1s", std::nullopt},
      {"9223372036854775808ns9223372036854775808ns", std::nullopt},
  };
  for (const auto& c : cases) {
    const auto duration = ParseDuration(c.text);
    ASSERT_EQ(duration.has_value(), c.nanoseconds.has_value()) << c.text;
    if (duration.has_value()) {
      EXPECT_EQ(duration->count(), *c.nanoseconds) << c.text;
    }
  }
}

TEST(TextFormsTest, DurationsReadBackAsTheyWereWritten) {
  EXPECT_EQ(FormatDuration(Duration(0)), "0s");
  EXPECT_EQ(FormatDuration(std::chrono::minutes(90)), "1h30m");
  EXPECT_EQ(FormatDuration(std::chrono::milliseconds(-1500)), "-1s500ms");
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) {
    const Duration duration(static_cast<int64_t>(random()) >> (i % 63));
    EXPECT_EQ(ParseDuration(FormatDuration(duration)), duration);
  }
  for (const int64_t extreme : {INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(ParseDuration(FormatDuration(Duration(extreme))), Duration(extreme));
  }
}

TEST(TextFormsTest, TimesAreThoseOfRfc3339) {
  const struct {
    std::string_view text;
    std::optional<int64_t> seconds;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-11-24T12:00:00Z", 1795521600},
      {"2026-11-24T12:00:00.999Z", 1795521600},
      {"2026-11-24T13:30:00+01:30", 1795521600},
      {"2026-11-24T11:00:00-01:00", 1795521600},
      {"2024-02-29T00:00:00Z", 1709164800},
      {"2023-02-29T00:00:00Z", std::nullopt},
      {"2026-13-01T00:00:00Z", std::nullopt},
      {"2026-11-24T24:00:00Z", std::nullopt},
      {"2026-11-24T12:60:00Z", std::nullopt},
      {"2026-11-24T12:00:60Z", std::nullopt},
      {"2026-11-24T12:00:00", std::nullopt},
      {"2026-11-24T12:00:00.Z", std::nullopt},
      {"2026-11-24T12:00:00Zx", std::nullopt},
      {"2026-11-24 12:00:00Z", std::nullopt},
      {"2026-11-24t12:00:00z", std::nullopt},
      {"2026-1-24T12:00:00Z", std::nullopt},
      {"2026-11-24T12:00:00+0100", std::nullopt},
      {"2026-11-24", std::nullopt},
      {"", std::nullopt},
      {"-026-11-24T12:00:00Z", std::nullopt},
  };
  for (const auto& c : cases) {
    const auto time = ParseTimestamp(c.text);
    ASSERT_EQ(time.has_value(), c.seconds.has_value()) << c.text;
    if (time.has_value()) {
      EXPECT_EQ(time->time_since_epoch().count(), *c.seconds) << c.text;
    }
  }
  EXPECT_EQ(FormatTimestamp(std::chrono::sys_seconds(std::chrono::seconds(1795521600))),
            "2026-11-24T12:00:00Z");
}

TEST(TextFormsTest, Base64IsStandardAndPadded) {
  const struct {
    std::string_view text;
    std::optional<std::string> bytes;
  } cases[] = {
      {"", ""},
      {"aGk=", "hi"},
      {"aA==", "h"},
      {"aGV5", "hey"},
      {"aG\nV5\r\n", "hey"},
      {"+/+/", "\xfb\xff\xbf"},
      {"-_-_", std::nullopt},
      {"aGk", std::nullopt},
      {"aA=", std::nullopt},
      {"aA", std::nullopt},
      {"a", std::nullopt},
      {"=", std::nullopt},
      {"====", std::nullopt},
      {"aA===", std::nullopt},
      {"aA==aA==", std::nullopt},
      {"aA=a", std::nullopt},
      {"aG k", std::nullopt},
      {"aGk=\xff", std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(DecodeBase64(c.text), c.bytes) << c.text;
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
}

}  // namespace
}  // namespace postern
