#include "lib/http/h2_codec.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "lib/http/h2_callbacks.h"
#include "lib/http/h2_error_code.h"
#include "lib/http/h2_preface.h"

namespace postern {

template <typename Side>
H2Codec<Side>::H2Codec(const CodecOptions* options, MessagePool* pool, OutputSink* out)
    : options_(options),
      pool_(pool),
      out_(out),
      session_(H2Callbacks<Side>::NewSession(this)),
      failed_(session_ == nullptr),
      budget_(options->h2_abuse_burst, options->h2_abuse_per_second),
      cutter_(kServer ? kH2Preface.size() : 0) {}

// nghttp2 closes no stream when its session is deleted.
template <typename Side>
H2Codec<Side>::~H2Codec() {
  for (auto& [id, stream] : streams_) pool_->Give(std::move(stream->head));
  nghttp2_session_del(session_);
}

template <typename Side>
typename H2Codec<Side>::Stream* H2Codec<Side>::Find(StreamKey stream) {
  const auto found = streams_.find(stream);
  return found == streams_.end() || found->second->dead ? nullptr : found->second.get();
}

template <typename Side>
typename H2Codec<Side>::Stream& H2Codec<Side>::Open(StreamKey id) {
  latest_ = id;
  budget_.StreamOpened();
  return *(streams_[id] = std::make_unique<Stream>());
}

template <typename Side>
nghttp2_data_provider H2Codec<Side>::source() {
  nghttp2_data_provider provider = {};
  provider.read_callback = H2Callbacks<Side>::Read;
  return provider;
}

template <typename Side>
CodecEvent H2Codec<Side>::Next(ByteSpan* input) {
  while (events_.empty() && !input->empty()) {
    if (failed_) {
      *input = {};
      break;
    }
    const H2FrameCutter::Piece piece = cutter_.Cut(input);
    if (piece.begins.has_value()) {
      flood_ = budget_.Frame(*piece.begins, now_);
      if (!flood_.empty()) {
        Fail(flood_, NGHTTP2_ENHANCE_YOUR_CALM);
        break;
      }
    }
    ByteSpan bytes = piece.bytes;
    // To nghttp2 a WINDOW_UPDATE by 0 is always an error of the connection. It is one of the stream
    // only, unless that is idle (RFC 9113 sections 5.1 and 6.9).
    if (const StreamKey id = piece.zero_update ? piece.begins->stream : 0;
        id % 2 == 1 && id <= latest_) {
      if (Stream* stream = Find(id); stream != nullptr) Malformed(id, stream);
      bytes = {};
    }
    const ssize_t taken = nghttp2_session_mem_recv(session_, bytes.data(), bytes.size());
    if (taken < 0) {
      const bool flood =
          taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS;
      FailByHand(flood ? "http2.inbound_frames_flood" : "http2.protocol_error",
                 flood                                   ? NGHTTP2_ENHANCE_YOUR_CALM
                 : taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC ? NGHTTP2_PROTOCOL_ERROR
                                                         : NGHTTP2_INTERNAL_ERROR);
      break;
    }
    Flush();
    if (!flood_.empty()) Fail(flood_, NGHTTP2_ENHANCE_YOUR_CALM);
  }
  if (events_.empty() && peer_ended_ && input->empty() && !failed_) {
    failed_ = true;
    Queue({.kind = Kind::kFailed, .reason = ResetReason::kConnectionLost});
  }
  if (events_.empty()) return {};
  CodecEvent event = std::move(events_.front());
  events_.pop_front();
  if (event.kind == Kind::kTrailers) {
    given_trailers_ = std::move(trailers_.front());
    trailers_.pop_front();
    event.trailers = given_trailers_->fields();
  }
  return event;
}

template <typename Side>
void H2Codec<Side>::Fail(std::string_view detail, uint32_t code) {
  if (failed_) return;
  failed_ = true;
  Queue({.kind = Kind::kFailed, .reason = ReasonOfH2(code), .detail = detail});
  nghttp2_session_terminate_session(session_, code);
  Flush();
}

// Says GOAWAY where nghttp2 no longer does, having given up.
template <typename Side>
void H2Codec<Side>::FailByHand(std::string_view detail, uint32_t code) {
  if (failed_) return;
  failed_ = true;
  const auto last = static_cast<uint32_t>(nghttp2_session_get_last_proc_stream_id(session_));
  std::array<char, 17> frame = {0, 0, 8, NGHTTP2_GOAWAY};
  for (int i = 0; i < 4; ++i) {
    frame[9 + i] = static_cast<char>(last >> (24 - 8 * i));
    frame[13 + i] = static_cast<char>(code >> (24 - 8 * i));
  }
  out_->Write({frame.data(), frame.size()});
  Queue({.kind = Kind::kFailed, .reason = ReasonOfH2(code), .detail = detail});
}

template <typename Side>
void H2Codec<Side>::Malformed(StreamKey id, Stream* stream) {
  if (stream->announced) {
    Queue({.kind = Kind::kReset, .stream = id, .reason = ResetReason::kProtocolError});
  }
  stream->dead = true;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, static_cast<int32_t>(id),
                            NGHTTP2_PROTOCOL_ERROR);
}

