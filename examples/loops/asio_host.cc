#include "examples/loops/asio_host.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "examples/loops/socket_address.h"

using postern::ConnectionId;

namespace {

constexpr size_t kBufferSize = 64 << 10;

postern::TimePoint Now() { return std::chrono::steady_clock::now(); }

// The engine keeps a closed connection's output until Closed: a write may still be under way.
postern::EngineOptions Confirming(postern::EngineOptions options) {
  options.confirm_close = true;
  return options;
}

}  // namespace

// A Socket lives as long as an operation of Asio on it does.
struct AsioHost::Socket {
  Socket(Protocol::socket own, ConnectionId id) : socket(std::move(own)), id(id) {}

  Protocol::socket socket;
  const ConnectionId id;
  bool reading = true;     // The engine wants bytes.
  bool waiting = false;    // For bytes; at most once at a time.
  bool writing = false;    // At most one write at a time.
  asio::error_code error;  // Writing has failed; what the peer had sent is still to be read.
};

AsioHost::AsioHost(std::shared_ptr<const postern::Snapshot> snapshot,
                   const postern::EngineOptions& options)
    : buffer_(new uint8_t[kBufferSize]),
      engine_(std::move(snapshot), this, MakeOrigin(), Confirming(options)) {}

absl::StatusOr<uint16_t> AsioHost::Listen(const postern::ListenerKey& key,
                                          const postern::Address& address) {
  const SocketAddress at(address);
  const Protocol::endpoint endpoint(at.get(), at.size);
  Acceptor acceptor(io_);
  asio::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return absl::ErrnoToStatus(error.value(), address.ToString());
  acceptors_.push_back(std::move(acceptor));
  AcceptNext(acceptors_.back(), key);
  return EndsOf(acceptors_.back().native_handle()).local.port;
}

void AsioHost::StopListening() {
  asio::error_code ignored;
  for (Acceptor& acceptor : acceptors_) acceptor.close(ignored);
}

void AsioHost::Turn(int timeout_ms) {
  if (timeout_ms < 0) {
    io_.run_one();
  } else if (timeout_ms > 0) {
    io_.run_one_for(std::chrono::milliseconds(timeout_ms));
  }
  io_.poll();
}

void AsioHost::AcceptNext(Acceptor& acceptor, const postern::ListenerKey& key) {
  acceptor.async_accept([this, &acceptor, key](asio::error_code error, Protocol::socket own) {
    if (!acceptor.is_open()) return;
    if (!error) {
      own.non_blocking(true, error);
      SetOption(own.native_handle(), IPPROTO_TCP, TCP_NODELAY, 1);
      const ConnectionId id = engine_.Accept(Now(), key, EndsOf(own.native_handle()));
      const auto socket = std::make_shared<Socket>(std::move(own), id);
      sockets_[id.bits()] = socket;
      ReadNext(socket);
      engine_.Tick(engine_.now());
    }
    AcceptNext(acceptor, key);
  });
}

void AsioHost::OnConnect(ConnectionId id, const postern::UpstreamTarget& target) {
  std::optional<postern::Address> address = target.address;
  if (address->family == postern::Address::Family::kNone) {
    address = resolve ? resolve(target) : std::nullopt;
  }
  if (!address.has_value()) {
    return engine_.Failed(engine_.now(), id, absl::NotFoundError("no address is known"));
  }
  const SocketAddress to(*address);
  const Protocol::endpoint endpoint(to.get(), to.size);
  const auto socket = std::make_shared<Socket>(Protocol::socket(io_), id);
  sockets_[id.bits()] = socket;
  asio::error_code error;
  socket->socket.open(endpoint.protocol(), error);
  if (!error) socket->socket.non_blocking(true, error);
  if (error) return Fail(id, error);
  const int fd = socket->socket.native_handle();
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (target.keepalive != nullptr) SetKeepalive(fd, *target.keepalive);
  socket->socket.async_connect(endpoint, [this, socket](const asio::error_code& error) {
    if (!socket->socket.is_open()) return;
    if (error) {
      Fail(socket->id, error);
    } else {
      ReadNext(socket);
      engine_.Connected(Now(), socket->id, EndsOf(socket->socket.native_handle()));
    }
  });
}

