// A host on Asio, without Boost: its writes finish later, and take the engine's slices as they are.

#ifndef POSTERN_EXAMPLES_LOOPS_ASIO_HOST_H_
#define POSTERN_EXAMPLES_LOOPS_ASIO_HOST_H_

#define ASIO_STANDALONE
#include <asio.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "postern/engine.h"

// An AsioHost runs one Engine on one io_context, its own, in the thread that calls Turn.
class AsioHost : public postern::EngineCallbacks {
 public:
  explicit AsioHost(std::shared_ptr<const postern::Snapshot> snapshot,
                    const postern::EngineOptions& options = {});

  postern::Engine& engine() { return engine_; }

  // Listen accepts at `address` what the configuration calls `key`, and returns the port.
  absl::StatusOr<uint16_t> Listen(const postern::ListenerKey& key, const postern::Address& address);

  // StopListening closes the listening sockets; connections stay.
  void StopListening();

  // Turn waits for at most `timeout_ms` (-1: for ever) and does what there is to do.
  void Turn(int timeout_ms);

  // resolve finds the address of an upstream that has none.
  std::function<std::optional<postern::Address>(const postern::UpstreamTarget&)> resolve;

  // EngineCallbacks.
  void OnConnect(postern::ConnectionId id, const postern::UpstreamTarget& target) override;
  void OnOutput(postern::ConnectionId id) override;
  void OnReading(postern::ConnectionId id, bool enabled) override;
  void OnShutdown(postern::ConnectionId id) override;
  void OnClose(postern::ConnectionId id, postern::CloseMode mode) override;
  void OnDeadline(std::optional<postern::TimePoint> deadline) override;

 private:
  using Protocol = asio::generic::stream_protocol;
  using Acceptor = asio::basic_socket_acceptor<Protocol>;
  struct Socket;
  using SocketPtr = std::shared_ptr<Socket>;

  void AcceptNext(Acceptor& acceptor, const postern::ListenerKey& key);
  void ReadNext(const SocketPtr& socket);
  void Read(Socket& socket);
  void Write(postern::ConnectionId id);
  void Written(Socket& socket, const asio::error_code& error, size_t size);
  void Fail(postern::ConnectionId id, const asio::error_code& error);
  SocketPtr Find(postern::ConnectionId id) const;

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::steady_timer timer_{io_};
  const std::unique_ptr<uint8_t[]> buffer_;
  std::list<Acceptor> acceptors_;
  std::unordered_map<uint64_t, SocketPtr> sockets_;
  postern::Engine engine_;
};

#endif  // POSTERN_EXAMPLES_LOOPS_ASIO_HOST_H_
