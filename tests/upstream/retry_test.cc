#include "lib/upstream/retry.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace postern {
namespace {

using Kind = TryResult::Kind;

constexpr uint16_t kCodes[] = {418};

RetryPolicy On(std::string_view retry_on) {
  RetryPolicy policy;
  policy.attempts = 2;
  policy.retry_on = retry_on;
  policy.status_codes = kCodes;
  return policy;
}

TryResult Status(int status, int grpc_status = -1) {
  TryResult result;
  result.status = status;
  result.grpc_status = grpc_status;
  return result;
}

TryResult Ended(Kind kind, bool sent = false) {
  TryResult result;
  result.kind = kind;
  result.request_sent = sent;
  return result;
}

TEST(RetryTest, EachConditionHoldsForItsResults) {
  TryResult limited = Status(429);
  limited.rate_limited = true;
  const struct {
    std::string_view condition;
    TryResult result;
    bool retried;
  } rows[] = {
      {"5xx", Status(500), true},
      {"5xx", Status(499), false},
      {"5xx", Ended(Kind::kReset, true), true},
      {"5xx", Ended(Kind::kPerTryTimeout), true},
      {"gateway-error", Status(500), false},
      {"gateway-error", Status(503), true},
      {"gateway-error", Ended(Kind::kConnectFailure), true},
      {"reset", Ended(Kind::kReset, true), true},
      {"reset", Status(503), false},
      {"reset-before-request", Ended(Kind::kReset), true},
      {"reset-before-request", Ended(Kind::kReset, true), false},
      {"connect-failure", Ended(Kind::kConnectFailure), true},
      {"connect-failure", Ended(Kind::kReset), false},
      {"refused-stream", Ended(Kind::kRefused), true},
      {"refused-stream", Ended(Kind::kReset), false},
      {"envoy-ratelimited", limited, true},
      {"envoy-ratelimited", Status(429), false},
      {"retriable-4xx", Status(409), true},
      {"retriable-4xx", Status(404), false},
      {"retriable-status-codes", Status(418), true},
      {"retriable-status-codes", Status(500), false},
      {"retriable-status-codes", Ended(Kind::kReset), false},
      {"cancelled", Status(200, 1), true},
      {"deadline-exceeded", Status(200, 4), true},
      {"resource-exhausted", Status(200, 8), true},
      {"internal", Status(200, 13), true},
      {"unavailable", Status(200, 14), true},
      {"unavailable", Status(200, 13), false},
      {"unavailable", Status(200), false},
      {"unknown", Status(500), false},
      {"", Status(500), false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ShouldRetry(On(row.condition), row.result), row.retried)
        << row.condition << " " << row.result.status;
  }
}

TEST(RetryTest, OneConditionOfSeveralIsEnough) {
  const RetryPolicy policy = On("connect-failure, refused-stream,unavailable");
  EXPECT_TRUE(ShouldRetry(policy, Ended(Kind::kConnectFailure)));
  EXPECT_TRUE(ShouldRetry(policy, Ended(Kind::kRefused)));
  EXPECT_TRUE(ShouldRetry(policy, Status(200, 14)));
  EXPECT_FALSE(ShouldRetry(policy, Status(503)));
}

TEST(RetryTest, ALimitOfOurOwnIsNeverRetried) {
  EXPECT_FALSE(ShouldRetry(On("5xx,reset,gateway-error"), Ended(Kind::kOverflow)));
}

TEST(RetryTest, ABodyIsKeptOnlyWhereAnAnswerCanBringARetry) {
  EXPECT_FALSE(MayRetryOnceSent(On("connect-failure,refused-stream"), false, false));
  EXPECT_TRUE(MayRetryOnceSent(On("refused-stream"), /*http2=*/true, false));
  EXPECT_TRUE(MayRetryOnceSent(On("connect-failure,5xx"), false, false));
  EXPECT_TRUE(MayRetryOnceSent(On("retriable-status-codes"), false, false));
  RetryPolicy no_codes = On("retriable-status-codes");
  no_codes.status_codes = {};
  EXPECT_FALSE(MayRetryOnceSent(no_codes, false, false));
  EXPECT_FALSE(MayRetryOnceSent(On("unavailable"), false, /*grpc=*/false));
  EXPECT_TRUE(MayRetryOnceSent(On("unavailable"), false, /*grpc=*/true));
}

}  // namespace
}  // namespace postern
