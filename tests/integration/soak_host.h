// The host, the clients and the upstreams of the soak, without sockets. It keeps nothing of what is
// over, so that the heap shows what the engine keeps.

#ifndef POSTERN_TESTS_INTEGRATION_SOAK_HOST_H_
#define POSTERN_TESTS_INTEGRATION_SOAK_HOST_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "postern/engine.h"

namespace postern {

// A SoakHost moves bytes between an Engine and texts.
class SoakHost : public EngineCallbacks {
 public:
  explicit SoakHost(std::shared_ptr<const Snapshot> snapshot);

  Engine& engine() { return engine_; }
  TimePoint now() const { return now_; }
  // Advance runs the timers of the next `by`.
  void Advance(Duration by);
  // Settle does what is due now.
  void Settle();

  ConnectionId Accept();
  void Receive(ConnectionId id, std::string_view bytes);

  // Open returns whether `id` has not been closed by the engine.
  bool Open(ConnectionId id) const { return output_.contains(id.bits()); }
  // Output is what the engine has written to `id` and nobody has erased; `id` must be open.
  std::string& Output(ConnectionId id) { return output_.at(id.bits()); }

  // upstreams returns the open upstream connections and the hosts they stand for.
  const std::map<uint64_t, std::string>& upstreams() const { return upstreams_; }

  // EngineCallbacks.
  void OnConnect(ConnectionId id, const UpstreamTarget& target) override;
  void OnOutput(ConnectionId id) override;
  void OnReading(ConnectionId /*id*/, bool /*enabled*/) override {}
  void OnShutdown(ConnectionId /*id*/) override {}
  void OnClose(ConnectionId id, CloseMode mode) override;
  void OnDeadline(std::optional<TimePoint> /*deadline*/) override {}

 private:
  TimePoint now_{std::chrono::hours(1)};
  std::map<uint64_t, std::string> output_;
  std::map<uint64_t, std::string> upstreams_;
  Engine engine_;
};

// HeapBytes returns how much of the heap is in use, by the sanitizer's or the C library's account.
size_t HeapBytes();

}  // namespace postern

#endif  // POSTERN_TESTS_INTEGRATION_SOAK_HOST_H_
