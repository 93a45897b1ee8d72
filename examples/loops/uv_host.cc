#include "examples/loops/uv_host.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
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

postern::PeerInfo StreamEnds(const uv_stream_t* stream) {
  uv_os_fd_t fd = -1;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(stream), &fd);
  return EndsOf(fd);
}

}  // namespace

struct UvHost::Listener {
  UvHost* host;
  postern::ListenerKey key;
  uv_tcp_t tcp;
};

struct UvHost::Socket {
  explicit Socket(UvHost* host) : host(host) { handle.handle.data = this; }

  uv_stream_t* stream() { return &handle.stream; }

  UvHost* const host;
  ConnectionId id;
  uv_any_handle handle = {};
  uv_connect_t connect = {};
  uv_shutdown_t shutdown = {};
  uv_write_t write = {};
  size_t writing = 0;  // Bytes of the write under way.
  int error = 0;       // Writing has failed; what the peer had sent is still to be read.
};

UvHost::UvHost(std::shared_ptr<const postern::Snapshot> snapshot,
               const postern::EngineOptions& options)
    : buffer_(new char[kBufferSize]),
      engine_(std::move(snapshot), this, MakeOrigin(), Confirming(options)) {
  std::signal(SIGPIPE, SIG_IGN);
  uv_loop_init(&loop_);
  uv_timer_init(&loop_, &deadline_);
  uv_timer_init(&loop_, &patience_);
  uv_prepare_init(&loop_, &before_waiting_);
  uv_prepare_start(&before_waiting_,
                   [](uv_prepare_t* handle) { static_cast<UvHost*>(handle->data)->WriteAll(); });
  before_waiting_.data = deadline_.data = this;
}

