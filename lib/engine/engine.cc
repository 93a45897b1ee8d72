#include "postern/engine.h"

#include <cassert>
#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/operation.h"
#include "lib/engine/service_stream.h"
#include "lib/engine/stats_book.h"
#include "lib/engine/upstream_connection.h"
#include "lib/snapshot/tables.h"

namespace postern {
namespace {

// kTimersPerCall bounds what one Tick fires; the rest is due at once.
constexpr size_t kTimersPerCall = 256;

}  // namespace

// An Impl is the core with the engine's own way into a Snapshot, and the timer of Drain.
class Engine::Impl {
 public:
  Impl(Engine* engine, std::shared_ptr<const Snapshot> snapshot, EngineCallbacks* callbacks,
       const Origin& origin, const EngineOptions& options)
      : core(engine, snapshot, PartsOf(*snapshot), callbacks, origin, options),
        drain_timer(this, [](void* self) { static_cast<Impl*>(self)->CloseAll(); }) {}

  static const SnapshotParts* PartsOf(const Snapshot& snapshot) { return snapshot.tables_.get(); }

  // ForEachClient calls `visit` with each client's connection, with those added meanwhile too.
  template <typename Visit>
  void ForEachClient(Visit visit) {
    for (size_t i = 0; i < core.connections().slots(); ++i) {
      if (auto* client = dynamic_cast<ClientConnection*>(core.connections().At(i))) visit(*client);
    }
  }

  void CloseAll() {
    for (size_t i = 0; i < core.connections().slots(); ++i) {
      Connection* connection = core.connections().At(i);
      if (connection != nullptr) connection->FailLocally(absl::CancelledError("drained"));
    }
  }

