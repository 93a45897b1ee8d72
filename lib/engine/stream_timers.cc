// The time limits of a stream, and what each of them ends.

#include <algorithm>
#include <utility>

#include "lib/engine/core.h"
#include "lib/engine/http_session.h"
#include "lib/engine/stream.h"

namespace postern {

void Stream::StopWait() {
  wait_ = Wait::kNone;
  core_.wheel().Stop(timer_);
}

void Stream::OnWaitTimer() {
  switch (std::exchange(wait_, Wait::kNone)) {
    case Wait::kDelay:
      return AfterDelay();
    case Wait::kBackoff:
      return Try();
    case Wait::kTry: {
      if (headed_) return;
      if (endpoint_ != nullptr) {
        cluster_->Observe({.status = 504}, *endpoint_, core_.now());
      }
      ReleaseExchange();
      TryResult result;
      result.kind = TryResult::Kind::kPerTryTimeout;
      if (MayRetry(result)) return Retry();
      Flag(ResponseFlag::kUT);
      if (attempts_ > 1) Flag(ResponseFlag::kURX);
      return Answer({.status = 504,
                     .detail = "upstream_per_try_timeout",
                     .body = "upstream request timeout",
                     .ops = true});
    }
    case Wait::kNone:
      return;
  }
}

// The smaller of the route's timeout and the client's, each of which is none if it is 0.
Duration Stream::RouteTimeout() const {
  const Duration configured = forward()->timeout;
  const Duration asked = grpc_timeout_.value_or(Duration::zero());
  if (configured == Duration::zero()) return asked;
  return asked == Duration::zero() ? configured : std::min(configured, asked);
}

// The route's clock runs from the end of the request; before that, the request's own does.
void Stream::StartRouteTimer() {
  if (!body_end_ || tunnel_) return;
  core_.wheel().Stop(route_timer_);
  core_.wheel().After(route_timer_, core_.now(), RouteTimeout());
}

// So does a try's, once it has a connection.
void Stream::StartTryTimer() {
  const RetryPolicy* retry = forward()->retry;
  if (!body_end_ || !ready_ || headed_ || retry == nullptr) return;
  const Duration per_try = retry->per_try_timeout;
  const Duration limit = RouteTimeout();
  if (per_try == Duration::zero() || (limit != Duration::zero() && per_try >= limit)) return;
  wait_ = Wait::kTry;
  core_.wheel().After(timer_, core_.now(), per_try);
}

void Stream::OnRouteTimer() {
  if (!body_end_) {
    if (headed_) return;
    return TimedOut("request timeout", "request_overall_timeout");
  }
  if (!forwarding_) return;
  Flag(ResponseFlag::kUT);
  if (endpoint_ != nullptr) cluster_->Observe({.status = 504}, *endpoint_, core_.now());
  GiveUp({.status = 504,
          .detail = "response_timeout",
          .body = "upstream request timeout",
          .ops = true},
         ResetReason::kInternalError);
}

void Stream::TouchIdle() {
  // A tunnel that only the client keeps open is not kept open for ever.
  const bool half_closed = tunnel_ && response_end_sent_;
  const Timeouts& timeouts = core_.timeouts();
  core_.wheel().After(idle_timer_, core_.now(),
                      half_closed ? timeouts.tcp_idle : timeouts.stream_idle);
}

void Stream::OnIdleTimer() {
  Flag(ResponseFlag::kSI);
  GiveUp({.status = body_end_ ? 504 : 408,
          .detail = "stream_idle_timeout",
          .body = "stream timeout",
          .close = !body_end_},
         ResetReason::kInternalError);
}

void Stream::OnLifeTimer() {
  GiveUp({.status = body_end_ ? 504 : 408,
          .detail = "max_duration_timeout",
          .body = "downstream duration timeout",
          .grpc_status = 4,
          .close = !body_end_},
         ResetReason::kInternalError);
}

void Stream::TimedOut(std::string_view body, std::string_view detail) {
  if (done_ || headed_) return;
  GiveUp({.status = 408, .detail = detail, .body = body, .close = true},
         ResetReason::kInternalError);
}

}  // namespace postern
