// A host without sockets for benchmarks: it does for one Engine the least that any host must, and
// counts what it is asked. What is measured is for the benchmarks.

#ifndef POSTERN_BENCHMARKS_ENGINE_MEMORY_HOST_H_
#define POSTERN_BENCHMARKS_ENGINE_MEMORY_HOST_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "postern/engine.h"

namespace postern {

// A MemoryHost connects every upstream at once, and answers each request that one gets with the
// same bytes.
class MemoryHost final : public EngineCallbacks {
 public:
  // `answer` must outlive the host.
  MemoryHost(std::shared_ptr<const Snapshot> snapshot, std::string_view answer);

  // Accept opens a client's connection to `port`.
  ConnectionId Accept(uint16_t port);

  // Receive gives bytes of `client` to the engine, and brings back and forth what comes of it.
  // A copy of what `client` is sent is appended to `received`, unless that is nullptr.
  void Receive(ConnectionId client, std::string_view bytes, std::string* received = nullptr);

  Engine& engine() { return *engine_; }

  uint64_t requests = 0;      // Logged.
  uint64_t output_calls = 0;  // Of Engine::Output: writes of a real host.
  uint64_t sent_bytes = 0;    // To clients.

  // EngineCallbacks.
  void OnConnect(ConnectionId id, const UpstreamTarget& target) override;
  void OnOutput(ConnectionId id) override;
  void OnReading(ConnectionId /*id*/, bool /*enabled*/) override {}
  void OnShutdown(ConnectionId /*id*/) override {}
  void OnClose(ConnectionId /*id*/, CloseMode /*mode*/) override {}
  void OnDeadline(std::optional<TimePoint> /*deadline*/) override {}
  void OnRequestDone(const RequestLog& log) override { requests += log.status == 200 ? 1 : 0; }

 private:
  // Write takes the output of `id`, and returns how much there was.
  size_t Write(ConnectionId id, std::string* copy);

  const std::string_view answer_;
  TimePoint now_{std::chrono::hours(1)};
  ConnectionId upstream_, client_;
  bool upstream_writes_ = false, client_writes_ = false;
  std::unique_ptr<Engine> engine_;
};

// BuildEngineConfig returns a Snapshot with HTTP on port 80 and HTTPS on port 443 for a.example,
// and one route to an upstream.
std::shared_ptr<const Snapshot> BuildEngineConfig();

}  // namespace postern

#endif  // POSTERN_BENCHMARKS_ENGINE_MEMORY_HOST_H_
