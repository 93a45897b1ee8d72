// The bodies of a stream: the request's on its way upstream, with what a further try would need of
// it, and the answer's on its way to the client.

#include <utility>

#include "lib/base/strings.h"
#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/http_session.h"
#include "lib/engine/mirror_copy.h"
#include "lib/engine/stream.h"

namespace postern {

// --- The request ---

void Stream::OnRequestData(ByteSpan bytes) {
  request_bytes_ += bytes.size();
  TouchIdle();
  if (web_.has_value() && web_->text_request) return DecodeBody(bytes);
  TakeBody(bytes);
}

void Stream::TakeBody(ByteSpan bytes) {
  body_bytes_ += bytes.size();
  for (const auto& mirror : mirrors_) mirror->SendBody(bytes, false);
  if (discards()) {
    session_->codec().Consumed(key_, bytes.size());
    return;
  }
  const bool straight =
      exchange_ != nullptr && ready_ && !replay_ && body_.empty() && !exchange_->full();
  if (straight) {
    exchange_->SendBody(bytes, false);
    session_->codec().Consumed(key_, bytes.size());
    return;
  }
  if (core_.lending()) {
    body_.AppendLent(bytes);
  } else {
    body_.Append(bytes);
  }
  if (body_.size() > core_.limits().replay_bytes && (replay_ || !ready_)) {
    // The next try would have to send what is not kept any more.
    if (wait_ == Wait::kBackoff) return AnswerReplayOverflow();
    DropReplay();
  }
  FlushBody();
}

void Stream::OnRequestTrailers(std::span<const HeaderView> trailers) {
  trailers_ = std::make_unique<HeaderList>();
  for (const HeaderView& field : trailers) trailers_->AddCopy(field.name, field.value);
}

void Stream::OnRequestEnd() {
  if (std::exchange(body_end_, true)) return;
  request_end_ = core_.now();
  if (decoder_.held() != 0 && !discards()) return RefuseBody("grpc_base_64_decode_failed_bad_size");
  for (const auto& mirror : mirrors_) mirror->SendBody({}, true);
  if (!tunnel_) {
    if (forwarding_ && !discards()) {
      StartRouteTimer();
      StartTryTimer();
    } else {
      core_.wheel().Stop(route_timer_);
    }
  }
  FlushBody();
  if (response_end_sent_) ResponseEnd();
}

void Stream::OnWritable() {
  FlushBody();
  session_->Soon();
}

void Stream::FlushBody() {
  // What stands in body_ is dropped below: nobody may hold it as it is.
  core_.SetLending(false);
  if (exchange_ == nullptr || !ready_ || body_end_sent_) return;
  while (body_sent_ < body_.size() && !exchange_->full()) {
    const ByteSpan bytes = body_.At(body_sent_);
    exchange_->SendBody(bytes, false);
    session_->codec().Consumed(key_, bytes.size());
    if (replay_) {
      body_sent_ += bytes.size();
    } else {
      body_.Consume(bytes.size());
    }
  }
  if (!body_end_ || body_sent_ < body_.size()) return;
  body_end_sent_ = true;
  if (trailers_ != nullptr) {
    exchange_->SendTrailers(trailers_->fields());
  } else {
    exchange_->SendBody({}, true);
  }
}

// From here on, no other try can have the body.
void Stream::DropReplay() {
  replay_ = false;
  if (body_sent_ > 0) {
    body_.Consume(std::exchange(body_sent_, 0));
    replay_lost_ = true;
  } else if (body_.size() > core_.limits().replay_bytes) {
    replay_lost_ = true;
  }
}

bool Stream::full() const {
  if (discards()) return false;
  const size_t most = core_.limits().stream_bytes;
  const size_t waiting = body_.size() - body_sent_;
  if (exchange_ != nullptr && ready_) return waiting > 0 || exchange_->full();
  return most != 0 && waiting >= most;
}

// --- The answer ---

void Stream::PassBody(ByteSpan bytes) {
  response_bytes_ += bytes.size();
  size_t taken = 0;
  if (response_left_.empty()) taken = session_->codec().SendData(key_, bytes, false);
  response_left_.Append(bytes.subspan(taken));
}

void Stream::OnBody(ByteSpan bytes) {
  TouchIdle();
  if (gathers_) return GatherBody(bytes);
  if (translated_ && web_->text_response) {
    EncodeBody(bytes);
  } else {
    PassBody(bytes);
  }
  if (!response_left_.empty() || session_->client().output_full()) exchange_->Pause();
}

void Stream::OnTrailers(std::span<const HeaderView> trailers) {
  for (const HeaderView& field : trailers) {
    if (field.name == "grpc-status") grpc_status_ = ParseDecimal<int>(field.value).value_or(-1);
  }
  if (gathers_) {
    SendGathered(/*end=*/false);
  } else if (translated_) {
    return EncodeTrailers(trailers);
  }
  if (!response_left_.empty()) {
    response_trailers_ = std::make_unique<HeaderList>();
    for (const HeaderView& field : trailers) response_trailers_->AddCopy(field.name, field.value);
    return;
  }
  session_->codec().SendTrailers(key_, trailers);
  response_end_sent_ = true;
}

void Stream::OnBodyEnd() {
  response_end_ = true;
  if (gathers_) {
    SendGathered(/*end=*/true);
    response_end_sent_ = true;
  } else if (translated_) {
    EndEncoded();
  }
  if (response_left_.empty()) SendResponseEnd();
}

void Stream::SendResponseEnd() {
  if (!std::exchange(response_end_sent_, true)) {
    if (response_trailers_ != nullptr) {
      session_->codec().SendTrailers(key_, response_trailers_->fields());
    } else {
      session_->codec().SendData(key_, {}, true);
    }
  }
  if (tunnel_) {
    session_->HalfClose();
    TouchIdle();
  }
  ResponseEnd();
}

void Stream::OnClientWritable() {
  if (gathers_) return;
  // What waits here is ours, and goes as it is taken.
  core_.SetLending(false);
  const bool ends = response_end_ && !response_end_sent_;
  while (!response_left_.empty()) {
    const ByteSpan bytes = response_left_.front();
    // The end goes with the last bytes: where these fill the window, it would have to wait alone.
    const bool last =
        ends && response_trailers_ == nullptr && bytes.size() == response_left_.size();
    const size_t taken = session_->codec().SendData(key_, bytes, last);
    response_left_.Consume(taken);
    if (taken < bytes.size()) return;
    response_end_sent_ |= last;
  }
  if (ends) return SendResponseEnd();
  if (exchange_ != nullptr && headed_ && !session_->client().output_full()) exchange_->Resume();
}

// The answer has been handed over. A tunnel waits for the client's end, too; everything else is
// over: of a request that is not complete, no more is wanted.
void Stream::ResponseEnd() {
  response_end_sent_ = true;
  if (tunnel_ && !body_end_) return;
  ReleaseExchange();
  Done();
}

}  // namespace postern
