#include "lib/engine/upstream_http2.h"

#include <string>
#include <utility>
#include <vector>

#include "lib/engine/core.h"
#include "lib/engine/upstream_connection.h"
#include "lib/engine/upstream_stream.h"
#include "lib/http/h2_client_codec.h"

namespace postern {
namespace {

// kMostWaiting bounds the requests that wait for one connection to open, of which it is not known
// yet how many it takes.
constexpr size_t kMostWaiting = 100;

// Unsent is of a request that the connection did not take: it can go on another as if nothing had
// been.
Failure Unsent() {
  Failure failure;
  failure.stale = true;
  failure.why = absl::UnavailableError("connection termination");
  return failure;
}

}  // namespace

Exchange& UpstreamHttp2::Begin(Core& core, ClusterState& cluster, const EndpointPtr& endpoint,
                               const ExchangeOrder& order, ExchangeUser* user) {
  UpstreamHttp2* self = nullptr;
  const std::string server_name = cluster.ServerName(order.head->authority);
  const ConnectionPool* pool = endpoint->FindPool(server_name);
  const auto id = pool == nullptr ? std::nullopt : pool->shared.last();
  if (id.has_value() && !order.fresh) {
    self = static_cast<UpstreamHttp2*>(core.connections().Find(*id)->handler());
  } else {
    auto handler = std::make_unique<UpstreamHttp2>(core);
    self = handler.get();
    self->connection_ = &UpstreamConnection::Dial(
        core, cluster, endpoint,
        {.protocol = UpstreamTarget::Protocol::kHttp2, .server_name = server_name},
        std::move(handler));
  }
  auto* stream = new UpstreamStream(core, self, order, user);
  self->Add(stream);
  return *stream;
}

bool UpstreamHttp2::IsOpen(Core& core, const ConnectionPool& pool) {
  const auto id = pool.shared.last();
  return id.has_value() && core.connections().Find(*id)->open();
}

void UpstreamHttp2::Add(UpstreamStream* stream) {
  waiting_.push_back(stream);
  ++connection_->served;
  UpdatePool();
  if (codec_ == nullptr) return;
  connection_->StopTimer();
  core_.Later<&UpstreamHttp2::StartWaitingOn>(connection_->id());
}

void UpstreamHttp2::StartWaitingOn(Connection& connection) {
  if (connection.open()) static_cast<UpstreamHttp2*>(connection.handler())->StartWaiting();
}

void UpstreamHttp2::Leave(UpstreamStream* stream) {
  if (stream->key() == 0) {
    std::erase(waiting_, stream);
  } else {
    codec_->Reset(stream->key(), stream->complete() ? ResetReason::kNone : ResetReason::kCancelled);
    streams_.erase(stream->key());
  }
  ReturnToPool();
}

void UpstreamHttp2::StartWaiting() {
  codec_->SetTime(core_.now());
  while (!waiting_.empty() && !connection_->ended() && codec_->room() > 0) {
    UpstreamStream* stream = waiting_.front();
    waiting_.pop_front();
    stream->Start();
    if (stream->key() == 0) {  // There was no memory for it.
      stream->Fail(Unsent());
      continue;
    }
    streams_[stream->key()] = stream;
    stream->OnStarted();
  }
  UpdatePool();
}

// --- Handler ---

void UpstreamHttp2::OnConnected() {
  codec_ = std::make_unique<H2ClientCodec>(&core_.upstream_codec_options(), &core_.messages(),
                                           &connection_->sink());
  StartWaiting();
  codec_->reusable() ? ReturnToPool() : StopTakingRequests();
}

bool UpstreamHttp2::OnBytes(ByteSpan* bytes) {
  if (codec_ == nullptr) return false;
  codec_->SetTime(core_.now());
  heard_ += bytes->size();
  while (true) {
    CodecEvent event = codec_->Next(bytes);
    if (event.kind == CodecEvent::Kind::kNone) break;
    Handle(event);
    if (connection_ == nullptr || connection_->ended()) return false;
  }
  codec_->Flush();
  StartWaiting();
  if (!codec_->reusable()) StopTakingRequests();
  return false;
}

void UpstreamHttp2::Handle(CodecEvent& event) {
  Failure failure;
  if (event.kind == CodecEvent::Kind::kFailed) {
    failure.protocol_error = event.reason != ResetReason::kConnectionLost;
    failure.why = failure.protocol_error ? absl::DataLossError(std::string(event.detail))
                                         : absl::UnavailableError("connection termination");
    connection_->Finish();
    return FailAll(failure);
  }
  const auto found = streams_.find(event.stream);
  if (found == streams_.end()) return;
  UpstreamStream* stream = found->second;
  if (event.kind != CodecEvent::Kind::kReset) return stream->Handle(event);
  streams_.erase(found);
  if (event.reason == ResetReason::kRefused) {
    failure.kind = TryResult::Kind::kRefused;
    failure.why = absl::UnavailableError("remote refused stream reset");
  } else if (event.by_peer) {
    failure.remote_reset = true;
    failure.why = absl::UnavailableError("remote reset");
  } else {
    failure.protocol_error = true;
    failure.why = absl::DataLossError("http2.violation.of.messaging.rule");
  }
  stream->Fail(failure);
  ReturnToPool();
}

void UpstreamHttp2::OnEnd() {
  if (codec_ == nullptr) return;
  codec_->PeerEnd();
  ByteSpan nothing;
  OnBytes(&nothing);
}

void UpstreamHttp2::OnWritable() {
  // Whoever hears of it may leave.
  std::vector<StreamKey> keys;
  for (const auto& [key, stream] : streams_) keys.push_back(key);
  for (const StreamKey key : keys) {
    if (const auto found = streams_.find(key); found != streams_.end()) {
      found->second->OnWritable();
    }
  }
}

// Idle for too long.
void UpstreamHttp2::OnTimer() {
  if (!streams_.empty() || !waiting_.empty()) return;
  connection_->Finish();
  UpdatePool();
}

void UpstreamHttp2::OnDrain() {
  if (codec_ != nullptr) codec_->Drain();
  StopTakingRequests();
}

void UpstreamHttp2::OnBroken(const absl::Status& why) {
  Failure failure;
  failure.kind = codec_ == nullptr ? TryResult::Kind::kConnectFailure : TryResult::Kind::kReset;
  failure.why = why.ok() ? absl::UnavailableError("connection termination") : why;
  FailAll(failure);
}

// The connection is gone.
void UpstreamHttp2::FailAll(const Failure& failure) {
  std::vector<UpstreamStream*> streams(waiting_.begin(), waiting_.end());
  for (const auto& [key, stream] : streams_) streams.push_back(stream);
  waiting_.clear();
  streams_.clear();
  UpdatePool();
  std::vector<bool> stale;
  for (UpstreamStream* stream : streams) stale.push_back(stream->Detach());
  connection_ = nullptr;
  for (size_t i = 0; i < streams.size(); ++i) {
    Failure told = failure;
    told.stale = stale[i];
    streams[i]->Fail(told);
  }
}

// --- The offer ---

// The connection takes no more.
void UpstreamHttp2::StopTakingRequests() {
  while (codec_ != nullptr && !waiting_.empty()) {
    UpstreamStream* stream = waiting_.front();
    waiting_.pop_front();
    stream->Fail(Unsent());
  }
  ReturnToPool();
}

// wanted returns whether the connection should take further requests if it can.
bool UpstreamHttp2::wanted() const {
  return !core_.draining() && !connection_->ended() && !connection_->peer_ended() &&
         !connection_->spent() && !connection_->endpoint()->removed &&
         (codec_ == nullptr || codec_->reusable());
}

void UpstreamHttp2::UpdatePool() {
  const size_t most = codec_ == nullptr ? kMostWaiting : codec_->room();
  const bool room = wanted() && waiting_.size() < most;
  if (room == pooled_) return;
  IdlePool& shared = connection_->pool().shared;
  if (!room) shared.Remove(connection_->id());
  pooled_ = room && shared.Put(connection_->id());
  if (pooled_) connection_->Freed();
}

// A request has left, or the connection takes no more.
void UpstreamHttp2::ReturnToPool() {
  if (connection_->ended()) return;
  UpdatePool();
  if (codec_ == nullptr || !streams_.empty() || !waiting_.empty()) return;
  if (!wanted()) return connection_->Finish();
  connection_->SetTimer(connection_->idle_time());
  connection_->Trim();
}

}  // namespace postern
