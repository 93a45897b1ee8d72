#include "postern/engine_options.h"

namespace postern {

// The values of the members are those that an Istio gateway sets, or leaves to Envoy (observed.md
// 1.3 and 1.4, dataplane.md 2.4, 2.7 and 7.1).
EngineOptions EngineOptions::Istio() { return {}; }

// Istio's EDGE profile (engine.md, appendix B), with the deadlines of engine.md 9.2, rows 27 and
// 28, and its upstream idle time of section 6.1, which is below that of most servers.
EngineOptions EngineOptions::Edge() {
  EngineOptions options;
  options.timeouts.handshake = std::chrono::seconds(10);
  options.timeouts.request_headers = std::chrono::seconds(60);
  options.timeouts.request = std::chrono::minutes(5);
  options.timeouts.stream_idle = std::chrono::minutes(5);
  options.timeouts.upstream_idle = std::chrono::seconds(60);
  options.limits.output_bytes = 32 << 10;
  options.limits.stream_bytes = 32 << 10;
  options.limits.replay_bytes = 32 << 10;
  options.limits.h2_streams = 100;
  options.limits.h2_stream_window = 64 << 10;
  options.limits.h2_connection_window = 1 << 20;
  return options;
}

}  // namespace postern
