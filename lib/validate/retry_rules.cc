#include "lib/validate/retry_rules.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kAttemptsNegative = {
    .id = "retry-attempts-negative",
    .what = "`retries.attempts` is below 0",
    .why = "it is a number of tries",
    .istio = "VS-RTY-01",
    .text = "attempts cannot be negative",
};
constexpr Rule kDisabled = {
    .id = "retry-policy-without-attempts",
    .what = "`retries` has a timeout or conditions, and `attempts` is 0 or missing",
    .why = "0 turns retries off, the rest would do nothing",
    .istio = "VS-RTY-02",
    .text = "http retry policy configured when attempts are set to 0 (disabled)",
};
constexpr Rule kCondition = {
    .id = "retry-on-condition-unknown",
    .what =
        "a part of `retryOn`, which is split at each comma and not trimmed, is neither a "
        "condition of Envoy nor a known status",
    .why = "it would never be met",
    .istio = "VS-RTY-05",
    .text = "\"<part>\" is not a valid retryOn policy",
};

constexpr const Rule* kRules[] = {&kAttemptsNegative, &kDisabled, &kCondition};

constexpr std::string_view kConditions[] = {
    "5xx",
    "gateway-error",
    "reset",
    "reset-before-request",
    "connect-failure",
    "retriable-4xx",
    "refused-stream",
    "retriable-status-codes",
    "retriable-headers",
    "envoy-ratelimited",
    "http3-post-connect-failure",
    "cancelled",
    "deadline-exceeded",
    "internal",
    "resource-exhausted",
    "unavailable",
};

// A StatusRange is statuses that have a name in Go's net/http, which Istio asks.
struct StatusRange {
  int64_t first;
  int64_t last;
};
constexpr StatusRange kNamedStatuses[] = {
    {100, 103}, {200, 208}, {226, 226}, {300, 305}, {307, 308}, {400, 418},
    {421, 426}, {428, 429}, {431, 431}, {451, 451}, {500, 508}, {510, 511},
};

bool IsNamedStatus(std::string_view part) {
  if (part.size() > 1 && part.front() == '+' && part[1] != '-') part.remove_prefix(1);
  const std::optional<int64_t> status = ParseDecimal<int64_t>(part);
  return status && std::any_of(std::begin(kNamedStatuses), std::end(kNamedStatuses),
                               [status](const StatusRange& range) {
                                 return *status >= range.first && *status <= range.last;
                               });
}

bool IsCondition(std::string_view part) {
  return std::find(std::begin(kConditions), std::end(kConditions), part) != std::end(kConditions) ||
         IsNamedStatus(part);
}

}  // namespace

void CheckRetries(const HttpRetry& retries, const FieldPath& path, const FindingSink& sink) {
  if (retries.attempts < 0) {
    sink.Report(kAttemptsNegative, path.Field("attempts"), "\"attempts\" ", retries.attempts,
                " is below 0");
  }
  if (retries.attempts == 0 &&
      (retries.per_try_timeout || !retries.retry_on.empty() || retries.retry_remote_localities)) {
    sink.Report(kDisabled, path, "a policy does nothing while \"attempts\" is 0");
  }
  CheckDuration(retries.per_try_timeout, path.Field("perTryTimeout"), sink);
  CheckDuration(retries.backoff, path.Field("backoff"), sink);
  if (retries.retry_on.empty()) return;
  for (const std::string_view part : Split(retries.retry_on, ',')) {
    if (IsCondition(part)) continue;
    sink.Report(kCondition, path.Field("retryOn"), Quote(part), " is not a condition to retry on");
  }
}

RuleList RetryRules() { return kRules; }

}  // namespace postern
