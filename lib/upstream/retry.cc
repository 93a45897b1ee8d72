#include "lib/upstream/retry.h"

#include <algorithm>
#include <string_view>

#include "lib/base/strings.h"

namespace postern {
namespace {

bool IsGatewayError(int status) { return status == 502 || status == 503 || status == 504; }

// HoldsFor returns whether one condition of `retry_on` holds.
bool HoldsFor(std::string_view condition, const RetryPolicy& policy, const TryResult& result) {
  using Kind = TryResult::Kind;
  const Kind kind = result.kind;
  const bool response = kind == Kind::kResponse;
  // No head came, whatever the reason.
  const bool no_head = kind == Kind::kReset || kind == Kind::kRefused ||
                       kind == Kind::kConnectFailure || kind == Kind::kPerTryTimeout;
  if (condition == "5xx") return response ? result.status / 100 == 5 : no_head;
  if (condition == "gateway-error") return response ? IsGatewayError(result.status) : no_head;
  if (condition == "reset") return no_head;
  if (condition == "reset-before-request") {
    return kind == Kind::kConnectFailure || (kind == Kind::kReset && !result.request_sent);
  }
  if (condition == "connect-failure") return kind == Kind::kConnectFailure;
  if (condition == "refused-stream") return kind == Kind::kRefused;
  if (!response) return false;
  if (condition == "envoy-ratelimited") return result.rate_limited;
  if (condition == "retriable-4xx") return result.status == 409;
  if (condition == "retriable-status-codes") {
    return std::ranges::find(policy.status_codes, result.status) != policy.status_codes.end();
  }
  if (condition == "cancelled") return result.grpc_status == 1;
  if (condition == "deadline-exceeded") return result.grpc_status == 4;
  if (condition == "internal") return result.grpc_status == 13;
  if (condition == "resource-exhausted") return result.grpc_status == 8;
  if (condition == "unavailable") return result.grpc_status == 14;
  return false;
}

}  // namespace

bool ShouldRetry(const RetryPolicy& policy, const TryResult& result) {
  if (result.kind == TryResult::Kind::kOverflow) return false;
  // What nearly all tries come to: an answer that at most its status code can make worth another.
  const bool fine = result.kind == TryResult::Kind::kResponse && result.status < 400 &&
                    result.grpc_status <= 0 && !result.rate_limited;
  if (fine && policy.status_codes.empty()) return false;
  return AnyListItem(policy.retry_on, [&](std::string_view condition) {
    return HoldsFor(condition, policy, result);
  });
}

bool MayRetryOnceSent(const RetryPolicy& policy, bool http2, bool grpc) {
  return AnyListItem(policy.retry_on, [&](std::string_view condition) {
    if (condition == "connect-failure") return false;
    if (condition == "refused-stream") return http2;
    if (condition == "retriable-status-codes") return !policy.status_codes.empty();
    const bool of_http = condition == "5xx" || condition == "gateway-error" ||
                         condition == "reset" || condition == "reset-before-request" ||
                         condition == "envoy-ratelimited" || condition == "retriable-4xx";
    return of_http || grpc;
  });
}

}  // namespace postern
