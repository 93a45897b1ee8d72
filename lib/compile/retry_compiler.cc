#include "lib/compile/retry_compiler.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "lib/base/strings.h"
#include "lib/base/time_math.h"

namespace postern {
namespace {

constexpr std::string_view kDefaultConditions =
    "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
constexpr std::string_view kStatusCodes = "retriable-status-codes";
constexpr uint32_t kDefaultAttempts = 2;
constexpr Duration kDefaultBackoff = std::chrono::milliseconds(25);
constexpr int kMaxBackoffFactor = 10;

// SetConditions takes `retry_on` apart: numbers are status codes, the rest are conditions.
void SetConditions(std::string_view retry_on, CompiledRetry* retry, StringPool& text) {
  std::string conditions;
  ForEachListItem(retry_on, [&](std::string_view word) {
    std::string_view digits = word;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const std::optional<uint16_t> code = ParseDecimal<uint16_t>(digits);
    if (code && *code >= 100 && *code < 600) {
      retry->status_codes.push_back(*code);
    } else {
      StrAppend(&conditions, conditions.empty() ? "" : ",", word);
    }
  });
  if (!retry->status_codes.empty() && conditions.find(kStatusCodes) == std::string::npos) {
    StrAppend(&conditions, conditions.empty() ? "" : ",", kStatusCodes);
  }
  retry->policy.retry_on = text.Intern(conditions);
}

}  // namespace

std::optional<CompiledRetry> CompileRetry(const HttpRetry* retries, bool consistent_hash,
                                          StringPool& text) {
  CompiledRetry retry;
  RetryPolicy& policy = retry.policy;
  policy.attempts = kDefaultAttempts;
  policy.retry_on = text.Intern(kDefaultConditions);
  policy.base_backoff = kDefaultBackoff;
  policy.avoid_previous_hosts = !consistent_hash;
  if (retries != nullptr) {
    if (retries->attempts <= 0) return std::nullopt;
    policy.attempts = static_cast<uint32_t>(retries->attempts);
    if (!retries->retry_on.empty()) SetConditions(retries->retry_on, &retry, text);
    policy.per_try_timeout = retries->per_try_timeout.value_or(Duration());
    if (retries->backoff && *retries->backoff > Duration()) policy.base_backoff = *retries->backoff;
    policy.avoid_previous_hosts =
        retries->retry_ignore_previous_hosts.value_or(policy.avoid_previous_hosts);
    policy.remote_localities = retries->retry_remote_localities.value_or(false);
  }
  policy.max_backoff = SaturatingMultiply(policy.base_backoff, kMaxBackoffFactor);
  return retry;
}

}  // namespace postern
