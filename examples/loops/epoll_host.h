// All that a host needs on epoll: accept, read, writev, connect, one timerfd. The file to copy.

#ifndef POSTERN_EXAMPLES_LOOPS_EPOLL_HOST_H_
#define POSTERN_EXAMPLES_LOOPS_EPOLL_HOST_H_

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "postern/engine.h"

// An EpollHost runs one Engine on one epoll loop, in the thread that calls Run.
class EpollHost : public postern::EngineCallbacks {
 public:
  EpollHost(std::shared_ptr<const postern::Snapshot> snapshot,
            const postern::EngineOptions& options);
  ~EpollHost() override;

  postern::Engine& engine() { return engine_; }

  // Listen accepts at `address` what the configuration calls `key`, and returns the port, which the
  // system chooses if that of `address` is 0.
  absl::StatusOr<uint16_t> Listen(const postern::ListenerKey& key, const postern::Address& address);

  // Turn waits for at most `timeout_ms` (-1: for ever) and does what there is to do.
  void Turn(int timeout_ms);

  // on_request and on_connection get the logs; resolve finds the address of an upstream that has
  // none.
  std::function<void(const postern::RequestLog&)> on_request;
  std::function<void(const postern::ConnectionLog&)> on_connection;
  std::function<std::optional<postern::Address>(const postern::UpstreamTarget&)> resolve;

  // EngineCallbacks.
  void OnConnect(postern::ConnectionId id, const postern::UpstreamTarget& target) override;
  void OnOutput(postern::ConnectionId id) override;
  void OnReading(postern::ConnectionId id, bool enabled) override;
  void OnShutdown(postern::ConnectionId id) override;
  void OnClose(postern::ConnectionId id, postern::CloseMode mode) override;
  void OnDeadline(std::optional<postern::TimePoint> deadline) override;
  void OnRequestDone(const postern::RequestLog& log) override;
  void OnConnectionDone(const postern::ConnectionLog& log) override;

 private:
  struct Socket {
    int fd = -1;
    uint32_t events = 0;
    bool opening = false;
  };

  void Handle(postern::ConnectionId id, uint32_t events);
  void AcceptAll(size_t listener);
  void Add(postern::ConnectionId id, const Socket& socket);
  void Want(postern::ConnectionId id, uint32_t event, bool on);
  void Fail(postern::ConnectionId id, int error);

  int epoll_;
  int timer_;
  std::vector<std::pair<int, postern::ListenerKey>> listeners_;
  std::unordered_map<uint64_t, Socket> sockets_;
  std::unique_ptr<uint8_t[]> buffer_;
  postern::Engine engine_;
};

#endif  // POSTERN_EXAMPLES_LOOPS_EPOLL_HOST_H_
