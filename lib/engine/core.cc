#include "lib/engine/core.h"

#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/operation.h"
#include "lib/engine/service_stream.h"
#include "lib/engine/stats_book.h"
#include "lib/engine/stream.h"
#include "lib/snapshot/tables.h"

namespace postern {

Core::Core(Engine* engine, std::shared_ptr<const Snapshot> snapshot, const SnapshotParts* parts,
           EngineCallbacks* callbacks, const Origin& origin, const EngineOptions& options)
    : engine_(engine),
      callbacks_(callbacks),
      options_(options),
      now_(origin.now),
      wall_(origin.wall),
      wall_at_(origin.now),
      snapshot_(std::move(snapshot)),
      parts_(parts),
      random_(origin.seed),
      wheel_(origin.now),
      overload_(&chunks_, options.limits.memory_bytes),
      stats_(std::make_unique<StatsBook>(options.limits.stat_rows)),
      tls_environment_{origin.wall, TicketKeys(origin.seed)} {
  Configure();
}

Core::~Core() {
  if (destroyed_ != nullptr) *destroyed_ = true;
  // Nobody hears of it: members are freed, in an order in which nothing reaches what is gone.
  operations_.Clear();
  connections_.Clear();
  services_.Clear();
  to_delete_.clear();
  while (self_owned_ != nullptr) delete self_owned_;
}

SelfOwned::SelfOwned(Core& core) : next_(core.self_owned_), link_(&core.self_owned_) {
  if (next_ != nullptr) next_->link_ = &next_;
  core.self_owned_ = this;
}

SelfOwned::~SelfOwned() {
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
}

void Core::SetSnapshot(std::shared_ptr<const Snapshot> snapshot, const SnapshotParts* parts) {
  snapshot_ = std::move(snapshot);
  parts_ = parts;
  Configure();
}

void Core::Configure() {
  const SnapshotTables& tables = *parts_->shared;
  clusters_.Configure(tables.clusters, parts_->upstream_contexts);
  const Limits& limits = options_.limits;
  for (CodecOptions* codec : {&server_codec_[0], &server_codec_[1], &upstream_codec_}) {
    const bool client = codec != &upstream_codec_;
    codec->header_bytes = client ? limits.request_header_bytes : limits.response_header_bytes;
    codec->header_count = client ? limits.request_headers : limits.response_headers;
    codec->tls = codec == &server_codec_[1];
    codec->reject_underscores = client && tables.options.edge_profile;
    codec->accept_http10 = client && tables.options.accept_http_10;
    codec->trailers = tables.options.http1_trailers;
    codec->h2_streams = limits.h2_streams;
    codec->h2_stream_window = limits.h2_stream_window;
    codec->h2_connection_window = limits.h2_connection_window;
    codec->h2_abuse_burst = limits.h2_abuse_burst;
    codec->h2_abuse_per_second = limits.h2_abuse_per_second;
  }
}

const ConnectionInfo* Core::ClientInfo(ConnectionId id) const {
  const Connection* client = connections_.Find(id);
  return client == nullptr ? nullptr : &static_cast<const ClientConnection*>(client)->info();
}

void Core::Enter(TimePoint now) {
  SetNow(now);
  tls_environment_.now = wall();
  ++depth_;
}

bool Core::Leave(bool deliver) {
  RunTasks();
  if (depth_ == 1 && overload_.sheds()) {
    streams_.Shed(*this);
    RunTasks();
  }
  if (depth_ == 1) {
    bool destroyed = false;
    destroyed_ = &destroyed;
    if (deliver) {
      Deliver(destroyed);
    } else {
      // An Accept leaves what it has caused to the next input, and says so by the deadline.
      TellDeadline();
    }
    if (destroyed) return false;
    destroyed_ = nullptr;
  }
  --depth_;
  return true;
}

std::span<uint8_t> Core::scratch() {
  constexpr size_t kRecord = 16 << 10;
  if (scratch_ == nullptr) scratch_ = std::make_unique<uint8_t[]>(kRecord);
  return {scratch_.get(), kRecord};
}

void Core::RunTasks() {
  while (!tasks_.empty()) {
    const Effect task = tasks_.Pop();
    task.run(*this, task.subject);
  }
}

void Core::Deliver(const bool& destroyed) noexcept {
  do {
    while (!effects_.empty()) {
      // No frame but this one is on the stack: a handler's frames have returned.
      to_delete_.clear();
      const Effect effect = effects_.Pop();
      effect.run(*this, effect.subject);
      if (destroyed) return;
      RunTasks();
    }
    to_delete_.clear();
    chunks_.Settle();
  } while (TellDeadline() && !destroyed);
}

bool Core::TellDeadline() noexcept {
  const std::optional<TimePoint> next = deadline();
  if (next == told_deadline_) return false;
  told_deadline_ = next;
  callbacks_->OnDeadline(next);
  return true;
}

void Core::RunAgain() {
  std::vector<ConnectionId> turn;
  turn.swap(next_turn_);
  for (const ConnectionId id : turn) {
    if (Connection* connection = connections_.Find(id); connection != nullptr) {
      connection->RunAgain();
      RunTasks();
    }
  }
  if (next_turn_.empty()) {
    turn.clear();
    next_turn_.swap(turn);  // Keeps its memory.
  }
}

std::optional<TimePoint> Core::deadline() const {
  if (!next_turn_.empty() || !effects_.empty()) return now_;
  return wheel_.next();
}

}  // namespace postern
