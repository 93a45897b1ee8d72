// What all parts of one engine share: time, chance, ids, timers, memory, effects, configuration.
// What happens on a connection is left to the handlers, and the public methods to
// lib/engine/engine.cc.

#ifndef POSTERN_ENGINE_CORE_H_
#define POSTERN_ENGINE_CORE_H_

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "lib/base/chunk_pool.h"
#include "lib/base/handle_table.h"
#include "lib/base/keyed_random.h"
#include "lib/engine/effects.h"
#include "lib/engine/handler.h"
#include "lib/engine/overload.h"
#include "lib/engine/stream_pool.h"
#include "lib/engine/wheel.h"
#include "lib/http/codec_options.h"
#include "lib/http/http_date.h"
#include "lib/http/message_pool.h"
#include "lib/tls/tls_environment.h"
#include "lib/upstream/cluster_set.h"
#include "postern/engine.h"

namespace postern {

class Connection;
class Operation;
class ServiceStream;
class StatsBook;
struct SnapshotParts;
struct SnapshotTables;

// A Core is the engine as its parts see it. Each input method calls Enter and Leave; the outermost
// Leave delivers the effects.
class Core {
 public:
  Core(Engine* engine, std::shared_ptr<const Snapshot> snapshot, const SnapshotParts* parts,
       EngineCallbacks* callbacks, const Origin& origin, const EngineOptions& options);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  Engine& engine() { return *engine_; }
  EngineCallbacks& callbacks() { return *callbacks_; }
  const EngineOptions& options() const { return options_; }
  const Limits& limits() const { return options_.limits; }
  const Timeouts& timeouts() const { return options_.timeouts; }

  TimePoint now() const { return now_; }
  void SetNow(TimePoint now) { now_ = now > now_ ? now : now_; }
  WallTime wall() const { return WallAt(now_); }
  WallTime WallAt(TimePoint time) const {
    return wall_ + std::chrono::duration_cast<WallTime::duration>(time - wall_at_);
  }
  void SetWall(WallTime wall) { wall_ = wall, wall_at_ = now_; }

  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  const SnapshotParts& parts() const { return *parts_; }
  void SetSnapshot(std::shared_ptr<const Snapshot> snapshot, const SnapshotParts* parts);

  KeyedRandom& random() { return random_; }
  Wheel& wheel() { return wheel_; }
  ChunkPool& chunks() { return chunks_; }
  MessagePool& messages() { return messages_; }
  Effects& effects() { return effects_; }
  Overload& overload() { return overload_; }
  ClusterSet& clusters() { return clusters_; }
  StatsBook& stats() { return *stats_; }

  HandleTable<ConnectionId, Connection>& connections() { return connections_; }
  HandleTable<StreamId, ServiceStream>& services() { return services_; }
  HandleTable<OperationId, Operation>& operations() { return operations_; }

  TlsEnvironment& tls_environment() { return tls_environment_; }
  void SetTicketKeys(std::span<const TicketKey> keys) { tls_environment_.ticket_keys.Set(keys); }

  // scratch returns room for the plaintext of one record. All connections share it: what is in it
  // must be used or copied before the method that filled it returns to the host.
  std::span<uint8_t> scratch();

  StreamPool& streams() { return streams_; }

  // date returns the calendar time as HTTP writes it.
  std::string_view date() { return date_.At(wall()); }

  // The bounds for the codecs of clients, with and without TLS, and of upstreams. SetSnapshot
  // changes them in place: codecs keep a pointer to them.
  const CodecOptions& server_codec_options(bool tls) const { return server_codec_[tls ? 1 : 0]; }
  const CodecOptions& upstream_codec_options() const { return upstream_codec_; }

  // DeferDelete deletes `object`, which is not used any more, once no method of a handler is on the
  // stack.
  void DeferDelete(std::unique_ptr<DeferredDeletable> object) {
    if (object != nullptr) to_delete_.push_back(std::move(object));
  }

