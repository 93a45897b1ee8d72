#include "examples/loops/epoll_host.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

using postern::Address;
using postern::ByteSpan;
using postern::ConnectionId;

namespace {

constexpr size_t kBufferSize = 64 << 10;

// No connection has this generation: the timer and the listeners of this host have it.
constexpr uint32_t kOwn = UINT32_MAX;
constexpr ConnectionId kTimer{0, kOwn};

postern::Origin MakeOrigin() {
  postern::Origin origin;
  origin.now = std::chrono::steady_clock::now();
  origin.wall = std::chrono::system_clock::now();
  if (getrandom(origin.seed.data(), origin.seed.size(), 0) < 0) std::abort();
  return origin;
}

Address FromSockaddr(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &from, sizeof(in));
    std::array<uint8_t, 4> ip;
    std::memcpy(ip.data(), &in.sin_addr, 4);
    return Address::Ipv4(ip, ntohs(in.sin_port));
  }
  if (from.ss_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &from, sizeof(in));
    std::array<uint8_t, 16> ip;
    std::memcpy(ip.data(), &in.sin6_addr, 16);
    return Address::Ipv6(ip, ntohs(in.sin6_port), in.sin6_scope_id);
  }
  return {};
}

socklen_t ToSockaddr(const Address& address, sockaddr_storage* to) {
  *to = {};
  if (address.family == Address::Family::kIpv4) {
    sockaddr_in in = {};
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    std::memcpy(&in.sin_addr, address.ip.data(), 4);
    std::memcpy(to, &in, sizeof(in));
    return sizeof(in);
  }
  if (address.family == Address::Family::kIpv6) {
    sockaddr_in6 in = {};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port);
    in.sin6_scope_id = address.scope_id;
    std::memcpy(&in.sin6_addr, address.ip.data(), 16);
    std::memcpy(to, &in, sizeof(in));
    return sizeof(in);
  }
  sockaddr_un un = {};
  un.sun_family = AF_UNIX;
  const size_t size = std::min(address.path.size(), sizeof(un.sun_path) - 1);
  std::memcpy(un.sun_path, address.path.data(), size);
  if (address.path.starts_with('@')) un.sun_path[0] = 0;
  std::memcpy(to, &un, sizeof(un));
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
}

Address NameOf(int fd, int (*name)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(storage);
  if (name(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return FromSockaddr(storage);
}

void SetOption(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

}  // namespace

EpollHost::EpollHost(std::shared_ptr<const postern::Snapshot> snapshot,
                     const postern::EngineOptions& options)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      buffer_(new uint8_t[kBufferSize]),
      engine_(std::move(snapshot), this, MakeOrigin(), options) {
  Add(kTimer, {timer_, EPOLLIN});
}

EpollHost::~EpollHost() {
  for (const auto& [bits, socket] : sockets_) close(socket.fd);
  close(epoll_);
}

absl::StatusOr<uint16_t> EpollHost::Listen(const postern::ListenerKey& key,
                                           const Address& address) {
  sockaddr_storage to;
  const socklen_t size = ToSockaddr(address, &to);
  const int fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&to), size) != 0 || listen(fd, 1024) != 0) {
    const int error = errno;
    if (fd >= 0) close(fd);
    return absl::ErrnoToStatus(error, address.ToString());
  }
  const auto slot = static_cast<uint32_t>(listeners_.size() + 1);
  listeners_.emplace_back(fd, key);
  Add({slot, kOwn}, {fd, EPOLLIN});
  return NameOf(fd, getsockname).port;
}

void EpollHost::Turn(int timeout_ms) {
  epoll_event events[64];
  const int count = epoll_wait(epoll_, events, 64, timeout_ms);
  engine_.Tick(std::chrono::steady_clock::now());
  for (int i = 0; i < count; ++i) {
    Handle(ConnectionId::FromBits(events[i].data.u64), events[i].events);
  }
}

void EpollHost::Handle(ConnectionId id, uint32_t events) {
  // A connection of this batch may have been closed by what came before it.
  const auto found = sockets_.find(id.bits());
  if (found == sockets_.end()) return;
  Socket& socket = found->second;
  if (id == kTimer) return (void)!read(socket.fd, buffer_.get(), 8);
  if (id.generation == kOwn) return AcceptAll(id.slot - 1);
  if ((events & EPOLLERR) != 0) {
    int error = 0;
    socklen_t size = sizeof(error);
    getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return Fail(id, error == 0 ? ECONNRESET : error);
  }
  if (std::exchange(socket.opening, false)) {
    const int fd = socket.fd;
    Want(id, EPOLLOUT, false);
    return engine_.Connected(engine_.now(), id, {NameOf(fd, getpeername), NameOf(fd, getsockname)});
  }
  if ((events & EPOLLOUT) != 0) OnOutput(id);
  if ((events & (EPOLLIN | EPOLLHUP)) == 0 || !sockets_.contains(id.bits())) return;
  const ssize_t size = read(sockets_[id.bits()].fd, buffer_.get(), kBufferSize);
  if (size > 0) {
    engine_.Receive(engine_.now(), id, {buffer_.get(), static_cast<size_t>(size)});
  } else if (size == 0) {
    Want(id, EPOLLIN, false);
    engine_.ReceiveEnd(engine_.now(), id);
  } else if (errno != EAGAIN) {
    Fail(id, errno);
  }
}

