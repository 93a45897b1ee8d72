// What a peer may do on one HTTP/2 connection that costs us more than it costs the peer (engine.md
// 2.2). nghttp2 1.52 limits none of it where the peer reads its answers; ending the connection is
// left to the codec.

#ifndef POSTERN_HTTP_H2_BUDGET_H_
#define POSTERN_HTTP_H2_BUDGET_H_

#include <cstdint>
#include <string_view>

#include "lib/http/h2_frame_cutter.h"
#include "postern/time.h"

namespace postern {

// A TokenBucket lets `burst` things pass, and then so many a second.
class TokenBucket {
 public:
  TokenBucket(uint32_t burst, uint32_t per_second)
      : burst_(burst), per_second_(per_second), tokens_(burst) {}

  // Take returns whether one more may pass at `now`.
  bool Take(TimePoint now);

 private:
  double burst_, per_second_;
  double tokens_;
  TimePoint last_ = {};
};

// An H2Budget is asked about each frame as it comes, and about each reset whoever caused it: one
// bucket for all resets covers Rapid Reset and MadeYouReset alike.
class H2Budget {
 public:
  // H2Budget takes the burst and rate of resets from CodecOptions.
  H2Budget(uint32_t burst, uint32_t per_second)
      : resets_(burst, per_second), controls_(kControlBurst, kControlsPerSecond) {}

  // Frame returns what is too much about a frame that begins to come in, as Envoy's detail; empty:
  // nothing.
  std::string_view Frame(const FrameHead& frame, TimePoint now);

  // Reset counts a stream that ended by a reset, and returns likewise.
  std::string_view Reset(TimePoint now);

  void DataSent() { ++data_sent_; }
  void StreamOpened() { ++streams_; }

 private:
  static constexpr uint32_t kControlBurst = 100;
  static constexpr uint32_t kControlsPerSecond = 10;

  TokenBucket resets_;
  TokenBucket controls_;
  uint64_t streams_ = 0;
  uint64_t data_sent_ = 0;
  uint64_t priorities_ = 0;
  uint64_t window_updates_ = 0;
  uint32_t empties_ = 0;        // In a row.
  uint32_t continuations_ = 0;  // Of the header block under way.
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_BUDGET_H_
