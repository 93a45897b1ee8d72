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
        connection->FailLocally(absl::DeadlineExceededError("flush timeout"));
      }) {}

Connection::~Connection() = default;

void Connection::Register(std::unique_ptr<Connection> self, State state) {
  state_ = state;
  id_ = core_.connections().Add(std::move(self));
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
  core_.Queue<&Connection::DeliverOutput>(id_);
}

void Connection::Consume(size_t size) {
  assert(size <= link_.size() || state_ == State::kClosed);
  if (state_ == State::kClosed) return;
  if (size > link_.size()) return Fail(absl::InternalError("more consumed than there was"));
  const bool low = link_.Consume(size);
  if (link_.empty()) {
    core_.wheel().Stop(flush_timer_);
  } else {
    core_.wheel().After(flush_timer_, core_.now(), core_.timeouts().flush);
  }
  if (low && state_ == State::kOpen) handler_->OnWritable();
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
    core_.Queue<&Connection::DeliverShutdown>(id_);
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
  core_.DeferDelete(std::move(handler_));
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
  core_.DeferDelete(std::move(handler_));
  Close(mode);
}

void Connection::FailLocally(const absl::Status& why) {
  failed_locally_ = true;
  Fail(why);
}

void Connection::Fail(const absl::Status& why) {
  if (state_ == State::kClosed) return;
  // The state comes first: what OnBroken sends or asks must not reach this connection again.
  const CloseMode mode = close_mode_;
  std::unique_ptr<Handler> handler = std::move(handler_);
  Close(mode);
  if (handler == nullptr) return;
  handler->OnBroken(why);
  core_.DeferDelete(std::move(handler));
}

void Connection::Close(CloseMode mode) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  close_mode_ = mode;
  if (transport_ != nullptr) transport_->Gone();
  core_.wheel().Stop(timer_);
  core_.wheel().Stop(flush_timer_);
  core_.Later<&Connection::ReportEnd>(id_);
}

// The log of the connection is written when its handler has had its say.
void Connection::ReportEnd() {
  Ending();
  core_.Queue<&Connection::DeliverClose>(id_);
}

void Connection::Closed() {
  if (close_delivered_) core_.connections().Remove(id_);
}

void Connection::TimerDue() {
  if (state_ == State::kFinishing) return Close(CloseMode::kClose);
  if (state_ == State::kOpening || state_ == State::kSecuring) {
    return Fail(absl::DeadlineExceededError("connect timeout"));
  }
  if (state_ == State::kOpen) handler_->OnTimer();
}

void Connection::SetTimer(Duration after) { core_.wheel().After(timer_, core_.now(), after); }
void Connection::StopTimer() { core_.wheel().Stop(timer_); }

// --- The handler ---

void Connection::SetHandler(std::unique_ptr<Handler> handler) {
  core_.DeferDelete(std::exchange(handler_, std::move(handler)));
}

void Connection::SetTransport(std::unique_ptr<Transport> transport) {
  core_.DeferDelete(std::exchange(transport_, std::move(transport)));
}

void Connection::WorkSoon() {
  work_wanted_ = true;
  TurnSoon();
}

void Connection::TurnSoon() {
  if (!std::exchange(turn_queued_, true)) core_.Later<&Connection::Turn>(id_);
}

void Connection::Turn() {
  turn_queued_ = false;
  if (work_wanted_ && carries()) Work();
  const bool done = state_ == State::kOpen && shut_ && end_given_;
  if (done && link_.empty()) Fail(absl::OkStatus());
}

void Connection::Trim() {
  link_.Trim();
  kept_.Trim();
  if (transport_ != nullptr) transport_->Trim();
}

// --- Effects ---

void Connection::DeliverOutput() {
  output_queued_ = false;
  if (state_ == State::kClosed || output_told_ || link_.empty()) return;
  output_told_ = true;
  core_.callbacks().OnOutput(id_);
}

void Connection::DeliverReading() {
  reading_queued_ = false;
  if (state_ == State::kClosed || peer_ended_) return;
  if (state_ == State::kOpening || wants_reading() == reading_told_) return;
  reading_told_ = !reading_told_;
  core_.callbacks().OnReading(id_, reading_told_);
}

void Connection::DeliverShutdown() {
  if (!close_delivered_) core_.callbacks().OnShutdown(id_);
}

void Connection::DeliverClose() {
  if (std::exchange(close_delivered_, true)) return;
  Core& core = core_;
  const ConnectionId id = id_;
  const CloseMode mode = close_mode_;
  const bool announced = this->announced();
  // This connection is gone then.
  if (!announced || !core.options().confirm_close) core.connections().Remove(id);
  if (announced) core.callbacks().OnClose(id, mode);
}

}  // namespace postern