UvHost::~UvHost() {
  StopListening();
  uv_walk(
      &loop_,
      [](uv_handle_t* handle, void*) {
        if (uv_is_closing(handle)) return;
        const bool socket = handle->type == UV_TCP || handle->type == UV_NAMED_PIPE;
        uv_close(handle, socket ? &UvHost::OnClosed : nullptr);
      },
      nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

absl::StatusOr<uint16_t> UvHost::Listen(const postern::ListenerKey& key,
                                        const postern::Address& address) {
  auto* listener = new Listener{this, key, {}};
  uv_tcp_init(&loop_, &listener->tcp);
  listener->tcp.data = listener;
  listeners_.push_back(listener);
  const SocketAddress at(address);
  auto* stream = reinterpret_cast<uv_stream_t*>(&listener->tcp);
  int error = uv_tcp_bind(&listener->tcp, at.get(), 0);
  if (error == 0) error = uv_listen(stream, SOMAXCONN, &UvHost::OnAccept);
  if (error != 0) return absl::ErrnoToStatus(-error, address.ToString());
  return StreamEnds(stream).local.port;
}

void UvHost::StopListening() {
  for (Listener* listener : std::exchange(listeners_, {})) {
    uv_close(reinterpret_cast<uv_handle_t*>(&listener->tcp),
             [](uv_handle_t* handle) { delete static_cast<Listener*>(handle->data); });
  }
}

void UvHost::Turn(int timeout_ms) {
  if (timeout_ms > 0) {
    uv_update_time(&loop_);
    uv_timer_start(
        &patience_, [](uv_timer_t*) {}, static_cast<uint64_t>(timeout_ms), 0);
  }
  uv_run(&loop_, timeout_ms == 0 ? UV_RUN_NOWAIT : UV_RUN_ONCE);
  uv_timer_stop(&patience_);
}

void UvHost::OnAccept(uv_stream_t* stream, int status) {
  if (status != 0) return;
  const auto* listener = static_cast<Listener*>(stream->data);
  UvHost& host = *listener->host;
  auto socket = std::make_unique<Socket>(&host);
  uv_tcp_init(&host.loop_, &socket->handle.tcp);
  uv_accept(stream, socket->stream());
  uv_tcp_nodelay(&socket->handle.tcp, 1);
  uv_read_start(socket->stream(), &UvHost::Allocate, &UvHost::OnRead);
  const ConnectionId id = host.engine_.Accept(Now(), listener->key, StreamEnds(socket->stream()));
  host.File(std::move(socket), id);
  host.engine_.Tick(host.engine_.now());
}

void UvHost::OnConnect(ConnectionId id, const postern::UpstreamTarget& target) {
  std::optional<postern::Address> address = target.address;
  if (address->family == postern::Address::Family::kNone) {
    address = resolve ? resolve(target) : std::nullopt;
  }
  if (!address.has_value()) {
    return engine_.Failed(engine_.now(), id, absl::NotFoundError("no address is known"));
  }
  const SocketAddress to(*address);
  auto socket = std::make_unique<Socket>(this);
  uv_connect_t* connect = &socket->connect;
  connect->data = socket.get();
  if (address->family == postern::Address::Family::kUnix) {
    uv_pipe_init(&loop_, &socket->handle.pipe, 0);
    uv_pipe_connect(connect, &socket->handle.pipe, address->path.c_str(), &UvHost::OnConnected);
    return File(std::move(socket), id);
  }
  uv_tcp_t* tcp = &socket->handle.tcp;
  int error = uv_tcp_init_ex(&loop_, tcp, to.storage.ss_family);
  if (error != 0) return Fail(id, error);
  uv_tcp_nodelay(tcp, 1);
  uv_os_fd_t fd = -1;
  uv_fileno(&socket->handle.handle, &fd);
  if (target.keepalive != nullptr) SetKeepalive(fd, *target.keepalive);
  File(std::move(socket), id);
  error = uv_tcp_connect(connect, tcp, to.get(), &UvHost::OnConnected);
  if (error != 0) Fail(id, error);
}

void UvHost::OnConnected(uv_connect_t* request, int status) {
  auto* socket = static_cast<Socket*>(request->data);
  if (uv_is_closing(&socket->handle.handle)) return;
  UvHost& host = *socket->host;
  if (status != 0) {
    host.Fail(socket->id, status);
  } else {
    uv_read_start(socket->stream(), &UvHost::Allocate, &UvHost::OnRead);
    host.engine_.Connected(Now(), socket->id, StreamEnds(socket->stream()));
  }
}

// One buffer is enough: the engine keeps no pointer into it.
void UvHost::Allocate(uv_handle_t* handle, size_t /*suggested*/, uv_buf_t* buffer) {
  *buffer = uv_buf_init(static_cast<Socket*>(handle->data)->host->buffer_.get(), kBufferSize);
}

void UvHost::OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  auto* socket = static_cast<Socket*>(stream->data);
  UvHost& host = *socket->host;
  if (size > 0) {
    const postern::ByteSpan bytes(reinterpret_cast<const uint8_t*>(buffer->base),
                                  static_cast<size_t>(size));
    host.engine_.Receive(Now(), socket->id, bytes);
  } else if (size == UV_EOF && socket->error == 0) {
    uv_read_stop(stream);
    host.engine_.ReceiveEnd(Now(), socket->id);
  } else if (size < 0) {
    host.Fail(socket->id, socket->error != 0 ? socket->error : static_cast<int>(size));
  }
}

void UvHost::WriteAll() {
  for (const ConnectionId id : std::exchange(to_write_, {})) Write(id);
}

void UvHost::Write(ConnectionId id) {
  Socket* socket = Find(id);
  if (socket == nullptr || socket->writing != 0) return;
  postern::ByteSpan out[16];
  uv_buf_t buffers[16];
  const size_t count = engine_.Output(id, out);
  for (size_t i = 0; i < count; ++i) {
    auto* data = reinterpret_cast<char*>(const_cast<uint8_t*>(out[i].data()));
    buffers[i] = uv_buf_init(data, static_cast<unsigned>(out[i].size()));
    socket->writing += out[i].size();
  }
  if (count == 0) return;
  socket->write.data = socket;
  const int error = uv_write(&socket->write, socket->stream(), buffers,
                             static_cast<unsigned>(count), &UvHost::OnWritten);
  if (error == 0) return;
  socket->writing = 0;
  Fail(id, error);
}

void UvHost::OnWritten(uv_write_t* request, int status) {
  auto* socket = static_cast<Socket*>(request->data);
  if (uv_is_closing(&socket->handle.handle)) return;
  UvHost& host = *socket->host;
  const size_t written = std::exchange(socket->writing, 0);
  if (status == 0) {
    const ConnectionId id = socket->id;
    host.engine_.Consume(Now(), id, written);
    host.Write(id);
  } else if (status == UV_EPIPE || status == UV_ECONNRESET) {
    socket->error = status;
    uv_read_start(socket->stream(), &UvHost::Allocate, &UvHost::OnRead);
  } else {
    host.Fail(socket->id, status);
  }
}

void UvHost::OnReading(ConnectionId id, bool enabled) {
  Socket* socket = Find(id);
  if (socket == nullptr) return;
  if (enabled) {
    uv_read_start(socket->stream(), &UvHost::Allocate, &UvHost::OnRead);
  } else {
    uv_read_stop(socket->stream());
  }
}

void UvHost::OnShutdown(ConnectionId id) {
  Socket* socket = Find(id);
  if (socket != nullptr) uv_shutdown(&socket->shutdown, socket->stream(), nullptr);
}

void UvHost::OnClose(ConnectionId id, postern::CloseMode mode) {
  Socket* socket = Find(id);
  if (socket == nullptr) return engine_.Closed(engine_.now(), id);  // Opening it has failed.
  uv_handle_t* handle = &socket->handle.handle;
  const bool reset = mode == postern::CloseMode::kReset && handle->type == UV_TCP;
  if (reset && uv_tcp_close_reset(&socket->handle.tcp, &UvHost::OnClosed) == 0) return;
  uv_close(handle, &UvHost::OnClosed);
}

void UvHost::OnClosed(uv_handle_t* handle) {
  auto* socket = static_cast<Socket*>(handle->data);
  UvHost& host = *socket->host;
  host.sockets_[socket->id.slot] = nullptr;
  host.engine_.Closed(host.engine_.now(), socket->id);
  delete socket;
}

void UvHost::OnDeadline(std::optional<postern::TimePoint> deadline) {
  if (!deadline.has_value()) {
    uv_timer_stop(&deadline_);
    return;
  }
  uv_update_time(&loop_);
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Now()).count();
  uv_timer_start(
      &deadline_,
      [](uv_timer_t* timer) {
        auto* host = static_cast<UvHost*>(timer->data);
        host->engine_.Tick(Now());
        // The loop's clock has milliseconds: it may have been a moment too early.
        host->OnDeadline(host->engine_.deadline());
      },
      static_cast<uint64_t>(std::max<int64_t>(0, wait)), 0);
}

UvHost::Socket* UvHost::Find(ConnectionId id) const {
  Socket* socket = id.slot < sockets_.size() ? sockets_[id.slot] : nullptr;
  if (socket == nullptr || !(socket->id == id)) return nullptr;
  return uv_is_closing(&socket->handle.handle) ? nullptr : socket;
}

void UvHost::File(std::unique_ptr<Socket> socket, ConnectionId id) {
  if (id.slot >= sockets_.size()) sockets_.resize(id.slot + 1);
  socket->id = id;
  sockets_[id.slot] = socket.release();
}

void UvHost::Fail(ConnectionId id, int error) {
  engine_.Failed(engine_.now(), id, absl::ErrnoToStatus(-error, "socket"));
}
