#include "examples/loops/socket_address.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/random.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

using postern::Address;

SocketAddress::SocketAddress(const Address& address) {
  if (address.family == Address::Family::kIpv4) {
    sockaddr_in in = {};
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    std::memcpy(&in.sin_addr, address.ip.data(), 4);
    std::memcpy(&storage, &in, sizeof(in));
    size = sizeof(in);
  } else if (address.family == Address::Family::kIpv6) {
    sockaddr_in6 in = {};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port);
    in.sin6_scope_id = address.scope_id;
    std::memcpy(&in.sin6_addr, address.ip.data(), 16);
    std::memcpy(&storage, &in, sizeof(in));
    size = sizeof(in);
  } else {
    sockaddr_un un = {};
    un.sun_family = AF_UNIX;
    const size_t length = std::min(address.path.size(), sizeof(un.sun_path) - 1);
    std::memcpy(un.sun_path, address.path.data(), length);
    if (address.path.starts_with('@')) un.sun_path[0] = 0;
    std::memcpy(&storage, &un, sizeof(un));
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  }
}

Address SocketAddress::Read() const {
  if (storage.ss_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &storage, sizeof(in));
    std::array<uint8_t, 4> ip;
    std::memcpy(ip.data(), &in.sin_addr, 4);
    return Address::Ipv4(ip, ntohs(in.sin_port));
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &storage, sizeof(in));
    std::array<uint8_t, 16> ip;
    std::memcpy(ip.data(), &in.sin6_addr, 16);
    return Address::Ipv6(ip, ntohs(in.sin6_port), in.sin6_scope_id);
  }
  return {};
}

postern::PeerInfo EndsOf(int fd) {
  SocketAddress remote, local;
  if (getpeername(fd, remote.get(), &remote.size) != 0) remote = {};
  if (getsockname(fd, local.get(), &local.size) != 0) local = {};
  return {remote.Read(), local.Read()};
}

void SetOption(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

void SetKeepalive(int fd,
                  const postern::ConnectionPoolSettings::TcpSettings::TcpKeepalive& keepalive) {
  const auto seconds = [](postern::Duration duration) {
    return static_cast<int>(std::max<int64_t>(1, duration / std::chrono::seconds(1)));
  };
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (keepalive.probes != 0)
    SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(keepalive.probes));
  if (keepalive.time.has_value())
    SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds(*keepalive.time));
  if (keepalive.interval.has_value()) {
    SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, seconds(*keepalive.interval));
  }
}

postern::Origin MakeOrigin() {
  postern::Origin origin;
  origin.now = std::chrono::steady_clock::now();
  origin.wall = std::chrono::system_clock::now();
  if (getrandom(origin.seed.data(), origin.seed.size(), 0) < 0) std::abort();
  return origin;
}
