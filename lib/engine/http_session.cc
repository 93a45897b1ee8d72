#include "lib/engine/http_session.h"

#include <algorithm>
#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/stats_book.h"
#include "lib/engine/stream.h"
#include "lib/http/h1_server_codec.h"
#include "lib/http/h2_server_codec.h"

namespace postern {

HttpSession::HttpSession(ClientConnection& client) : client_(client), core_(client.core()) {
  // ALPN has the last word; without it the first bytes do (dataplane.md 2.7).
  const std::string_view alpn = client.info().alpn;
  if (!alpn.empty()) Speak(alpn == "h2");
  Rearm();
}

HttpSession::~HttpSession() = default;

void HttpSession::Speak(bool http2) {
  http2_ = http2;
  const CodecOptions* options = &core_.server_codec_options(client_.tls());
  if (http2) {
    codec_ = std::make_unique<H2ServerCodec>(options, &core_.messages(), &client_.sink());
  } else {
    codec_ = std::make_unique<H1ServerCodec>(options, &core_.messages(), &client_.sink());
  }
  if (draining_) codec_->Drain();
  ByteSpan seen = sniffer_.seen();
  Run(&seen);
}

bool HttpSession::OnBytes(ByteSpan* bytes) {
  if (codec_ == nullptr) {
    const H2PrefaceSniffer::Result result = sniffer_.Look(bytes);
    if (result == H2PrefaceSniffer::Result::kMore) {
      Rearm();
      return false;
    }
    Speak(result == H2PrefaceSniffer::Result::kHttp2);
    if (client_.ended()) return false;
  }
  const bool again = Run(bytes);
  if (client_.ended()) return false;
  codec_->Flush();
  AfterWork();
  return again && !client_.ended();
}

// Takes events until there are none, and returns whether it stopped before for fairness.
bool HttpSession::Run(ByteSpan* bytes) {
  codec_->SetTime(core_.now());
  uint32_t messages = 0;
  const uint32_t most = core_.limits().messages_per_call;
  while (!client_.ended()) {
    // An HTTP/1.1 codec is not asked for what its stream could not take; HTTP/2 has windows.
    const auto full = [](const auto& stream) { return stream->full(); };
    if (!http2_ && std::ranges::any_of(streams_, full)) return false;
    // Who does not read the answers gets no more of them: OnWritable goes on.
    if (client_.output_full()) return false;
    CodecEvent event = codec_->Next(bytes);
    if (event.kind == CodecEvent::Kind::kNone) return false;
    const bool head = event.kind == CodecEvent::Kind::kRequest;
    Handle(event);
    if (head && most != 0 && ++messages >= most) return true;
  }
  return false;
}

void HttpSession::Handle(CodecEvent& event) {
  using Kind = CodecEvent::Kind;
  Stream* stream = Find(event.stream);
  switch (event.kind) {
    case Kind::kRequest:
      Add(event.stream).Begin(std::move(event.request), event.end);
      break;
    case Kind::kRefused:
      if (stream != nullptr) {
        stream->Refused(event.refusal);
      } else {
        Add(event.stream).BeginRefused(std::move(event.request), event.refusal);
      }
      break;
    case Kind::kData:
      if (stream != nullptr) {
        stream->OnRequestData(event.data);
      } else {
        codec_->Consumed(event.stream, event.data.size());
      }
      break;
    case Kind::kTrailers:
      if (stream != nullptr) stream->OnRequestTrailers(event.trailers);
      break;
    case Kind::kEnd:
      if (stream != nullptr) stream->OnRequestEnd();
      break;
    case Kind::kReset:
      if (stream == nullptr) break;
      if (event.reason == ResetReason::kConnectionLost) {
        stream->ClientGone(ResponseFlag::kDC, "downstream_remote_disconnect");
      } else if (event.reason == ResetReason::kProtocolError) {
        stream->ClientGone(ResponseFlag::kDPE, "http2.violation.of.messaging.rule");
      } else {
        stream->ClientGone(ResponseFlag::kDR, "http2.remote_reset");
      }
      break;
    case Kind::kWritable:
      if (stream != nullptr) stream->OnClientWritable();
      break;
    case Kind::kFailed:
      Failed(event);
      break;
    default:
      break;
  }
}

void HttpSession::Failed(const CodecEvent& event) {
  if (event.reason == ResetReason::kConnectionLost) {
    EndStreams(ResponseFlag::kDC, "downstream_remote_disconnect");
  } else {
    client_.outcome().detail = event.detail;
    client_.outcome().Flag(ResponseFlag::kDPE);
    if (event.reason == ResetReason::kEnhanceYourCalm) core_.stats().Flood();
    EndStreams(ResponseFlag::kDPE, event.detail);
  }
  client_.Finish();
}

void HttpSession::AfterWork() {
  if (client_.ended()) return;
  if (codec_->finished() && streams_.empty()) return client_.Finish();
  const bool waits = phase_ == Phase::kGoaway;
  if (draining_ && !waits && streams_.empty() && codec_->idle()) return client_.Finish();
  Rearm();
}

void HttpSession::Rearm() {
  if (phase_ == Phase::kGoaway) return;
  const bool reading = codec_ == nullptr ? !sniffer_.seen().empty() : codec_->reading();
  if (reading) {
    // From the first byte, however many follow.
    if (phase_ != Phase::kHeaders) client_.SetTimer(core_.timeouts().request_headers);
    phase_ = Phase::kHeaders;
  } else if (!streams_.empty()) {
    if (phase_ != Phase::kNone) client_.StopTimer();
    phase_ = Phase::kNone;
  } else {
    // Requests put it off; frames that belong to none do not.
    if (phase_ != Phase::kIdle) client_.SetTimer(core_.timeouts().connection_idle);
    phase_ = Phase::kIdle;
  }
}

void HttpSession::OnTimer() {
  switch (std::exchange(phase_, Phase::kNone)) {
    case Phase::kNone:
      return;
    case Phase::kIdle:
      client_.outcome().detail = "idle_timeout";
      if (http2_) GoAway();
      return client_.Finish();
    case Phase::kGoaway:
      GoAway();
      return AfterWork();
    case Phase::kHeaders:
      break;
  }
  if (codec_ == nullptr) Speak(/*http2=*/false);
  if (client_.ended()) return;
  if (const StreamKey key = codec_->Refuse(); key != 0) {
    Stream* stream = Find(key);
    (stream != nullptr ? *stream : Add(key))
        .TimedOut("request header timeout", "request_header_timeout");
  }
  AfterWork();
}

// Says once and for all which streams are the last.
void HttpSession::GoAway() {
  codec_->Drain();
  codec_->Drain();
  codec_->Flush();
}

void HttpSession::OnEnd() {
  if (codec_ == nullptr) Speak(/*http2=*/false);
  if (client_.ended()) return;
  codec_->PeerEnd();
  ByteSpan nothing;
  OnBytes(&nothing);
  if (client_.ended()) return;
  // Whoever has sent a whole request gets its answer; there is nobody else to wait for.
  if (streams_.empty()) client_.Finish();
}

void HttpSession::OnWritable() {
  if (codec_ == nullptr) return;
  for (size_t i = streams_.size(); i-- > 0;) {
    if (i < streams_.size()) streams_[i]->OnClientWritable();
  }
  AfterWork();
  Soon();
}

void HttpSession::OnDrain() {
  if (std::exchange(draining_, true)) return;
  if (codec_ == nullptr) {
    if (sniffer_.seen().empty()) client_.Finish();
    return;
  }
  codec_->Drain();
  codec_->Flush();
  const Duration goaway = core_.timeouts().goaway;
  if (http2_ && goaway == Duration::zero()) {
    GoAway();
  } else if (http2_) {
    phase_ = Phase::kGoaway;
    client_.SetTimer(goaway);
  }
  AfterWork();
}

void HttpSession::OnBroken(const absl::Status& /*why*/) {
  // Envoy's flag is the same, whichever side it was; its detail is not.
  EndStreams(ResponseFlag::kDC, client_.failed_locally() ? "downstream_local_disconnect"
                                                         : "downstream_remote_disconnect");
}

void HttpSession::EndStreams(ResponseFlag flag, std::string_view detail) {
  while (!streams_.empty()) streams_.back()->ClientGone(flag, detail);
}

void HttpSession::Soon() {
  if (!client_.ended()) client_.WorkSoon();
}

void HttpSession::HalfClose() { client_.SendEnd(); }

Stream* HttpSession::Find(StreamKey key) const {
  const auto found = std::ranges::lower_bound(streams_, key, {}, &Stream::key);
  return found == streams_.end() || (*found)->key() != key ? nullptr : found->get();
}

Stream& HttpSession::Add(StreamKey key) {
  streams_.push_back(core_.streams().Take(core_));
  Stream& stream = *streams_.back();
  stream.Attach(this, key);
  const uint32_t most = core_.limits().requests_per_connection;
  if (++client_.outcome().requests == most) OnDrain();
  Rearm();
  return stream;
}

void HttpSession::Done(Stream* stream) {
  const auto found = std::ranges::lower_bound(streams_, stream->key(), {}, &Stream::key);
  if (found == streams_.end() || found->get() != stream) return;
  std::unique_ptr<Stream> taken = std::move(*found);
  streams_.erase(found);
  core_.streams().Finish(core_, std::move(taken));
  if (streams_.empty()) client_.Trim();
  // Most often nothing waits behind an answer, and there is nothing to look at but the clock.
  Transport* transport = client_.transport();
  const bool waits =
      client_.input_waits() || (transport != nullptr && !transport->Plaintext().empty());
  if (http2_ || waits || draining_ || client_.ended() || codec_->finished()) return Soon();
  Rearm();
}

}  // namespace postern
