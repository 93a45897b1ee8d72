#include "lib/compile/retry_compiler.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace postern {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RetryCompilerTest, WithoutAPolicyIstiosDefaultHolds) {
  StringPool text;
  const auto retry = CompileRetry(nullptr, false, text);
  ASSERT_TRUE(retry);
  EXPECT_EQ(retry->policy.attempts, 2u);
  EXPECT_EQ(retry->policy.retry_on,
            "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes");
  EXPECT_TRUE(retry->status_codes.empty());
  EXPECT_EQ(retry->policy.per_try_timeout, Duration());
  EXPECT_EQ(retry->policy.base_backoff, milliseconds(25));
  EXPECT_EQ(retry->policy.max_backoff, milliseconds(250));
  EXPECT_TRUE(retry->policy.avoid_previous_hosts);
  EXPECT_FALSE(retry->policy.remote_localities);
}

TEST(RetryCompilerTest, NoAttemptsAreNoRetries) {
  StringPool text;
  for (const int32_t attempts : {0, -1}) {
    HttpRetry retries;
    retries.attempts = attempts;
    retries.retry_on = "5xx";
    EXPECT_FALSE(CompileRetry(&retries, false, text)) << attempts;
  }
}

TEST(RetryCompilerTest, NumbersAmongTheConditionsAreStatusCodes) {
  const struct {
    std::string_view written;
    std::string_view conditions;
    std::vector<uint16_t> codes;
  } cases[] = {
      {"5xx", "5xx", {}},
      {"5xx, reset ,,gateway-error", "5xx,reset,gateway-error", {}},
      {"503", "retriable-status-codes", {503}},
      {"503,429,connect-failure", "connect-failure,retriable-status-codes", {503, 429}},
      {"retriable-status-codes,503", "retriable-status-codes", {503}},
      {"+503", "retriable-status-codes", {503}},
      // No status: left as a word, which no response meets.
      {"99,600,1000000", "99,600,1000000", {}},
  };
  for (const auto& row : cases) {
    StringPool text;
    HttpRetry retries;
    retries.attempts = 3;
    retries.retry_on = std::string(row.written);
    const auto retry = CompileRetry(&retries, false, text);
    ASSERT_TRUE(retry);
    EXPECT_EQ(retry->policy.attempts, 3u);
    EXPECT_EQ(retry->policy.retry_on, row.conditions) << row.written;
    EXPECT_EQ(retry->status_codes, row.codes) << row.written;
  }
}

TEST(RetryCompilerTest, TheBackoffGrowsToTenTimesItsBase) {
  StringPool text;
  HttpRetry retries;
  retries.attempts = 1;
  retries.backoff = seconds(2);
  retries.per_try_timeout = seconds(3);
  auto retry = CompileRetry(&retries, false, text);
  EXPECT_EQ(retry->policy.base_backoff, seconds(2));
  EXPECT_EQ(retry->policy.max_backoff, seconds(20));
  retries.backoff = seconds(9'223'372'036);
  EXPECT_EQ(CompileRetry(&retries, false, text)->policy.max_backoff, Duration::max());
  EXPECT_EQ(retry->policy.per_try_timeout, seconds(3));
  retries.backoff = Duration();
  retry = CompileRetry(&retries, false, text);
  EXPECT_EQ(retry->policy.base_backoff, milliseconds(25)) << "0 is the default";
}

TEST(RetryCompilerTest, AHashChoosesTheHostAgainUnlessTheRuleSaysOtherwise) {
  StringPool text;
  HttpRetry retries;
  retries.attempts = 1;
  EXPECT_FALSE(CompileRetry(nullptr, true, text)->policy.avoid_previous_hosts);
  EXPECT_FALSE(CompileRetry(&retries, true, text)->policy.avoid_previous_hosts);
  retries.retry_ignore_previous_hosts = true;
  EXPECT_TRUE(CompileRetry(&retries, true, text)->policy.avoid_previous_hosts);
  retries.retry_ignore_previous_hosts = false;
  EXPECT_FALSE(CompileRetry(&retries, false, text)->policy.avoid_previous_hosts);
  retries.retry_remote_localities = true;
  EXPECT_TRUE(CompileRetry(&retries, false, text)->policy.remote_localities);
}

}  // namespace
}  // namespace postern
