// All that a host needs on epoll: accept, read, write, connect, one timerfd. The file to copy.

#ifndef POSTERN_EXAMPLES_LOOPS_EPOLL_HOST_H_
#define POSTERN_EXAMPLES_LOOPS_EPOLL_HOST_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "postern/engine.h"

// An EpollHost runs one Engine on one epoll loop, in the thread that calls Turn.
class EpollHost : public postern::EngineCallbacks {
 public:
  explicit EpollHost(std::shared_ptr<const postern::Snapshot> snapshot,
                     const postern::EngineOptions& options = {});
  ~EpollHost() override;

  postern::Engine& engine() { return engine_; }

  // Listen accepts at `address` what the configuration calls `key`, and returns the port, which the
  // system chooses if that of `address` is 0.
  absl::StatusOr<uint16_t> Listen(const postern::ListenerKey& key, const postern::Address& address);

  // StopListening closes the listening sockets; connections stay. Goes with Engine::Drain.
  void StopListening();

  // Turn waits for at most `timeout_ms` (-1: for ever) and does what there is to do. A signal ends
  // the waiting.
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
  void OnRequestDone(const postern::RequestLog& log) override {
    if (on_request) on_request(log);
  }
  void OnConnectionDone(const postern::ConnectionLog& log) override {
    if (on_connection) on_connection(log);
  }

 private:
  // A Socket is what the host keeps for a connection, in the place that the id's slot names.
  struct Socket {
    int fd = -1;
    uint32_t generation = 0;
    uint32_t events = 0;   // What epoll watches for; errors and hang-ups it always reports.
    bool opening = false;  // connect() is under way.
    bool ended = false;    // The peer will send no more.
    bool off = false;      // And nothing is wanted: epoll does not watch it.
    int error = 0;         // Writing has failed; what the peer had sent is still to be read.
  };

  Socket* Find(postern::ConnectionId id);
  void Add(postern::ConnectionId id, const Socket& socket);
  void Want(postern::ConnectionId id, uint32_t event, bool on);
  void Handle(postern::ConnectionId id, uint32_t events);
  void Opened(postern::ConnectionId id);
  void Read(postern::ConnectionId id);
  void Fail(postern::ConnectionId id, int error);
  void AcceptAll(size_t listener);
  void Rest(bool rest);

  const int epoll_;
  const int timer_;
  const std::unique_ptr<uint8_t[]> buffer_;
  std::vector<std::pair<int, postern::ListenerKey>> listeners_;
  std::vector<Socket> sockets_;
  bool resting_ = false;  // Accepting waits: there are no descriptors, or no memory.
  postern::Engine engine_;
};

#endif  // POSTERN_EXAMPLES_LOOPS_EPOLL_HOST_H_
