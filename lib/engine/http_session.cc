#include "lib/engine/http_session.h"

#include <algorithm>
#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/stats_book.h"
#include "lib/engine/stream.h"
#include "lib/http/client_cert_field.h"
#include "lib/http/forwarded.h"
#include "lib/http/h1_server_codec.h"

namespace postern {

HttpSession::HttpSession(ClientConnection& client) : client_(client), core_(client.core()) {
  const PeerInfo& peer = *client.info().peer;
  remote_ip_ = IpText(peer.remote);
  local_ip_ = IpText(peer.local);
  if (const PeerCertificate* shown = client.info().certificate; shown != nullptr) {
    ClientCertFacts facts;
    facts.sha256 = shown->sha256;
    facts.subject = shown->subject;
    facts.uris = shown->uris;
    facts.dns_names = shown->dns_names;
    certificate_element_ = ClientCertElement(facts);
  }
  Choose();
  Rearm();
}

HttpSession::~HttpSession() = default;

void HttpSession::Choose() {
  codec_ = std::make_unique<H1ServerCodec>(&core_.server_codec_options(client_.tls()),
                                           &core_.messages(), &client_.sink());
}

bool HttpSession::OnBytes(ByteSpan* bytes) {
  codec_->SetTime(core_.now());
  uint32_t messages = 0;
  const uint32_t most = core_.limits().messages_per_call;
  bool again = false;
  while (!client_.ended()) {
    // The codec is not asked for what its stream could not take.
    if (std::ranges::any_of(streams_, [](const auto& stream) { return stream->full(); })) break;
    CodecEvent event = codec_->Next(bytes);
    if (event.kind == CodecEvent::Kind::kNone) break;
    const bool head = event.kind == CodecEvent::Kind::kRequest;
    Handle(event);
    if (head && most != 0 && ++messages >= most) {
      again = true;
      break;
    }
  }
  if (client_.ended()) return false;
  codec_->Flush();
  AfterWork();
  return again && !client_.ended();
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
      if (stream != nullptr) stream->ClientGone(ResponseFlag::kDC, "downstream_remote_disconnect");
      break;
    case Kind::kWritable:
      if (stream != nullptr) stream->OnClientRoom();
      break;
    case Kind::kFailed:
      client_.outcome().detail = event.detail;
      client_.outcome().Flag(ResponseFlag::kDPE);
      if (event.reason == ResetReason::kEnhanceYourCalm) core_.stats().Flood();
      for (size_t i = streams_.size(); i-- > 0;) {
        if (i < streams_.size()) {
          streams_[i]->ClientGone(ResponseFlag::kDC, "downstream_remote_disconnect");
        }
      }
      client_.Finish();
      break;
    default:
      break;
  }
}

void HttpSession::AfterWork() {
  if (client_.ended()) return;
  if (codec_->finished() && streams_.empty()) return client_.Finish();
  if (draining_ && streams_.empty() && codec_->idle()) return client_.Finish();
  Rearm();
}

void HttpSession::Rearm() {
  if (!streams_.empty()) {
    if (phase_ != Phase::kNone) client_.StopTimer();
    phase_ = Phase::kNone;
  } else if (codec_->idle()) {
    // Put off with each request: one store.
    phase_ = Phase::kIdle;
    client_.SetTimer(core_.timeouts().connection_idle);
  } else if (phase_ != Phase::kHeaders) {
    // From the first byte, however many follow.
    phase_ = Phase::kHeaders;
    client_.SetTimer(core_.timeouts().request_headers);
  }
}

void HttpSession::OnTimer() {
  if (phase_ == Phase::kIdle) {
    client_.outcome().detail = "idle_timeout";
    return client_.Finish();
  }
  if (phase_ != Phase::kHeaders) return;
  phase_ = Phase::kNone;
  const StreamKey key = codec_->Refuse();
  if (key == 0) return client_.Finish();
  Stream* stream = Find(key);
  (stream != nullptr ? *stream : Add(key))
      .TimedOut("request header timeout", "request_header_timeout");
  AfterWork();
}

void HttpSession::OnEnd() {
  codec_->PeerEnd();
  ByteSpan nothing;
  OnBytes(&nothing);
  if (client_.ended()) return;
  // Whoever has sent a whole request gets its answer; there is nobody else to wait for.
  if (streams_.empty()) client_.Finish();
}

void HttpSession::OnOutputLow() {
  for (size_t i = streams_.size(); i-- > 0;) {
    if (i < streams_.size()) streams_[i]->OnClientRoom();
  }
  AfterWork();
}

void HttpSession::OnDrain() {
  draining_ = true;
  codec_->Drain();
  codec_->Flush();
  AfterWork();
}

void HttpSession::OnBroken(const absl::Status& /*why*/) {
  while (!streams_.empty()) {
    streams_.back()->ClientGone(ResponseFlag::kDC, "downstream_remote_disconnect");
  }
}

void HttpSession::Soon() {
  if (!client_.ended()) client_.WorkSoon();
}

void HttpSession::HalfClose() { client_.SendEnd(); }

Stream* HttpSession::Find(StreamKey key) const {
  const auto found =
      std::ranges::find_if(streams_, [key](const auto& stream) { return stream->key() == key; });
  return found == streams_.end() ? nullptr : found->get();
}

Stream& HttpSession::Add(StreamKey key) {
  const uint32_t most = core_.limits().requests_per_connection;
  if (++client_.outcome().requests == most) codec_->Drain();
  streams_.push_back(core_.streams().Take(core_));
  streams_.back()->Attach(this, key);
  Rearm();
  return *streams_.back();
}

void HttpSession::Done(Stream* stream) {
  const auto found =
      std::ranges::find_if(streams_, [stream](const auto& own) { return own.get() == stream; });
  if (found == streams_.end()) return;
  std::unique_ptr<Stream> taken = std::move(*found);
  *found = std::move(streams_.back());
  streams_.pop_back();
  core_.streams().Finish(core_, std::move(taken));
  if (streams_.empty()) client_.Trim();
  Soon();
}

}  // namespace postern
