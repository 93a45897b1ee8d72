#include "lib/engine/connection.h"

#include <cassert>
#include <utility>

#include "lib/engine/core.h"

namespace postern {

Connection::Connection(Core& core)
    : core_(core),
      link_(core, *this),
      kept_(&core.chunks()),
      timer_(this, [](void* self) { static_cast<Connection*>(self)->TimerDue(); }),
      flush_timer_(this, [](void* self) {
        auto* connection = static_cast<Connection*>(self);
        connection->close_mode_ = CloseMode::kReset;
        connection->BreakOff(absl::DeadlineExceededError("flush timeout"));
      }) {}

Connection::~Connection() = default;

void Connection::Open(State state) {
  state_ = state;
  id_ = core_.connections().Take(this);
}

void Connection::Securing() {
  if (state_ == State::kOpening) state_ = State::kSecuring;
}

void Connection::Opened() {
  if (state_ != State::kOpening && state_ != State::kSecuring) return;
  state_ = State::kOpen;
  handler_->OnConnected();
}

// --- Output ---

size_t Connection::Output(std::span<ByteSpan> out) const {
  return state_ == State::kClosed ? 0 : link_.Output(out);
}

void Connection::OutputGrew() {
  if (state_ == State::kClosed) return;
  if (!flush_timer_.armed()) {
    core_.wheel().After(flush_timer_, core_.now(), core_.timeouts().flush);
  }
  if (output_told_ || output_queued_) return;
  output_queued_ = true;
  core_.effects().Push(&Connection::DeliverOutput, id_.bits());
}

void Connection::Consume(size_t size) {
  assert(size <= link_.size() || state_ == State::kClosed);
  if (state_ == State::kClosed) return;
  if (size > link_.size()) return Break(absl::InternalError("more consumed than there was"));
  const bool low = link_.Consume(size);
  if (link_.empty()) {
    core_.wheel().Stop(flush_timer_);
  } else {
    core_.wheel().After(flush_timer_, core_.now(), core_.timeouts().flush);
  }
  if (low && state_ == State::kOpen) handler_->OnOutputLow();
  MaybeShutdown();
}

void Connection::Consumed() {
  if (link_.empty()) output_told_ = false;
}

OutputSink& Connection::sink() {
  if (transport_ != nullptr) return transport_->sink();
  return link_;
}

void Connection::SendEnd() {
  if (end_wanted_ || state_ == State::kClosed) return;
  if (transport_ != nullptr) transport_->SendEnd();
  end_wanted_ = true;
  MaybeShutdown();
}

// --- Endings ---

void Connection::MaybeShutdown() {
  if (state_ == State::kClosed || !end_wanted_ || !link_.empty()) return;
  if (!shut_) {
    shut_ = true;
    core_.effects().Push(&Connection::DeliverShutdown, id_.bits());
    if (state_ == State::kFinishing) {
      core_.wheel().After(timer_, core_.now(), core_.timeouts().delayed_close);
      if (core_.timeouts().delayed_close == Duration::zero()) return Close(CloseMode::kClose);
    }
  }
  if (!peer_ended_ && (transport_ == nullptr || !transport_->ended())) return;
  if (state_ == State::kFinishing) return Close(CloseMode::kClose);
  if (end_given_) TurnSoon();
}

void Connection::Finish() {
  if (ended()) return;
  core_.Bury(std::move(handler_));
  core_.wheel().Stop(timer_);
  if (state_ == State::kOpening) return Close(CloseMode::kClose);
  state_ = State::kFinishing;
  UpdateReading();
  if (shut_) core_.wheel().After(timer_, core_.now(), core_.timeouts().delayed_close);
  SendEnd();
  MaybeShutdown();
}

void Connection::Abort(CloseMode mode) {
  if (state_ == State::kClosed) return;
  core_.Bury(std::move(handler_));
  Close(mode);
}

void Connection::Break(const absl::Status& why) { Lose(why); }

void Connection::BreakOff(const absl::Status& why) {
  broken_off_ = true;
  Lose(why);
}

void Connection::Lose(const absl::Status& why) {
  if (state_ == State::kClosed) return;
  // The state comes first: what OnBroken sends or asks must not reach this connection again.
  const CloseMode mode = close_mode_;
  std::unique_ptr<Handler> handler = std::move(handler_);
  Close(mode);
  if (handler == nullptr) return;
  handler->OnBroken(why);
  core_.Bury(std::move(handler));
}

void Connection::Close(CloseMode mode) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  close_mode_ = mode;
  if (transport_ != nullptr) transport_->Gone();
  core_.wheel().Stop(timer_);
  core_.wheel().Stop(flush_timer_);
  core_.Later(&Connection::ReportEnd, id_.bits());
}

