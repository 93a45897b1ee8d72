#include "lib/http/h2_server_codec.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "lib/http/h2_error_code.h"
#include "lib/http/h2_request_rules.h"
#include "lib/http/h2_server_callbacks.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

std::string_view Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

std::array<char, 3> StatusText(int status) {
  return {static_cast<char>('0' + status / 100 % 10), static_cast<char>('0' + status / 10 % 10),
          static_cast<char>('0' + status % 10)};
}

}  // namespace

H2ServerCodec::H2ServerCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out)
    : options_(options),
      pool_(pool),
      out_(out),
      session_(H2ServerCallbacks::NewSession(this)),
      budget_(options->h2_abuse_burst, options->h2_abuse_per_second),
      failed_(session_ == nullptr) {}

// nghttp2 closes no stream when its session is deleted.
H2ServerCodec::~H2ServerCodec() {
  for (auto& [id, stream] : streams_) pool_->Give(std::move(stream->head));
  nghttp2_session_del(session_);
}

H2ServerCodec::Stream* H2ServerCodec::Find(StreamKey stream) {
  const auto found = streams_.find(stream);
  return found == streams_.end() || found->second->dead ? nullptr : found->second.get();
}

CodecEvent H2ServerCodec::Next(ByteSpan* input) {
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
    if (const auto found = streams_.find(event.stream); found != streams_.end()) {
      given_trailers_ = std::move(found->second->trailers);
    }
    if (given_trailers_ != nullptr) event.trailers = given_trailers_->fields();
  }
  return event;
}

void H2ServerCodec::Fail(std::string_view detail, uint32_t code) {
  if (failed_) return;
  failed_ = true;
  Queue({.kind = Kind::kFailed, .reason = ReasonOfH2(code), .detail = detail});
  nghttp2_session_terminate_session(session_, code);
  Flush();
}

// Says GOAWAY where nghttp2 no longer does, having given up.
void H2ServerCodec::FailByHand(std::string_view detail, uint32_t code) {
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

void H2ServerCodec::Malformed(StreamKey id, Stream* stream) {
  if (stream->announced) {
    Queue({.kind = Kind::kReset, .stream = id, .reason = ResetReason::kProtocolError});
  }
  stream->dead = true;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, static_cast<int32_t>(id),
                            NGHTTP2_PROTOCOL_ERROR);
}

// A header block is complete: the head of a request, or its trailers.
void H2ServerCodec::EndHead(StreamKey id, bool end) {
  Stream* stream = Find(id);
  if (stream == nullptr) return;
  stream->request_done = end;
  if (stream->head == nullptr) {
    if (stream->too_large) return Malformed(id, stream);
    // Here they always may pass: CodecOptions::trailers is of HTTP/1.
    const bool any = stream->trailers != nullptr && stream->trailers->size() > 0;
    if (any) Queue({.kind = Kind::kTrailers, .stream = id});
    Queue({.kind = Kind::kEnd, .stream = id});
    return;
  }
  RequestMessage& head = *stream->head;
  head.has_body = !end;
  head.wire_bytes = stream->header_bytes;
  stream->announced = true;
  stream->bodiless = head.method == "HEAD";
  std::optional<Refusal> refusal;
  if (stream->too_large) {
    const bool many = stream->header_count > options_->header_count;
    refusal = Refusal{.status = 431,
                      .detail = many ? "http2.too_many_headers" : "http2.headers_too_large",
                      .codec_error = true,
                      .close = false};
  } else {
    refusal = ReadH2Request(stream->protocol, *options_, &head);
  }
  stream->header_bytes = stream->header_count = 0;
  CodecEvent event = {
      .kind = Kind::kRequest, .stream = id, .end = end, .request = std::move(stream->head)};
  if (refusal) {
    event.kind = Kind::kRefused;
    event.refusal = *refusal;
  }
  Queue(std::move(event));
}

// The window of stream `id`, or for 0 of all, has grown.
void H2ServerCodec::Unblock(StreamKey id) {
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

void H2ServerCodec::Close(StreamKey id, uint32_t code) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  Stream& stream = *found->second;
  if (stream.unconsumed > 0) nghttp2_session_consume_connection(session_, stream.unconsumed);
  pool_->Give(std::move(stream.head));
  if (stream.announced && !stream.dead && !stream.response_done) {
    Queue({.kind = Kind::kReset, .stream = id, .reason = ReasonOfH2(code)});
  }
  streams_.erase(found);
}

