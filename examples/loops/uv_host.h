// A host on libuv: its writes finish later, and take the engine's slices as they are.

#ifndef POSTERN_EXAMPLES_LOOPS_UV_HOST_H_
#define POSTERN_EXAMPLES_LOOPS_UV_HOST_H_

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "postern/engine.h"

// A UvHost runs one Engine on one loop of libuv, its own. It ignores SIGPIPE, as libuv asks.
class UvHost : public postern::EngineCallbacks {
 public:
  explicit UvHost(std::shared_ptr<const postern::Snapshot> snapshot,
                  const postern::EngineOptions& options = {});
  ~UvHost() override;

  postern::Engine& engine() { return engine_; }
  uv_loop_t* loop() { return &loop_; }

  // Listen accepts at `address`, an IP address, what the configuration calls `key`, and returns the
  // port.
  absl::StatusOr<uint16_t> Listen(const postern::ListenerKey& key, const postern::Address& address);

  // StopListening closes the listening sockets; connections stay.
  void StopListening();

  // Turn waits for at most `timeout_ms` (-1: for ever) and does what there is to do.
  void Turn(int timeout_ms);

  // resolve finds the address of an upstream that has none.
  std::function<std::optional<postern::Address>(const postern::UpstreamTarget&)> resolve;

  // EngineCallbacks.
  void OnConnect(postern::ConnectionId id, const postern::UpstreamTarget& target) override;
  void OnOutput(postern::ConnectionId id) override { to_write_.push_back(id); }
  void OnReading(postern::ConnectionId id, bool enabled) override;
  void OnShutdown(postern::ConnectionId id) override;
  void OnClose(postern::ConnectionId id, postern::CloseMode mode) override;
  void OnDeadline(std::optional<postern::TimePoint> deadline) override;

 private:
  struct Listener;
  struct Socket;

  static void Allocate(uv_handle_t* handle, size_t suggested, uv_buf_t* buffer);
  static void OnAccept(uv_stream_t* stream, int status);
  static void OnConnected(uv_connect_t* request, int status);
  static void OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer);
  static void OnWritten(uv_write_t* request, int status);
  static void OnClosed(uv_handle_t* handle);

  Socket* Find(postern::ConnectionId id) const;
  void File(std::unique_ptr<Socket> socket, postern::ConnectionId id);
  void Fail(postern::ConnectionId id, int error);
  void Write(postern::ConnectionId id);
  // WriteAll comes before the loop waits: no input method is on the stack then, and slices stay.
  void WriteAll();

  uv_loop_t loop_;
  uv_timer_t deadline_;
  uv_timer_t patience_;
  uv_prepare_t before_waiting_;
  const std::unique_ptr<char[]> buffer_;
  std::vector<Listener*> listeners_;
  std::vector<Socket*> sockets_;  // By slot; freed when libuv has closed them.
  std::vector<postern::ConnectionId> to_write_;
  postern::Engine engine_;
};

#endif  // POSTERN_EXAMPLES_LOOPS_UV_HOST_H_
