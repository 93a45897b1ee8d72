#include "lib/engine/upstream_stream.h"

#include <utility>

#include "lib/engine/core.h"
#include "lib/engine/upstream_connection.h"
#include "lib/engine/upstream_event.h"
#include "lib/engine/upstream_http2.h"

namespace postern {

UpstreamStream::UpstreamStream(Core& core, UpstreamHttp2* http2, const ExchangeOrder& order,
                               ExchangeUser* user)
    : SelfOwned(core),
      core_(core),
      http2_(http2),
      user_(user),
      order_(order.head),
      order_ends_(order.end),
      left_(&core.chunks()) {}

void UpstreamStream::Start() {
  heard_ = http2_->heard();
  key_ = http2_->codec().SendRequest(*std::exchange(order_, nullptr), order_ends_);
}

void UpstreamStream::Handle(CodecEvent& event) {
  if (event.kind == CodecEvent::Kind::kWritable) {
    Flush();
    return OnWritable();
  }
  owed_ += event.data.size();
  complete_ |= EndsAnswer(event);
  DeliverEvent(event, core_, *user_);
  if (user_ != nullptr && !held_) Resume();
}

void UpstreamStream::OnWritable() {
  if (!full()) user_->OnWritable();
}

bool UpstreamStream::Detach() {
  const bool silent = key_ != 0 && heard_ == http2_->heard();
  http2_ = nullptr;
  return silent && heard_ > 0;
}

void UpstreamStream::Fail(Failure failure) {
  if (user_ == nullptr) return;
  failure.sent = key_ != 0;
  http2_ = nullptr;
  core_.DeferDelete(std::unique_ptr<DeferredDeletable>(this));
  std::exchange(user_, nullptr)->OnFailed(failure);
}

void UpstreamStream::SendBody(ByteSpan bytes, bool end) {
  if (http2_ == nullptr || key_ == 0) return;
  if (left_.empty()) {
    bytes = bytes.subspan(http2_->codec().SendData(key_, bytes, end));
    if (bytes.empty()) return;
  }
  left_.Append(bytes);
  ends_ = end;
}

void UpstreamStream::SendTrailers(std::span<const HeaderView> trailers) {
  if (http2_ == nullptr || key_ == 0) return;
  if (left_.empty()) return http2_->codec().SendTrailers(key_, trailers);
  ends_ = true;
  trailers_ = std::make_unique<HeaderList>();
  for (const HeaderView& field : trailers) trailers_->AddCopy(field.name, field.value);
}

// The window has grown.
void UpstreamStream::Flush() {
  core_.SetLending(false);  // What is sent here is dropped below.
  ClientCodec& codec = http2_->codec();
  while (!left_.empty()) {
    const ByteSpan bytes = left_.front();
    const bool last = ends_ && trailers_ == nullptr && bytes.size() == left_.size();
    const size_t taken = codec.SendData(key_, bytes, last);
    left_.Consume(taken);
    if (taken < bytes.size()) return;
  }
  if (trailers_ != nullptr) codec.SendTrailers(key_, trailers_->fields());
}

bool UpstreamStream::full() const {
  return http2_ == nullptr || !left_.empty() || http2_->upstream().output_full();
}

void UpstreamStream::Resume() {
  held_ = false;
  if (http2_ == nullptr || owed_ == 0) return;
  http2_->codec().Consumed(key_, std::exchange(owed_, 0));
  http2_->codec().Flush();
}

void UpstreamStream::Release() {
  user_ = nullptr;
  if (UpstreamHttp2* http2 = std::exchange(http2_, nullptr)) http2->Leave(this);
  core_.DeferDelete(std::unique_ptr<DeferredDeletable>(this));
}

ConnectionId UpstreamStream::connection() const {
  return http2_ == nullptr ? ConnectionId() : http2_->upstream().id();
}
Address UpstreamStream::remote() const {
  return http2_ == nullptr ? Address() : http2_->upstream().peer().remote;
}
Address UpstreamStream::local() const {
  return http2_ == nullptr ? Address() : http2_->upstream().peer().local;
}

}  // namespace postern
