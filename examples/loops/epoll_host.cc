#include "examples/loops/epoll_host.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "examples/loops/socket_address.h"

using postern::ConnectionId;

namespace {

constexpr size_t kBufferSize = 64 << 10;
constexpr int kWritesInARow = 16;  // So that one fast reader does not keep the loop to itself.
constexpr int kAcceptsInARow = 64;
constexpr int kRestMs = 100;

// No connection has this generation: the timer and the listeners of this host have it.
constexpr uint32_t kOwn = UINT32_MAX;
constexpr ConnectionId kTimer{UINT32_MAX, kOwn};

int NewSocket(const SocketAddress& address) {
  return socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

void Watch(int epoll, int operation, int fd, ConnectionId id, uint32_t events) {
  epoll_event event = {events, {.u64 = id.bits()}};
  epoll_ctl(epoll, operation, fd, &event);
}

}  // namespace

EpollHost::EpollHost(std::shared_ptr<const postern::Snapshot> snapshot,
                     const postern::EngineOptions& options)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      buffer_(new uint8_t[kBufferSize]),
      engine_(std::move(snapshot), this, MakeOrigin(), options) {
  Watch(epoll_, EPOLL_CTL_ADD, timer_, kTimer, EPOLLIN);
}

EpollHost::~EpollHost() {
  StopListening();
  for (const Socket& socket : sockets_) close(socket.fd);  // -1: there is none.
  close(timer_);
  close(epoll_);
}

absl::StatusOr<uint16_t> EpollHost::Listen(const postern::ListenerKey& key,
                                           const postern::Address& address) {
  const SocketAddress at(address);
  const int fd = NewSocket(at);
  SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (fd < 0 || bind(fd, at.get(), at.size) != 0 || listen(fd, SOMAXCONN) != 0) {
    const int error = errno;
    if (fd >= 0) close(fd);
    return absl::ErrnoToStatus(error, address.ToString());
  }
  Watch(epoll_, EPOLL_CTL_ADD, fd, {static_cast<uint32_t>(listeners_.size()), kOwn}, EPOLLIN);
  listeners_.emplace_back(fd, key);
  return EndsOf(fd).local.port;
}

void EpollHost::StopListening() {
  for (const auto& [fd, key] : listeners_) close(fd);
  listeners_.clear();
}

void EpollHost::Turn(int timeout_ms) {
  if (resting_) timeout_ms = timeout_ms < 0 ? kRestMs : std::min(timeout_ms, kRestMs);
  epoll_event events[64];
  const int count = epoll_wait(epoll_, events, 64, timeout_ms);  // -1: a signal came.
  if (resting_) Rest(false);
  engine_.Tick(std::chrono::steady_clock::now());
  for (int i = 0; i < count; ++i) {
    Handle(ConnectionId::FromBits(events[i].data.u64), events[i].events);
  }
}

void EpollHost::Handle(ConnectionId id, uint32_t events) {
  // The timer is not read: Tick has been called, and setting it anew makes it unreadable.
  if (id == kTimer) return;
  if (id.generation == kOwn) return AcceptAll(id.slot);
  const Socket* socket = Find(id);
  if (socket == nullptr) return;  // Closed by what came before it in this turn.
  if (socket->opening) return Opened(id);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) Read(id);
  if ((events & EPOLLOUT) != 0) OnOutput(id);
}

void EpollHost::Opened(ConnectionId id) {
  Socket& socket = *Find(id);
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return Fail(id, error);
  socket.opening = false;
  Want(id, EPOLLOUT, false);
  engine_.Connected(engine_.now(), id, EndsOf(socket.fd));
}

// Errors, too, are found by reading: what the peer sent before it broke the connection comes first.
void EpollHost::Read(ConnectionId id) {
  Socket& socket = *Find(id);
  const ssize_t size = recv(socket.fd, buffer_.get(), kBufferSize, 0);
  if (size > 0) {
    engine_.Receive(engine_.now(), id, {buffer_.get(), static_cast<size_t>(size)});
  } else if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) Fail(id, errno);
  } else if (socket.error != 0) {
    Fail(id, socket.error);
  } else if (!std::exchange(socket.ended, true)) {
    Want(id, EPOLLIN, false);
    engine_.ReceiveEnd(engine_.now(), id);
  }
}

void EpollHost::AcceptAll(size_t listener) {
  if (listener >= listeners_.size()) return;
  const auto& [socket, key] = listeners_[listener];
  for (int i = 0; i < kAcceptsInARow; ++i) {
    const int fd = accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0 && errno != EAGAIN) Rest(true);
    if (fd < 0) break;
    SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    Add(engine_.Accept(engine_.now(), key, EndsOf(fd)), {.fd = fd, .events = EPOLLIN});
  }
  engine_.Tick(engine_.now());  // Delivers what the Accepts have left.
}