  Core core;
  Timer drain_timer;
};

// An Input is one input method on the stack.
class Input {
 public:
  Input(Core& core, TimePoint now) : core_(core) { core_.Enter(now); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() {
    if (!left_) core_.Leave();
  }

  // Leave ends it early; false: the engine is gone.
  bool Leave(bool deliver = true) {
    left_ = true;
    return core_.Leave(deliver);
  }

 private:
  Core& core_;
  bool left_ = false;
};

Engine::Engine(std::shared_ptr<const Snapshot> snapshot, EngineCallbacks* callbacks,
               const Origin& origin, const EngineOptions& options)
    : impl_(std::make_unique<Impl>(this, std::move(snapshot), callbacks, origin, options)) {}

Engine::~Engine() = default;

// --- Bytes ---

ConnectionId Engine::Accept(TimePoint now, const ListenerKey& listener, const PeerInfo& peer) {
  Core& core = impl_->core;
  Input input(core, now);
  const ConnectionId id = ClientConnection::Accept(core, listener, peer).id();
  input.Leave(/*deliver=*/false);
  return id;
}

void Engine::Connected(TimePoint now, ConnectionId id, const PeerInfo& peer) {
  Core& core = impl_->core;
  Input input(core, now);
  auto* upstream = dynamic_cast<UpstreamConnection*>(core.connections().Find(id));
  if (upstream != nullptr) upstream->Connected(peer);
}

void Engine::Receive(TimePoint now, ConnectionId id, ByteSpan bytes) {
  Core& core = impl_->core;
  Input input(core, now);
  if (Connection* connection = core.connections().Find(id)) connection->Receive(bytes);
}

void Engine::ReceiveEnd(TimePoint now, ConnectionId id) {
  Core& core = impl_->core;
  Input input(core, now);
  if (Connection* connection = core.connections().Find(id)) connection->ReceiveEnd();
}

size_t Engine::Output(ConnectionId id, std::span<ByteSpan> out) const {
  const Connection* connection = impl_->core.connections().Find(id);
  return connection == nullptr ? 0 : connection->Output(out);
}

void Engine::Consume(TimePoint now, ConnectionId id, size_t n) {
  Core& core = impl_->core;
  Input input(core, now);
  Connection* connection = core.connections().Find(id);
  if (connection == nullptr) return;
  connection->Consume(n);
  if (!input.Leave()) return;
  // Only now may an OnOutput come again: what the Consume itself has brought, its caller looks for.
  if (Connection* still = core.connections().Find(id)) still->Consumed();
}

void Engine::Failed(TimePoint now, ConnectionId id, const absl::Status& why) {
  assert(!why.ok());
  Core& core = impl_->core;
  Input input(core, now);
  if (Connection* connection = core.connections().Find(id)) {
    connection->Fail(why.ok() ? absl::UnknownError("failed") : why);
  }
}

void Engine::Closed(TimePoint now, ConnectionId id) {
  Core& core = impl_->core;
  Input input(core, now);
  if (Connection* connection = core.connections().Find(id)) connection->Closed();
}

void Engine::Tick(TimePoint now) {
  Core& core = impl_->core;
  Input input(core, now);
  core.wheel().Advance(core.now(), kTimersPerCall);
  core.RunAgain();
}

bool Engine::reading(ConnectionId id) const {
  const Connection* connection = impl_->core.connections().Find(id);
  return connection != nullptr && connection->reading();
}

std::optional<TimePoint> Engine::deadline() const { return impl_->core.deadline(); }
TimePoint Engine::now() const { return impl_->core.now(); }

// --- Configuration ---

void Engine::Apply(TimePoint now, std::shared_ptr<const Snapshot> snapshot) {
  Core& core = impl_->core;
  Input input(core, now);
  const SnapshotParts* parts = Impl::PartsOf(*snapshot);
  core.SetSnapshot(std::move(snapshot), parts);
  impl_->ForEachClient([](ClientConnection& client) { client.Reconsider(); });
}

void Engine::SetEndpoints(TimePoint now, std::string_view host, uint16_t port,
                          std::span<const Endpoint> endpoints) {
  Input input(impl_->core, now);
  impl_->core.clusters().SetEndpoints(host, port, endpoints);
}

void Engine::Serve(std::string_view host, uint16_t port, Service* service) {
  impl_->core.clusters().Serve(host, port, service);
}

void Engine::SetTicketKeys(TimePoint now, std::span<const TicketKey> keys) {
  Input input(impl_->core, now);
  impl_->core.SetTicketKeys(keys);
}

void Engine::SetWallTime(TimePoint now, WallTime wall) {
  Input input(impl_->core, now);
  impl_->core.SetWall(wall);
}

void Engine::Drain(TimePoint now, TimePoint until) {
  Core& core = impl_->core;
  Input input(core, now);
  core.StartDraining();
  if (until <= core.now()) return impl_->CloseAll();
  core.wheel().Set(impl_->drain_timer, until);
  for (size_t i = 0; i < core.connections().slots(); ++i) {
    Connection* connection = core.connections().At(i);
    if (connection == nullptr || connection->handler() == nullptr) continue;
    connection->handler()->OnDrain();
  }
}

// --- Answers to questions ---

void Engine::Complete(TimePoint now, OperationId operation, const FilterVerdict& verdict) {
  Core& core = impl_->core;
  Input input(core, now);
  if (Operation* waiting = core.operations().Find(operation)) waiting->OnVerdict(verdict);
}

void Engine::Complete(TimePoint now, OperationId operation,
                      const absl::StatusOr<Signature>& signature) {
  Core& core = impl_->core;
  Input input(core, now);
  if (Operation* waiting = core.operations().Find(operation)) waiting->OnSignature(signature);
}

// --- Streams of services ---

void Engine::Respond(TimePoint now, StreamId stream, const ResponseHead& head, ByteSpan body,
                     bool end) {
  Input input(impl_->core, now);
  if (ServiceStream* found = impl_->core.services().Find(stream)) found->Respond(head, body, end);
}

void Engine::Send(TimePoint now, StreamId stream, ByteSpan bytes, bool end) {
  Input input(impl_->core, now);
  if (ServiceStream* found = impl_->core.services().Find(stream)) found->Answer(bytes, end);
}

void Engine::SendTrailers(TimePoint now, StreamId stream, std::span<const HeaderView> trailers) {
  Input input(impl_->core, now);
  if (ServiceStream* found = impl_->core.services().Find(stream)) found->AnswerTrailers(trailers);
}

void Engine::SetReading(TimePoint now, StreamId stream, bool enabled) {
  Input input(impl_->core, now);
  if (ServiceStream* found = impl_->core.services().Find(stream)) found->SetReading(enabled);
}

void Engine::Reset(TimePoint now, StreamId stream, const absl::Status& why) {
  Input input(impl_->core, now);
  if (ServiceStream* found = impl_->core.services().Find(stream)) found->Reset(why);
}

size_t Engine::SendRoom(StreamId stream) const {
  const ServiceStream* found = impl_->core.services().Find(stream);
  return found == nullptr ? 0 : found->SendRoom();
}

// --- Observation ---

const std::shared_ptr<const Snapshot>& Engine::snapshot() const { return impl_->core.snapshot(); }

size_t Engine::connections() const { return impl_->core.connections().size(); }

Stats Engine::stats() const { return impl_->core.stats().Copy(impl_->core.chunks().bytes()); }

}  // namespace postern