void H2ServerCodec::SetFields(std::string_view status, std::span<const HeaderView> headers) {
  fields_.Begin();
  fields_.AddPseudo(":status", status);
  fields_.Add(headers);
}

void H2ServerCodec::SendInterim(StreamKey id, int status, std::span<const HeaderView> headers) {
  const Stream* stream = Find(id);
  if (stream == nullptr || stream->response_begun || failed_) return;
  const auto text = StatusText(status);
  SetFields({text.data(), text.size()}, headers);
  nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, static_cast<int32_t>(id), nullptr,
                         fields_.data(), fields_.size(), nullptr);
  Flush();
}

void H2ServerCodec::SendResponse(StreamKey id, const ResponseOut& response, bool end) {
  Stream* stream = Find(id);
  if (stream == nullptr || stream->response_begun || failed_) return;
  if (stream->bodiless || response.status == 204 || response.status == 304) end = true;
  stream->response_begun = true;
  stream->response_ending = end;
  // 101 does not exist in HTTP/2: an extended CONNECT is answered 200 (RFC 8441 section 5).
  const auto text = StatusText(response.status == 101 ? 200 : response.status);
  SetFields({text.data(), text.size()}, response.headers);
  nghttp2_data_provider provider = {};
  provider.read_callback = H2ServerCallbacks::Read;
  nghttp2_submit_response(session_, static_cast<int32_t>(id), fields_.data(), fields_.size(),
                          end ? nullptr : &provider);
  Flush();
}

// No stream begins while the head of another comes in.
bool H2ServerCodec::reading() const {
  const auto found = streams_.find(latest_);
  return found != streams_.end() && found->second->head != nullptr;
}

StreamKey H2ServerCodec::Refuse() {
  if (reading()) Reset(latest_, ResetReason::kRefused);
  return 0;
}

size_t H2ServerCodec::SendData(StreamKey id, ByteSpan bytes, bool end) {
  Stream* stream = Find(id);
  if (stream == nullptr || !stream->response_begun || stream->response_ending || failed_) {
    return bytes.size();
  }
  stream->pending = bytes;
  stream->end = end;
  nghttp2_session_resume_data(session_, static_cast<int32_t>(id));
  Flush();
  stream = Find(id);
  if (stream == nullptr) return bytes.size();
  const size_t taken = bytes.size() - stream->pending.size();
  stream->pending = {};
  if (taken == bytes.size()) {
    stream->response_ending = end;
  } else {
    stream->end = false;
    stream->blocked = true;
  }
  return taken;
}

void H2ServerCodec::SendTrailers(StreamKey id, std::span<const HeaderView> trailers) {
  Stream* stream = Find(id);
  if (stream == nullptr || !stream->response_begun || stream->response_ending || failed_) return;
  if (!trailers.empty()) {
    stream->trailers_out = std::make_unique<HeaderList>();
    for (const HeaderView& field : trailers) stream->trailers_out->AddCopy(field.name, field.value);
  }
  SendData(id, {}, true);
}

void H2ServerCodec::Reset(StreamKey id, ResetReason reason) {
  Stream* stream = Find(id);
  if (stream == nullptr || failed_) return;
  stream->dead = true;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, static_cast<int32_t>(id),
                            H2CodeOf(reason));
  Flush();
}

void H2ServerCodec::Consumed(StreamKey id, size_t bytes) {
  Stream* stream = Find(id);
  if (stream == nullptr || failed_) return;  // Close has given its bytes back.
  bytes = std::min(bytes, stream->unconsumed);
  stream->unconsumed -= bytes;
  nghttp2_session_consume(session_, static_cast<int32_t>(id), bytes);
}

void H2ServerCodec::Drain() {
  if (failed_) return;
  if (!draining_) {
    draining_ = true;
    nghttp2_submit_shutdown_notice(session_);
  } else {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                          nullptr, 0);
  }
  Flush();
}

void H2ServerCodec::Flush() {
  if (session_ == nullptr) return;
  while (true) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) break;
    out_->Write(Text(bytes, static_cast<size_t>(size)));
  }
}

bool H2ServerCodec::finished() const {
  if (failed_ || session_ == nullptr) return true;
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

}  // namespace postern
