// Whether a failed try is made again: one pure function over what happened and what the policy
// says. When, where and with which body is for the engine.

#ifndef POSTERN_UPSTREAM_RETRY_H_
#define POSTERN_UPSTREAM_RETRY_H_

#include <cstdint>

#include "postern/decision.h"

namespace postern {

// A TryResult is how one try upstream ended, before anything went to the client.
struct TryResult {
  enum class Kind : uint8_t {
    kResponse,        // A head with `status`, and `grpc_status` if it has one.
    kConnectFailure,  // No connection; nothing was sent.
    kReset,           // The connection broke, or spoke no HTTP, before a head.
    kRefused,         // HTTP/2 REFUSED_STREAM: never processed.
    kPerTryTimeout,   // No head within RetryPolicy::per_try_timeout.
    kOverflow,        // A limit of our own: never retried.
  };

  Kind kind = Kind::kResponse;
  int status = 0;
  int grpc_status = -1;
  bool request_sent = false;  // Of kReset: some byte of the request may have arrived.
  bool rate_limited = false;  // The response has x-envoy-ratelimited.
};

// ShouldRetry returns whether `policy` wants another try after `result`, the number of tries left
// aside (engine.md 6.3, dataplane.md 4.8). A response with a grpc-status is judged by that, too.
bool ShouldRetry(const RetryPolicy& policy, const TryResult& result);

// MayRetryOnceSent returns whether anything that happens after a request went out, in HTTP/2 or
// not, can make ShouldRetry true; if not, its body need not be kept. `grpc`: its answer has a
// grpc-status.
bool MayRetryOnceSent(const RetryPolicy& policy, bool http2, bool grpc);

}  // namespace postern

#endif  // POSTERN_UPSTREAM_RETRY_H_
