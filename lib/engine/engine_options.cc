#include "postern/engine_options.h"

namespace postern {

EngineOptions EngineOptions::Istio() { return {}; }

// Istio's EDGE profile (engine.md, appendix B), with the deadlines of engine.md 9.2, rows 27
// and 28.
EngineOptions EngineOptions::Edge() {
  EngineOptions options;
  options.timeouts.handshake = std::chrono::seconds(10);
  options.timeouts.request_headers = std::chrono::seconds(60);
  options.timeouts.request = std::chrono::minutes(5);
  options.timeouts.stream_idle = std::chrono::minutes(5);
  options.limits.output_bytes = 32 << 10;
  options.limits.stream_bytes = 32 << 10;
  return options;
}

}  // namespace postern