// A header block is complete: a head, or trailers.
template <typename Side>
void H2Codec<Side>::EndBlock(StreamKey id, bool end) {
  Stream* stream = Find(id);
  if (stream == nullptr) return;
  stream->received = end;
  if (stream->head != nullptr) return EndHead(id, stream, end);
  if (stream->too_large) return Malformed(id, stream);
  // Here they always may pass: CodecOptions::trailers is of HTTP/1.
  if (stream->trailers != nullptr && stream->trailers->size() > 0) {
    trailers_.push_back(std::move(stream->trailers));
    Queue({.kind = Kind::kTrailers, .stream = id});
  }
  Queue({.kind = Kind::kEnd, .stream = id});
}

// The window of stream `id`, or for 0 of all, has grown.
template <typename Side>
void H2Codec<Side>::Unblock(StreamKey id) {
  const auto unblock = [this](StreamKey key, Stream& stream) {
    if (!std::exchange(stream.blocked, false)) return;
    Queue({.kind = Kind::kWritable, .stream = key});
  };
  if (id != 0) {
    if (const auto found = streams_.find(id); found != streams_.end()) unblock(id, *found->second);
    return;
  }
  // Streams go on in their order, not that of a hash: the same bytes must lead to the same ones.
  std::vector<StreamKey> blocked;
  for (const auto& [key, stream] : streams_) {
    if (stream->blocked) blocked.push_back(key);
  }
  std::ranges::sort(blocked);
  for (const StreamKey key : blocked) unblock(key, *streams_[key]);
}

template <typename Side>
void H2Codec<Side>::Close(StreamKey id, uint32_t code) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  Stream& stream = *found->second;
  if (stream.unconsumed > 0) nghttp2_session_consume_connection(session_, stream.unconsumed);
  pool_->Give(std::move(stream.head));
  // A server is done once it has answered, a client once it has the answer.
  if (stream.announced && !stream.dead && !(kServer ? stream.sent : stream.received)) {
    Queue({.kind = Kind::kReset,
           .stream = id,
           .reason = ReasonOfH2(code),
           .by_peer = stream.peer_reset});
  }
  streams_.erase(found);
}

template <typename Side>
size_t H2Codec<Side>::SendData(StreamKey id, ByteSpan bytes, bool end) {
  Stream* stream = Find(id);
  if (stream == nullptr || !stream->begun || stream->ending || failed_) return bytes.size();
  stream->pending = bytes;
  stream->end = end;
  nghttp2_session_resume_data(session_, static_cast<int32_t>(id));
  Flush();
  stream = Find(id);
  if (stream == nullptr) return bytes.size();
  const size_t taken = bytes.size() - stream->pending.size();
  stream->pending = {};
  if (taken == bytes.size()) {
    stream->ending = end;
  } else {
    stream->end = false;
    stream->blocked = true;
  }
  return taken;
}

template <typename Side>
void H2Codec<Side>::SendTrailers(StreamKey id, std::span<const HeaderView> trailers) {
  Stream* stream = Find(id);
  if (stream == nullptr || !stream->begun || stream->ending || failed_) return;
  if (!trailers.empty()) {
    stream->trailers_out = std::make_unique<HeaderList>();
    for (const HeaderView& field : trailers) stream->trailers_out->AddCopy(field.name, field.value);
  }
  SendData(id, {}, true);
}

template <typename Side>
void H2Codec<Side>::Reset(StreamKey id, ResetReason reason) {
  Stream* stream = Find(id);
  if (stream == nullptr || failed_) return;
  stream->dead = true;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, static_cast<int32_t>(id),
                            H2CodeOf(reason));
  Flush();
}

template <typename Side>
void H2Codec<Side>::Consumed(StreamKey id, size_t bytes) {
  Stream* stream = Find(id);
  if (stream == nullptr || failed_) return;  // Close has given its bytes back.
  bytes = std::min(bytes, stream->unconsumed);
  stream->unconsumed -= bytes;
  nghttp2_session_consume(session_, static_cast<int32_t>(id), bytes);
}

template <typename Side>
void H2Codec<Side>::Flush() {
  if (session_ == nullptr) return;
  while (true) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) break;
    out_->Write(AsText({bytes, static_cast<size_t>(size)}));
  }
}

template <typename Side>
bool H2Codec<Side>::finished() const {
  if (failed_ || session_ == nullptr) return true;
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

template class H2Codec<ServerCodec>;
template class H2Codec<ClientCodec>;

}  // namespace postern
