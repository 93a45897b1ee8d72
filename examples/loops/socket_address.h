// Between the library's addresses and those of the sockets API. What every loop here shares.

#ifndef POSTERN_EXAMPLES_LOOPS_SOCKET_ADDRESS_H_
#define POSTERN_EXAMPLES_LOOPS_SOCKET_ADDRESS_H_

#include <sys/socket.h>

#include "postern/address.h"
#include "postern/engine.h"

// A SocketAddress is a sockaddr of any family that an Address can have.
struct SocketAddress {
  explicit SocketAddress(const postern::Address& address);
  SocketAddress() = default;

  // Read returns the Address; kNone for a family that the library does not know.
  postern::Address Read() const;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }

  sockaddr_storage storage = {};
  socklen_t size = sizeof(sockaddr_storage);
};

// EndsOf returns the two ends of the connected socket `fd`.
postern::PeerInfo EndsOf(int fd);

// SetOption sets an option that is a number. One that the socket does not know stays as it is.
void SetOption(int fd, int level, int option, int value);

// SetKeepalive does what a DestinationRule asks for.
void SetKeepalive(int fd,
                  const postern::ConnectionPoolSettings::TcpSettings::TcpKeepalive& keepalive);

// MakeOrigin returns the clocks as they stand, and a seed from the system.
postern::Origin MakeOrigin();

#endif  // POSTERN_EXAMPLES_LOOPS_SOCKET_ADDRESS_H_