  // Queue calls `kMethod` of what `id` names when effects are delivered, and Later when the frame
  // of the present input method is done, before its effects; neither if it is gone by then.
  // `kMethod` is void (C::*)() or void (*)(C&).
  template <auto kMethod, typename Id>
  void Queue(Id id) {
    effects_.Push(&Call<kMethod, Id>, id.bits());
  }
  template <auto kMethod, typename Id>
  void Later(Id id) {
    tasks_.Push(&Call<kMethod, Id>, id.bits());
  }

  // RunNextTurn asks for Connection::RunAgain in the loop's next turn.
  void RunNextTurn(ConnectionId id) { next_turn_.push_back(id); }

  // lending says that bytes now shown to a handler are the host's own and stay until the outermost
  // input method returns, so that an output may hold them as they are.
  bool lending() const { return lending_; }
  void SetLending(bool lending) { lending_ = lending; }

  // ClientInfo returns what is known of the client `id`, or nullptr if it is gone.
  const ConnectionInfo* ClientInfo(ConnectionId id) const;

  uint32_t client_connections = 0;  // Open ones.

  // depth returns how many input methods are on the stack; 1 in the outermost.
  int depth() const { return depth_; }

  bool draining() const { return draining_; }
  void StartDraining() { draining_ = true; }

  // Enter begins and Leave ends each input method. The outermost Leave delivers the effects, unless
  // `deliver` is false. It returns false if a callback has destroyed the engine: nothing of it may
  // be touched then.
  void Enter(TimePoint now);
  bool Leave(bool deliver = true);

  // RunAgain does the work that was put off.
  void RunAgain();

  std::optional<TimePoint> deadline() const;

 private:
  friend class SelfOwned;

  Connection* Find(ConnectionId id) const { return connections_.Find(id); }
  ServiceStream* Find(StreamId id) const { return services_.Find(id); }
  Operation* Find(OperationId id) const { return operations_.Find(id); }

  template <auto kMethod, typename Id>
  static void Call(Core& core, uint64_t bits) {
    if (auto* subject = core.Find(Id::FromBits(bits)); subject != nullptr) Run(kMethod, *subject);
  }
  template <typename C, typename T>
  static void Run(void (C::*method)(), T& subject) {
    (static_cast<C&>(subject).*method)();
  }
  template <typename C, typename T>
  static void Run(void (*function)(C&), T& subject) {
    function(static_cast<C&>(subject));
  }

  void Configure();
  void RunTasks();
  // Deliver calls the host with each effect; `destroyed` says if it has destroyed the engine.
  void Deliver(const bool& destroyed) noexcept;
  // TellDeadline tells the host when it is wanted next, and returns whether that was news.
  bool TellDeadline() noexcept;

  Engine* const engine_;
  EngineCallbacks* const callbacks_;
  const EngineOptions options_;
  TimePoint now_;
  WallTime wall_;
  TimePoint wall_at_;
  std::shared_ptr<const Snapshot> snapshot_;
  const SnapshotParts* parts_;

  KeyedRandom random_;
  Wheel wheel_;
  ChunkPool chunks_;
  MessagePool messages_;
  Effects effects_;
  Effects tasks_;
  Overload overload_;
  ClusterSet clusters_;
  std::unique_ptr<StatsBook> stats_;
  HandleTable<ConnectionId, Connection> connections_;
  HandleTable<StreamId, ServiceStream> services_;
  HandleTable<OperationId, Operation> operations_;
  TlsEnvironment tls_environment_;
  std::unique_ptr<uint8_t[]> scratch_;
  StreamPool streams_;
  HttpDate date_;
  CodecOptions server_codec_[2];
  CodecOptions upstream_codec_;
  std::vector<std::unique_ptr<DeferredDeletable>> to_delete_;
  std::vector<ConnectionId> next_turn_;
  SelfOwned* self_owned_ = nullptr;

  int depth_ = 0;
  bool lending_ = false;
  bool draining_ = false;
  bool* destroyed_ = nullptr;  // Of the outermost Leave.
  std::optional<TimePoint> told_deadline_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_CORE_H_
