#include "lib/http/h2_budget.h"

#include <algorithm>
#include <chrono>

namespace postern {
namespace {

enum FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kSettings = 4,
  kPing = 6,
  kWindowUpdate = 8,
  kContinuation = 9,
};
constexpr uint8_t kEndStream = 1;      // Of DATA and HEADERS; of SETTINGS and PING it is ACK.
constexpr uint8_t kPriorityFlag = 32;  // Of HEADERS.
constexpr uint32_t kPrioritySize = 5;

// Envoy's formulas (protocol.proto).
constexpr uint64_t kPrioritiesPerStream = 100;
constexpr uint64_t kFirstWindowUpdates = 5;

// At 16 KiB each they hold all that a limit of 60 KiB lets pass.
constexpr uint32_t kMostContinuations = 16;

// Returns whether `frame` carries nothing and ends no stream.
bool IsIdle(const FrameHead& frame) {
  const bool prioritized = frame.type == kHeaders && (frame.flags & kPriorityFlag) != 0;
  if (frame.length > frame.padding + (prioritized ? kPrioritySize : 0)) return false;
  switch (frame.type) {
    case kData:
    case kHeaders:
      return (frame.flags & kEndStream) == 0;
    case kContinuation:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool TokenBucket::Take(TimePoint now) {
  if (now > last_) {
    const double seconds = std::chrono::duration<double>(now - last_).count();
    tokens_ = std::min(burst_, tokens_ + seconds * per_second_);
    last_ = now;
  }
  if (tokens_ < 1) return false;
  --tokens_;
  return true;
}

std::string_view H2Budget::Frame(const FrameHead& frame, TimePoint now) {
  if (IsIdle(frame)) {
    if (++empties_ > 1) return "http2.inbound_empty_frames_flood";
  } else if (frame.type == kData || frame.type == kHeaders || frame.type == kContinuation) {
    empties_ = 0;
  }
  switch (frame.type) {
    case kHeaders:
      continuations_ = 0;
      break;
    case kContinuation:
      if (++continuations_ > kMostContinuations) return "http2.inbound_continuation_frames_flood";
      break;
    case kPriority:
      if (++priorities_ > kPrioritiesPerStream * (1 + streams_)) {
        return "http2.inbound_priority_frames_flood";
      }
      break;
    case kSettings:
    case kPing:
      if ((frame.flags & kEndStream) == 0 && !controls_.Take(now)) {
        return "http2.outbound_control_frames_flood";
      }
      break;
    case kWindowUpdate:
      if (++window_updates_ > kFirstWindowUpdates + 2 * (streams_ + 10 * data_sent_)) {
        return "http2.inbound_window_update_frames_flood";
      }
      break;
    default:
      break;
  }
  return {};
}

std::string_view H2Budget::Reset(TimePoint now) {
  return resets_.Take(now) ? std::string_view() : "http2.premature_reset_flood";
}

}  // namespace postern