// The log of the connection is written when its handler has had its say.
void Connection::ReportEnd(Core& core, uint64_t bits) {
  Connection* connection = core.connections().Find(ConnectionId::FromBits(bits));
  if (connection == nullptr) return;
  connection->Ending();
  core.effects().Push(&Connection::DeliverClose, bits);
}

void Connection::Closed() {
  if (!close_delivered_) return;
  core_.connections().Release(id_);
  delete this;
}

void Connection::TimerDue() {
  if (state_ == State::kFinishing) return Close(CloseMode::kClose);
  if (state_ == State::kOpening || state_ == State::kSecuring) {
    return Lose(absl::DeadlineExceededError("connect timeout"));
  }
  if (state_ == State::kOpen) handler_->OnTimer();
}

void Connection::SetTimer(Duration after) { core_.wheel().After(timer_, core_.now(), after); }
void Connection::StopTimer() { core_.wheel().Stop(timer_); }

// --- The handler ---

void Connection::SetHandler(std::unique_ptr<Handler> handler) {
  core_.Bury(std::exchange(handler_, std::move(handler)));
}

void Connection::SetTransport(std::unique_ptr<Transport> transport) {
  core_.Bury(std::exchange(transport_, std::move(transport)));
}

void Connection::WorkSoon() {
  work_wanted_ = true;
  TurnSoon();
}

void Connection::TurnSoon() {
  if (!std::exchange(turn_queued_, true)) core_.Later(&Connection::Turn, id_.bits());
}

void Connection::Turn(Core& core, uint64_t bits) {
  Connection* self = core.connections().Find(ConnectionId::FromBits(bits));
  if (self == nullptr) return;
  self->turn_queued_ = false;
  if (self->work_wanted_ && self->carries()) self->Work();
  const bool done = self->state_ == State::kOpen && self->shut_ && self->end_given_;
  if (done && self->link_.empty()) self->Lose(absl::OkStatus());
}

void Connection::Trim() {
  link_.Trim();
  kept_.Trim();
  if (transport_ != nullptr) transport_->Trim();
}

// --- Effects ---

void Connection::DeliverOutput(Core& core, uint64_t bits) {
  Connection* self = core.connections().Find(ConnectionId::FromBits(bits));
  if (self == nullptr) return;
  self->output_queued_ = false;
  if (self->state_ == State::kClosed || self->output_told_ || self->link_.empty()) return;
  self->output_told_ = true;
  core.callbacks().OnOutput(ConnectionId::FromBits(bits));
}

void Connection::DeliverReading(Core& core, uint64_t bits) {
  Connection* self = core.connections().Find(ConnectionId::FromBits(bits));
  if (self == nullptr) return;
  self->reading_queued_ = false;
  if (self->state_ == State::kClosed || self->peer_ended_) return;
  if (self->state_ == State::kOpening || self->wants_reading() == self->reading_told_) return;
  self->reading_told_ = !self->reading_told_;
  core.callbacks().OnReading(ConnectionId::FromBits(bits), self->reading_told_);
}

void Connection::DeliverShutdown(Core& core, uint64_t bits) {
  Connection* self = core.connections().Find(ConnectionId::FromBits(bits));
  if (self == nullptr || self->close_delivered_) return;
  core.callbacks().OnShutdown(ConnectionId::FromBits(bits));
}

void Connection::DeliverClose(Core& core, uint64_t bits) {
  const ConnectionId id = ConnectionId::FromBits(bits);
  Connection* self = core.connections().Find(id);
  if (self == nullptr || self->close_delivered_) return;
  const CloseMode mode = self->close_mode_;
  const bool announced = self->announced();
  self->close_delivered_ = true;
  if (!announced || !core.options().confirm_close) self->Closed();
  if (announced) core.callbacks().OnClose(id, mode);
}

}  // namespace postern
