// The input of a connection: what the handler takes and what is kept for it, the end, and when the
// host is to read on.

#include <algorithm>
#include <cassert>
#include <utility>

#include "lib/engine/connection.h"
#include "lib/engine/core.h"

namespace postern {
namespace {

// kBacklogBytes is how much kept input stops reading. Less is taken from the socket all the same,
// so that the end behind it is seen.
constexpr size_t kBacklogBytes = 16 << 10;

size_t OrNone(size_t limit) { return limit == 0 ? SIZE_MAX : limit; }

}  // namespace

void Connection::Receive(ByteSpan bytes) {
  assert(state_ != State::kOpening && "Receive before Connected");
  if (state_ == State::kOpening || bytes.empty()) return;
  received_ += bytes.size();
  if (!carries() || peer_ended_) return;  // Discarded.
  Feed(bytes, core_.depth() == 1);
}

void Connection::ReceiveEnd() {
  if (state_ == State::kOpening || peer_ended_) return;
  peer_ended_ = true;
  if (state_ == State::kSecuring) return Fail(absl::UnavailableError("TLS handshake broken off"));
  if (state_ == State::kFinishing) return MaybeShutdown();
  ShowEnd();
}

void Connection::Feed(ByteSpan bytes, bool lent) {
  if (!kept_.empty()) {
    kept_.Append(bytes);
    return Work();
  }
  ByteSpan now = bytes.first(std::min(bytes.size(), OrNone(core_.limits().bytes_per_call)));
  const ByteSpan later = bytes.subspan(now.size());
  const Handler* shown_to = handler_.get();
  const bool again = Show(&now, lent);
  if (!carries()) return;
  const bool handed_on = handler_.get() != shown_to;
  const bool stuck = !now.empty();
  kept_.Append(now);
  kept_.Append(later);
  RestoreUnread();
  if (handed_on) return Work();
  if ((again || (!stuck && !later.empty())) && !std::exchange(again_queued_, true)) {
    core_.RunNextTurn(id_);
  }
  UpdateReading();
  ShowEnd();  // TLS has an end of its own.
}

void Connection::Work() {
  work_wanted_ = false;
  size_t budget = OrNone(core_.limits().bytes_per_call);
  bool again = false;
  while (carries()) {
    ByteSpan bytes = kept_.empty() ? ByteSpan() : kept_.front();
    bytes = bytes.first(std::min(bytes.size(), budget));
    const size_t shown = bytes.size();
    const Handler* shown_to = handler_.get();
    again = Show(&bytes, false);
    if (!carries()) return;
    const size_t used = shown - bytes.size();
    kept_.Consume(used);
    budget -= used;
    RestoreUnread();
    if (again) break;
    if (handler_.get() != shown_to) continue;
    if (used < shown || kept_.empty()) break;
    again = budget == 0;
    if (again) break;
  }
  if (again && !std::exchange(again_queued_, true)) core_.RunNextTurn(id_);
  UpdateReading();
  ShowEnd();
}

void Connection::RunAgain() {
  again_queued_ = false;
  if (carries()) Work();
}

bool Connection::Show(ByteSpan* bytes, bool lent) {
  if (transport_ != nullptr) return ShowDecrypted(bytes);
  core_.SetLending(lent);
  const bool again = handler_->OnBytes(bytes);
  core_.SetLending(false);
  return again;
}

bool Connection::ShowDecrypted(ByteSpan* bytes) {
  // Without input the handler is asked all the same, as on a connection without TLS.
  if (bytes->empty() && transport_->Plaintext().empty() && transport_->failure().ok()) {
    return state_ == State::kOpen && handler_->OnBytes(bytes);
  }
  size_t budget = OrNone(core_.limits().bytes_per_call);
  while (carries()) {
    ByteSpan plain = transport_->Plaintext();
    if (plain.empty()) {
      if (!transport_->failure().ok()) break;
      if (bytes->empty()) return false;
      // What is decrypted stands where the next connection's will: it is all shown or taken now.
      if (budget == 0) return true;
      const size_t taken = transport_->Receive(*bytes);
      *bytes = bytes->subspan(taken);
      if (taken == 0 && transport_->Plaintext().empty()) break;
      continue;
    }
    if (budget == 0) return true;
    const size_t size = std::min(plain.size(), budget);
    plain = plain.first(size);
    const bool again = handler_->OnBytes(&plain);
    if (state_ != State::kOpen) return false;
    transport_->Take(size - plain.size());
    budget -= size - plain.size();
    if (again) return true;
    if (!plain.empty()) return false;
  }
  if (carries() && !transport_->failure().ok()) {
    // The alert is in the output: it is flushed, and the connection lingers. As in Fail, what
    // OnBroken sends or asks must not reach it again.
    std::unique_ptr<Handler> handler = std::move(handler_);
    Finish();
    handler->OnBroken(transport_->failure());
    core_.DeferDelete(std::move(handler));
  }
  return false;
}

void Connection::Unread(std::string bytes) {
  assert(unread_ == nullptr);
  unread_ = std::make_unique<std::string>(std::move(bytes));
}

void Connection::RestoreUnread() {
  if (unread_ == nullptr) return;
  ChunkList bytes(kept_.pool());
  bytes.Append(*std::exchange(unread_, nullptr));
  bytes.AppendFrom(kept_);
  kept_.AppendFrom(bytes);
}

void Connection::ShowEnd() {
  if (state_ != State::kOpen || end_given_) return;
  const bool over =
      (peer_ended_ && kept_.empty()) || (transport_ != nullptr && transport_->ended());
  if (!over || (transport_ != nullptr && !transport_->Plaintext().empty())) return;
  end_given_ = true;
  handler_->OnEnd();
  MaybeShutdown();
}

// --- Reading ---

void Connection::Pause(PauseReason reason) {
  pauses_ |= static_cast<uint8_t>(1 << static_cast<int>(reason));
  UpdateReading();
}

void Connection::Resume(PauseReason reason) {
  pauses_ &= static_cast<uint8_t>(~(1 << static_cast<int>(reason)));
  UpdateReading();
}

bool Connection::wants_reading() const {
  if (state_ == State::kClosed || peer_ended_) return false;
  if (state_ == State::kFinishing) return true;  // Discarded, so that the peer sees no reset.
  return pauses_ == 0;
}

bool Connection::reading() const { return state_ != State::kOpening && wants_reading(); }

void Connection::UpdateReading() {
  const uint8_t backlog = 1 << static_cast<int>(PauseReason::kBacklog);
  if (kept_.size() >= kBacklogBytes) {
    pauses_ |= backlog;
  } else {
    pauses_ &= static_cast<uint8_t>(~backlog);
  }
  if (state_ == State::kClosed || peer_ended_) return;
  if (wants_reading() == reading_told_ || reading_queued_) return;
  reading_queued_ = true;
  core_.Queue<&Connection::DeliverReading>(id_);
}

}  // namespace postern