void EpollHost::AcceptAll(size_t listener) {
  const auto& [socket, key] = listeners_[listener];
  for (int i = 0; i < 64; ++i) {
    const int fd = accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) break;
    SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    const postern::PeerInfo peer{NameOf(fd, getpeername), NameOf(fd, getsockname)};
    Add(engine_.Accept(engine_.now(), key, peer), {fd, EPOLLIN});
  }
  engine_.Tick(engine_.now());  // Delivers what the Accepts have left.
}

void EpollHost::OnConnect(ConnectionId id, const postern::UpstreamTarget& target) {
  std::optional<Address> address;
  if (target.address.family != Address::Family::kNone) {
    address = target.address;
  } else if (resolve) {
    address = resolve(target);
  }
  if (!address.has_value()) {
    return engine_.Failed(engine_.now(), id, absl::NotFoundError("no address is known"));
  }
  sockaddr_storage to;
  const socklen_t size = ToSockaddr(*address, &to);
  const int fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return engine_.Failed(engine_.now(), id, absl::ErrnoToStatus(errno, "socket"));
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  Add(id, {fd, EPOLLIN | EPOLLOUT, /*opening=*/true});
  const int result = connect(fd, reinterpret_cast<sockaddr*>(&to), size);
  if (result != 0 && errno != EINPROGRESS) Fail(id, errno);
}

void EpollHost::OnOutput(ConnectionId id) {
  ByteSpan out[16];
  iovec vector[16];
  while (const size_t count = engine_.Output(id, out)) {
    for (size_t i = 0; i < count; ++i) {
      vector[i] = {const_cast<uint8_t*>(out[i].data()), out[i].size()};
    }
    const ssize_t size = writev(sockets_[id.bits()].fd, vector, static_cast<int>(count));
    if (size < 0) {
      if (errno == EAGAIN) return Want(id, EPOLLOUT, true);
      return Fail(id, errno);
    }
    engine_.Consume(engine_.now(), id, static_cast<size_t>(size));
  }
  if (sockets_.contains(id.bits())) Want(id, EPOLLOUT, false);
}

void EpollHost::OnReading(ConnectionId id, bool enabled) { Want(id, EPOLLIN, enabled); }

void EpollHost::OnShutdown(ConnectionId id) { shutdown(sockets_[id.bits()].fd, SHUT_WR); }

void EpollHost::OnClose(ConnectionId id, postern::CloseMode mode) {
  const auto node = sockets_.extract(id.bits());
  if (node.empty()) return;  // Opening it has failed.
  if (mode == postern::CloseMode::kReset) {
    const linger reset{1, 0};
    setsockopt(node.mapped().fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  }
  close(node.mapped().fd);
}

void EpollHost::OnDeadline(std::optional<postern::TimePoint> deadline) {
  itimerspec spec = {};  // All 0: stopped.
  if (deadline.has_value()) {
    const int64_t ns = std::max<int64_t>(1, deadline->time_since_epoch().count());
    spec.it_value = {ns / 1'000'000'000, ns % 1'000'000'000};
  }
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &spec, nullptr);
}

void EpollHost::OnRequestDone(const postern::RequestLog& log) {
  if (on_request) on_request(log);
}

void EpollHost::OnConnectionDone(const postern::ConnectionLog& log) {
  if (on_connection) on_connection(log);
}

void EpollHost::Add(ConnectionId id, const Socket& socket) {
  sockets_[id.bits()] = socket;
  epoll_event event = {socket.events, {.u64 = id.bits()}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, socket.fd, &event);
}

void EpollHost::Want(ConnectionId id, uint32_t event, bool on) {
  Socket& socket = sockets_[id.bits()];
  const uint32_t events = on ? socket.events | event : socket.events & ~event;
  if (events == socket.events) return;
  socket.events = events;
  epoll_event change = {events, {.u64 = id.bits()}};
  epoll_ctl(epoll_, EPOLL_CTL_MOD, socket.fd, &change);
}

void EpollHost::Fail(ConnectionId id, int error) {
  engine_.Failed(engine_.now(), id, absl::ErrnoToStatus(error, "socket"));
}