void AsioHost::ReadNext(const SocketPtr& socket) {
  if (!socket->socket.is_open() || !socket->reading || std::exchange(socket->waiting, true)) return;
  socket->socket.async_wait(Protocol::socket::wait_read,
                            [this, socket](const asio::error_code& /*error*/) {
                              socket->waiting = false;
                              if (!socket->socket.is_open()) return;
                              Read(*socket);
                              ReadNext(socket);
                            });
}

// One buffer is enough: the engine keeps no pointer into it.
void AsioHost::Read(Socket& socket) {
  asio::error_code error;
  const size_t size = socket.socket.read_some(asio::buffer(buffer_.get(), kBufferSize), error);
  if (size > 0) return engine_.Receive(Now(), socket.id, {buffer_.get(), size});
  if (error == asio::error::would_block) return;
  socket.reading = false;
  if (error == asio::error::eof && !socket.error) return engine_.ReceiveEnd(Now(), socket.id);
  Fail(socket.id, socket.error ? socket.error : error);
}

// Later, when no input method is on the stack: slices stay where they are then.
void AsioHost::OnOutput(ConnectionId id) {
  asio::post(io_, [this, id] { Write(id); });
}

void AsioHost::Write(ConnectionId id) {
  const SocketPtr socket = Find(id);
  if (socket == nullptr || socket->writing) return;
  postern::ByteSpan out[16];
  const size_t count = engine_.Output(id, out);
  if (count == 0) return;
  std::vector<asio::const_buffer> buffers;
  for (const postern::ByteSpan span : std::span(out).first(count)) {
    buffers.emplace_back(span.data(), span.size());
  }
  socket->writing = true;
  socket->socket.async_write_some(buffers,
                                  [this, socket](const asio::error_code& error, size_t size) {
                                    socket->writing = false;
                                    Written(*socket, error, size);
                                  });
}

void AsioHost::Written(Socket& socket, const asio::error_code& error, size_t size) {
  // OnClose has come, and was waiting for this write.
  if (!socket.socket.is_open()) return engine_.Closed(Now(), socket.id);
  if (!error) {
    engine_.Consume(Now(), socket.id, size);
    return Write(socket.id);
  }
  if (error != asio::error::broken_pipe && error != asio::error::connection_reset) {
    return Fail(socket.id, error);
  }
  socket.error = error;
  OnReading(socket.id, true);
}

void AsioHost::OnReading(ConnectionId id, bool enabled) {
  const SocketPtr socket = Find(id);
  if (socket == nullptr) return;
  socket->reading = enabled;
  ReadNext(socket);
}

void AsioHost::OnShutdown(ConnectionId id) {
  asio::error_code ignored;
  if (const SocketPtr socket = Find(id)) {
    socket->socket.shutdown(Protocol::socket::shutdown_send, ignored);
  }
}

void AsioHost::OnClose(ConnectionId id, postern::CloseMode mode) {
  const auto node = sockets_.extract(id.bits());
  if (node.empty()) return engine_.Closed(engine_.now(), id);  // There was no address.
  Socket& socket = *node.mapped();
  asio::error_code ignored;
  if (mode == postern::CloseMode::kReset) {
    socket.socket.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  socket.socket.close(ignored);
  if (!socket.writing) engine_.Closed(engine_.now(), id);
}

void AsioHost::OnDeadline(std::optional<postern::TimePoint> deadline) {
  if (!deadline.has_value()) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(*deadline);
  timer_.async_wait([this](const asio::error_code& error) {
    if (error) return;
    engine_.Tick(Now());
  });
}

AsioHost::SocketPtr AsioHost::Find(ConnectionId id) const {
  const auto found = sockets_.find(id.bits());
  return found == sockets_.end() ? nullptr : found->second;
}

void AsioHost::Fail(ConnectionId id, const asio::error_code& error) {
  engine_.Failed(engine_.now(), id, absl::ErrnoToStatus(error.value(), "socket"));
}
