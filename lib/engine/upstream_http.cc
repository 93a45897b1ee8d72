#include "lib/engine/upstream_http.h"

#include <string>
#include <utility>

#include "lib/engine/core.h"
#include "lib/engine/upstream_connection.h"
#include "lib/engine/upstream_event.h"
#include "lib/http/h1_client_codec.h"

namespace postern {

UpstreamHttp::~UpstreamHttp() = default;

Exchange& UpstreamHttp::Begin(Core& core, ClusterState& cluster, const EndpointPtr& endpoint,
                              const ExchangeOrder& order, ExchangeUser* user) {
  UpstreamHttp* self = nullptr;
  const std::string server_name = cluster.ServerName(order.head->authority);
  while (self == nullptr && !order.fresh) {
    const std::optional<ConnectionId> id = endpoint->PoolFor(server_name).idle.Take();
    if (!id.has_value()) break;
    Connection* connection = core.connections().Find(*id);
    if (connection == nullptr || !connection->open()) continue;
    self = static_cast<UpstreamHttp*>(connection->handler());
    connection->StopTimer();
    self->reused_ = true;
  }
  if (self == nullptr) {
    auto handler = std::make_unique<UpstreamHttp>(core);
    self = handler.get();
    self->connection_ = &UpstreamConnection::Dial(
        core, cluster, endpoint,
        {.protocol = UpstreamTarget::Protocol::kHttp1, .server_name = server_name},
        std::move(handler));
  }
  self->user_ = user;
  self->order_ = order.head;
  self->order_ends_ = order.end;
  self->request_sent_ = self->responded_ = self->complete_ = self->held_ = self->tunnel_ = false;
  if (self->connection_->open()) {
    core.Later<&UpstreamHttp::SendHeadOn>(self->connection_->id());
  }
  return *self;
}

void UpstreamHttp::OnConnected() {
  codec_ = std::make_unique<H1ClientCodec>(&core_.upstream_codec_options(), &core_.messages(),
                                           &connection_->sink());
  SendHead();
}

void UpstreamHttp::SendHeadOn(Connection& connection) {
  if (connection.open()) static_cast<UpstreamHttp*>(connection.handler())->SendHead();
}

void UpstreamHttp::SendHead() {
  if (user_ == nullptr || order_ == nullptr) return;
  ++connection_->served;
  stream_ = codec_->SendRequest(*std::exchange(order_, nullptr), order_ends_);
  request_sent_ = order_ends_;
  user_->OnReady();
}

bool UpstreamHttp::OnBytes(ByteSpan* bytes) {
  if (codec_ == nullptr) return false;
  codec_->SetTime(core_.now());
  if (!bytes->empty()) responded_ = true;
  while (!held_) {
    CodecEvent event = codec_->Next(bytes);
    if (event.kind == CodecEvent::Kind::kNone) break;
    Handle(event);
    if (connection_ == nullptr || connection_->ended()) return false;
    // Left by the user: the connection rests, or is over.
    if (user_ == nullptr && !codec_->idle()) return false;
  }
  codec_->Flush();
  return false;
}

void UpstreamHttp::Handle(CodecEvent& event) {
  using Kind = CodecEvent::Kind;
  if (event.kind == Kind::kFailed || event.kind == Kind::kReset) {
    Failure failure;
    failure.protocol_error = event.reason == ResetReason::kProtocolError;
    failure.why = failure.protocol_error ? absl::DataLossError(std::string(event.detail))
                                         : absl::UnavailableError("connection termination");
    return Fail(failure);
  }
  if (user_ == nullptr) return;
  if (event.kind == Kind::kResponse) {
    tunnel_ = event.response->status == 101;
    if (tunnel_) request_sent_ = false;
  }
  complete_ |= EndsAnswer(event);
  DeliverEvent(event, core_, *user_);
}

void UpstreamHttp::OnEnd() {
  if (codec_ == nullptr) return;
  codec_->PeerEnd();
  ByteSpan nothing;
  OnBytes(&nothing);
  if (connection_ != nullptr && !connection_->ended() && user_ == nullptr) connection_->Finish();
}

void UpstreamHttp::OnWritable() {
  if (user_ != nullptr && codec_ != nullptr) user_->OnWritable();
}

void UpstreamHttp::OnTimer() {
  // Idle for too long.
  if (user_ == nullptr) connection_->Finish();
}

void UpstreamHttp::OnDrain() {
  if (user_ == nullptr) connection_->Finish();
}

void UpstreamHttp::OnBroken(const absl::Status& why) {
  Failure failure;
  failure.kind = codec_ == nullptr ? TryResult::Kind::kConnectFailure : TryResult::Kind::kReset;
  failure.why = why.ok() ? absl::UnavailableError("connection termination") : why;
  connection_ = nullptr;
  Fail(failure);
}

void UpstreamHttp::Fail(const Failure& failure) {
  Failure told = failure;
  told.sent = codec_ != nullptr && order_ == nullptr;
  told.stale = reused_ && !responded_;
  if (connection_ != nullptr) connection_->Finish();
  connection_ = nullptr;
  if (ExchangeUser* user = std::exchange(user_, nullptr); user != nullptr) user->OnFailed(told);
}

void UpstreamHttp::SendBody(ByteSpan bytes, bool end) {
  if (codec_ == nullptr || connection_ == nullptr) return;
  codec_->SendData(stream_, bytes, end);
  request_sent_ |= end;
  if (tunnel_ && end) connection_->SendEnd();
}

void UpstreamHttp::SendTrailers(std::span<const HeaderView> trailers) {
  if (codec_ == nullptr || connection_ == nullptr) return;
  codec_->SendTrailers(stream_, trailers);
  request_sent_ = true;
}

bool UpstreamHttp::full() const { return connection_ == nullptr || connection_->output_full(); }

void UpstreamHttp::Pause() {
  held_ = true;
  if (connection_ != nullptr) connection_->Pause(PauseReason::kOutput);
}

void UpstreamHttp::Resume() {
  if (connection_ == nullptr) return;
  held_ = false;
  connection_->Resume(PauseReason::kOutput);
  connection_->WorkSoon();
}

void UpstreamHttp::Release() {
  user_ = nullptr;
  order_ = nullptr;
  if (connection_ == nullptr || connection_->ended()) return;
  const bool whole = codec_ != nullptr && complete_ && request_sent_ && !tunnel_;
  if (whole && codec_->reusable() && !connection_->peer_ended() && !core_.draining())
    return ReturnToPool();
  if (tunnel_ && complete_ && request_sent_) {
    connection_->Finish();
  } else if (codec_ == nullptr || !complete_) {
    std::exchange(connection_, nullptr)->Abort(CloseMode::kClose);
  } else {
    std::exchange(connection_, nullptr)->Finish();
  }
}

void UpstreamHttp::ReturnToPool() {
  const EndpointPtr& endpoint = connection_->endpoint();
  ConnectionPool& pool = connection_->pool();
  if (connection_->spent() || endpoint->removed || !pool.idle.Put(connection_->id())) {
    return connection_->Finish();
  }
  connection_->Resume(PauseReason::kOutput);
  connection_->SetTimer(connection_->idle_time());
  connection_->Trim();
  connection_->Freed();
}

ConnectionId UpstreamHttp::connection() const {
  return connection_ == nullptr ? ConnectionId() : connection_->id();
}
Address UpstreamHttp::remote() const {
  return connection_ == nullptr ? Address() : connection_->peer().remote;
}
Address UpstreamHttp::local() const {
  return connection_ == nullptr ? Address() : connection_->peer().local;
}

}  // namespace postern