void EpollHost::OnConnect(ConnectionId id, const postern::UpstreamTarget& target) {
  std::optional<postern::Address> address = target.address;
  if (address->family == postern::Address::Family::kNone) {
    address = resolve ? resolve(target) : std::nullopt;
  }
  if (!address.has_value()) {
    return engine_.Failed(engine_.now(), id, absl::NotFoundError("no address is known"));
  }
  const SocketAddress to(*address);
  const int fd = NewSocket(to);
  if (fd < 0) return Fail(id, errno);
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (target.keepalive != nullptr) SetKeepalive(fd, *target.keepalive);
  if (connect(fd, to.get(), to.size) != 0 && errno != EINPROGRESS) {
    Fail(id, errno);
    close(fd);
    return;
  }
  Add(id, {.fd = fd, .events = EPOLLIN | EPOLLOUT, .opening = true});
}

void EpollHost::OnOutput(ConnectionId id) {
  postern::ByteSpan out[16];
  iovec vector[16];
  for (int i = 0; i < kWritesInARow; ++i) {
    Socket* socket = Find(id);
    if (socket == nullptr) return;
    const size_t count = engine_.Output(id, out);
    if (count == 0) return Want(id, EPOLLOUT, false);
    std::transform(out, out + count, vector, [](postern::ByteSpan span) {
      return iovec{const_cast<uint8_t*>(span.data()), span.size()};
    });
    msghdr message = {};
    message.msg_iov = vector;
    message.msg_iovlen = count;
    const ssize_t size = sendmsg(socket->fd, &message, MSG_NOSIGNAL);
    if (size >= 0) {
      engine_.Consume(engine_.now(), id, static_cast<size_t>(size));
    } else if (errno == EAGAIN) {
      break;
    } else if (errno == EPIPE || errno == ECONNRESET) {
      socket->error = errno;
      Want(id, EPOLLOUT, false);
      return Want(id, EPOLLIN, true);
    } else if (errno != EINTR) {
      return Fail(id, errno);
    }
  }
  Want(id, EPOLLOUT, true);
}

void EpollHost::OnReading(ConnectionId id, bool enabled) { Want(id, EPOLLIN, enabled); }

void EpollHost::OnShutdown(ConnectionId id) { shutdown(Find(id)->fd, SHUT_WR); }

void EpollHost::OnClose(ConnectionId id, postern::CloseMode mode) {
  Socket* socket = Find(id);
  if (socket == nullptr) return;  // Opening it has failed.
  if (mode == postern::CloseMode::kReset) {
    const linger reset{1, 0};
    setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  }
  close(socket->fd);
  *socket = {};
}

void EpollHost::OnDeadline(std::optional<postern::TimePoint> deadline) {
  itimerspec spec = {};  // All 0: stopped.
  if (deadline.has_value()) {
    const int64_t ns = std::max<int64_t>(1, deadline->time_since_epoch().count());
    spec.it_value = {ns / 1'000'000'000, ns % 1'000'000'000};
  }
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &spec, nullptr);
}

EpollHost::Socket* EpollHost::Find(ConnectionId id) {
  if (id.slot >= sockets_.size()) return nullptr;
  Socket& socket = sockets_[id.slot];
  return socket.fd >= 0 && socket.generation == id.generation ? &socket : nullptr;
}

void EpollHost::Add(ConnectionId id, const Socket& socket) {
  if (id.slot >= sockets_.size()) sockets_.resize(id.slot + 1);
  sockets_[id.slot] = socket;
  sockets_[id.slot].generation = id.generation;
  Watch(epoll_, EPOLL_CTL_ADD, socket.fd, id, socket.events);
}

void EpollHost::Want(ConnectionId id, uint32_t event, bool on) {
  Socket* socket = Find(id);
  if (socket == nullptr) return;
  const uint32_t events = on ? socket->events | event : socket->events & ~event;
  // Of one that is done epoll would report its end for ever; one that is paused may still break.
  const bool off = events == 0 && socket->ended;
  if (events == socket->events && off == socket->off) return;
  const int change = off ? EPOLL_CTL_DEL : socket->off ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  socket->events = events;
  socket->off = off;
  Watch(epoll_, change, socket->fd, id, events);
}

void EpollHost::Fail(ConnectionId id, int error) {
  engine_.Failed(engine_.now(), id, absl::ErrnoToStatus(error, "socket"));
}

void EpollHost::Rest(bool rest) {
  resting_ = rest;
  for (uint32_t slot = 0; slot < listeners_.size(); ++slot) {
    Watch(epoll_, EPOLL_CTL_MOD, listeners_[slot].first, {slot, kOwn}, rest ? 0u : EPOLLIN);
  }
}
