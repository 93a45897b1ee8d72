// The parameters of a codec. Where they come from (EngineOptions, the Snapshot) is left to the
// engine: lib/http knows no configuration.

#ifndef POSTERN_HTTP_CODEC_OPTIONS_H_
#define POSTERN_HTTP_CODEC_OPTIONS_H_

#include <cstddef>
#include <cstdint>

namespace postern {

// A CodecOptions bounds and adjusts what a codec takes from its peer.
struct CodecOptions {
  size_t header_bytes = 60 << 10;  // Start line and fields; trailers by themselves.
  uint32_t header_count = 100;

  // What downstream codecs ask.
  bool tls = false;                 // An https target is right.
  bool reject_underscores = false;  // 400 for a name with '_'.
  bool accept_http10 = false;       // Else 426.
  bool trailers = false;            // Give the trailers that may pass; else they are only checked.

  // HTTP/2. The budget is of what costs us more than the peer: a burst, then so many a second.
  uint32_t h2_streams = 1024;
  uint32_t h2_stream_window = 16 << 20;
  uint32_t h2_connection_window = 24 << 20;
  uint32_t h2_abuse_burst = 100;
  uint32_t h2_abuse_per_second = 33;
  bool h2_connect_protocol = false;  // RFC 8441.
};

}  // namespace postern

#endif  // POSTERN_HTTP_CODEC_OPTIONS_H_
