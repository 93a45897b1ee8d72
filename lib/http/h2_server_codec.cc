#include "lib/http/h2_server_codec.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/http/field_rules.h"
#include "lib/http/h2_request_rules.h"
#include "lib/http/message_rules.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

constexpr size_t kFrameHead = 9;
constexpr size_t kFieldOverhead = 32;  // RFC 9113 section 6.5.2.

std::string_view Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

uint32_t CodeOf(ResetReason reason) {
  switch (reason) {
    case ResetReason::kNone:
      return NGHTTP2_NO_ERROR;
    case ResetReason::kProtocolError:
      return NGHTTP2_PROTOCOL_ERROR;
    case ResetReason::kRefused:
      return NGHTTP2_REFUSED_STREAM;
    case ResetReason::kCancelled:
      return NGHTTP2_CANCEL;
    case ResetReason::kConnectError:
      return NGHTTP2_CONNECT_ERROR;
    case ResetReason::kFlowControl:
      return NGHTTP2_FLOW_CONTROL_ERROR;
    case ResetReason::kEnhanceYourCalm:
      return NGHTTP2_ENHANCE_YOUR_CALM;
    case ResetReason::kInternalError:
    case ResetReason::kConnectionLost:
      return NGHTTP2_INTERNAL_ERROR;
  }
  return NGHTTP2_INTERNAL_ERROR;
}

ResetReason ReasonOf(uint32_t code) {
  switch (code) {
    case NGHTTP2_NO_ERROR:
      return ResetReason::kNone;
    case NGHTTP2_PROTOCOL_ERROR:
      return ResetReason::kProtocolError;
    case NGHTTP2_REFUSED_STREAM:
      return ResetReason::kRefused;
    case NGHTTP2_CANCEL:
      return ResetReason::kCancelled;
    case NGHTTP2_CONNECT_ERROR:
      return ResetReason::kConnectError;
    case NGHTTP2_FLOW_CONTROL_ERROR:
      return ResetReason::kFlowControl;
    case NGHTTP2_ENHANCE_YOUR_CALM:
      return ResetReason::kEnhanceYourCalm;
    default:
      return ResetReason::kInternalError;
  }
}

nghttp2_nv Field(std::string_view name, std::string_view value) {
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

// Returns whether a field may stand in HTTP/2: nghttp2 sends whatever it is given.
bool MayStand(const HeaderView& field) {
  return IsFieldName(field.name) && IsFieldValue(field.value) && field.name != "connection" &&
         field.name != "keep-alive" && field.name != "proxy-connection" &&
         field.name != "transfer-encoding" && field.name != "upgrade";
}

// Returns the fields as nghttp2 takes them, behind :status unless `status` is empty.
std::vector<nghttp2_nv> Fields(std::string_view status, std::span<const HeaderView> headers) {
  std::vector<nghttp2_nv> fields;
  fields.reserve(headers.size() + 1);
  if (!status.empty()) fields.push_back(Field(":status", status));
  for (const HeaderView& header : headers) {
    if (MayStand(header)) fields.push_back(Field(header.name, header.value));
  }
  return fields;
}

std::array<char, 3> StatusText(int status) {
  return {static_cast<char>('0' + status / 100 % 10), static_cast<char>('0' + status / 10 % 10),
          static_cast<char>('0' + status % 10)};
}

}  // namespace

// H2ServerCallbacks is what nghttp2 calls. They change the codec's own state and submit frames;
// nothing else may be called from them.
struct H2ServerCallbacks {
  using Codec = H2ServerCodec;
  using Stream = H2ServerCodec::Stream;

  static Codec& Self(void* user) { return *static_cast<Codec*>(user); }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Codec& self = Self(user);
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    auto stream = std::make_unique<Stream>();
    stream->head = self.pool_->TakeRequest();
    stream->head->version = HttpVersion::kHttp2;
    self.streams_[static_cast<StreamKey>(frame->hd.stream_id)] = std::move(stream);
    self.budget_.StreamOpened();
    return 0;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* user) {
    Codec& self = Self(user);
    const auto id = static_cast<StreamKey>(frame->hd.stream_id);
    Stream* stream = self.Find(id);
    if (stream == nullptr) return 0;
    Count(self, stream, name_size, value_size);
    if (stream->too_large) return 0;
    const std::string_view key = Text(name, name_size), text = Text(value, value_size);
    if (!key.starts_with(':') && (!IsFieldName(key) || !IsFieldValue(text))) {
      self.Malformed(id, stream);
      return 0;
    }
    if (stream->head == nullptr) {
      if (stream->trailers == nullptr) stream->trailers = std::make_unique<HeaderList>();
      if (MayBeTrailer(key)) stream->trailers->AddCopy(key, text);
      return 0;
    }
    RequestMessage& head = *stream->head;
    const auto copy = [&] { return head.headers.text().Copy(text); };
    if (key == ":method") {
      head.method = copy();
    } else if (key == ":scheme") {
      head.scheme = copy();
    } else if (key == ":authority") {
      head.authority = copy();
    } else if (key == ":path") {
      head.path = copy();
    } else if (key == ":protocol") {
      stream->protocol = copy();
    } else {
      head.headers.AddCopy(key, text);
    }
    return 0;
  }

  // nghttp2 would drop the field and go on.
  static int OnInvalidHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t*,
                             size_t name_size, const uint8_t*, size_t value_size, uint8_t,
                             void* user) {
    Codec& self = Self(user);
    const auto id = static_cast<StreamKey>(frame->hd.stream_id);
    if (Stream* stream = self.Find(id); stream != nullptr) {
      Count(self, stream, name_size, value_size);
      self.Malformed(id, stream);
    }
    return 0;
  }

  // Counts every field, whatever becomes of it: what is over the limit is not kept, and a peer that
  // makes us decode twice as many bytes as the limit loses its connection.
  static void Count(Codec& self, Stream* stream, size_t name_size, size_t value_size) {
    stream->header_bytes += name_size + value_size + kFieldOverhead;
    ++stream->header_count;
    if (stream->header_bytes > self.options_->header_bytes ||
        stream->header_count > self.options_->header_count) {
      stream->too_large = true;
    }
    const size_t decoded = stream->header_bytes - kFieldOverhead * stream->header_count;
    if (decoded > 2 * self.options_->header_bytes) {
      self.flood_ = "http2.header_overflow";
    }
  }

  static int OnFrameRecv(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Codec& self = Self(user);
    const auto id = static_cast<StreamKey>(frame->hd.stream_id);
    const bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
        self.EndHead(id, end);
        break;
      case NGHTTP2_DATA:
        if (Stream* stream = self.Find(id); end && stream != nullptr) {
          stream->request_done = true;
          self.Queue({.kind = Kind::kEnd, .stream = id});
        }
        break;
      case NGHTTP2_RST_STREAM:
        if (self.flood_.empty()) self.flood_ = self.budget_.Reset(self.now_);
        break;
      case NGHTTP2_WINDOW_UPDATE:
      case NGHTTP2_SETTINGS:
        for (auto& [key, stream] : self.streams_) {
          if (!stream->blocked || (id != 0 && id != key)) continue;
          stream->blocked = false;
          self.Queue({.kind = Kind::kWritable, .stream = key});
        }
        break;
      default:
        break;
    }
    return 0;
  }

  static int OnData(nghttp2_session* session, uint8_t, int32_t stream_id, const uint8_t* bytes,
                    size_t size, void* user) {
    Codec& self = Self(user);
    const auto id = static_cast<StreamKey>(stream_id);
    Stream* stream = self.Find(id);
    if (stream == nullptr || stream->response_done) {
      nghttp2_session_consume_connection(session, size);
      return 0;
    }
    stream->unconsumed += size;
    if (size > 0) self.Queue({.kind = Kind::kData, .stream = id, .data = {bytes, size}});
    return 0;
  }

  static int OnFrameSend(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Codec& self = Self(user);
    const auto id = static_cast<StreamKey>(frame->hd.stream_id);
    switch (frame->hd.type) {
      case NGHTTP2_RST_STREAM:
        // NO_ERROR is the end of an early answer, not of a failure.
        if (frame->rst_stream.error_code != NGHTTP2_NO_ERROR && self.flood_.empty()) {
          self.flood_ = self.budget_.Reset(self.now_);
        }
        break;
      case NGHTTP2_GOAWAY:
        if (frame->goaway.error_code != NGHTTP2_NO_ERROR && !self.failed_) {
          self.failed_ = true;
          self.Queue({.kind = Kind::kFailed, .detail = "http2.protocol_error"});
        }
        break;
      case NGHTTP2_DATA:
        self.budget_.DataSent();
        [[fallthrough]];
      case NGHTTP2_HEADERS:
        if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) break;
        if (Stream* stream = self.Find(id); stream != nullptr) {
          stream->response_done = true;
          if (!stream->request_done) {  // Answered early: the rest is not wanted.
            nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                      NGHTTP2_NO_ERROR);
          }
        }
        break;
      default:
        break;
    }
    return 0;
  }

  static int OnStreamClose(nghttp2_session*, int32_t stream_id, uint32_t code, void* user) {
    Self(user).Close(static_cast<StreamKey>(stream_id), code);
    return 0;
  }

  static ssize_t Read(nghttp2_session* session, int32_t stream_id, uint8_t*, size_t length,
                      uint32_t* flags, nghttp2_data_source*, void* user) {
    Stream* stream = Self(user).Find(static_cast<StreamKey>(stream_id));
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const size_t size = std::min(length, stream->pending.size());
    const bool last = stream->end && size == stream->pending.size();
    if (size == 0 && !last) return NGHTTP2_ERR_DEFERRED;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (last) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      stream->end = false;
      if (stream->trailers_out != nullptr) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const auto fields = Fields({}, stream->trailers_out->fields());
        nghttp2_submit_trailer(session, stream_id, fields.data(), fields.size());
      }
    }
    return static_cast<ssize_t>(size);
  }

  static int SendData(nghttp2_session*, nghttp2_frame* frame, const uint8_t* head, size_t length,
                      nghttp2_data_source*, void* user) {
    Codec& self = Self(user);
    Stream* stream = self.Find(static_cast<StreamKey>(frame->hd.stream_id));
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    self.out_->Write(Text(head, kFrameHead));
    if (length > 0) self.out_->Lend(stream->pending.first(length));
    stream->pending = stream->pending.subspan(length);
    return 0;
  }
};

H2ServerCodec::H2ServerCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out)
    : options_(options),
      pool_(pool),
      out_(out),
      budget_(options->h2_abuse_burst, options->h2_abuse_per_second) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&option) != 0) {
    nghttp2_session_callbacks_del(callbacks);
    failed_ = true;
    return;
  }
  using C = H2ServerCallbacks;
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, C::OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, C::OnHeader);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, C::OnInvalidHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, C::OnFrameRecv);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, C::OnData);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, C::OnFrameSend);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, C::OnStreamClose);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, C::SendData);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  // nghttp2 counts a CONTINUATION once for each part it comes in: the budget counts.
  nghttp2_option_set_max_continuations(option, SIZE_MAX);
  nghttp2_option_set_max_outbound_ack(option, 1000);
  nghttp2_option_set_max_send_header_block_length(option, 1 << 20);
  // The budget has the last word on resets: nghttp2's own bucket reads the system's clock.
  nghttp2_option_set_stream_reset_rate_limit(option, UINT64_MAX, UINT64_MAX);
  if (nghttp2_session_server_new2(&session_, callbacks, this, option) != 0) failed_ = true;
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  if (session_ == nullptr) return;
  const std::array<nghttp2_settings_entry, 4> settings = {
      {{NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 4096},
       {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, options->h2_connect_protocol ? 1u : 0u},
       {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options->h2_streams},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options->h2_stream_window}}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<int32_t>(options->h2_connection_window));
}

// nghttp2 closes no stream when its session is deleted.
H2ServerCodec::~H2ServerCodec() {
  for (auto& [id, stream] : streams_) pool_->Give(std::move(stream->head));
  nghttp2_session_del(session_);
}

H2ServerCodec::Stream* H2ServerCodec::Find(StreamKey stream) {
  const auto found = streams_.find(stream);
  return found == streams_.end() || found->second->dead ? nullptr : found->second.get();
}

// Takes from `input` what is missing of a frame's head, and of a WINDOW_UPDATE's increment. Returns
// whether it is whole.
bool H2ServerCodec::CollectHead(ByteSpan* input) {
  const auto fill = [&](size_t wanted) {
    const size_t size = std::min(wanted - frame_head_size_, input->size());
    std::copy_n(input->begin(), size, frame_head_.begin() + frame_head_size_);
    frame_head_size_ += size;
    *input = input->subspan(size);
    return frame_head_size_ == wanted;
  };
  if (frame_head_size_ < kFrameHead && !fill(kFrameHead)) return false;
  const FrameHead head = ReadHead();
  const bool update = head.type == NGHTTP2_WINDOW_UPDATE && head.length == 4;
  return !update || fill(frame_head_.size());
}

FrameHead H2ServerCodec::ReadHead() const {
  const auto& h = frame_head_;
  FrameHead head;
  head.length = static_cast<uint32_t>(h[0] << 16 | h[1] << 8 | h[2]);
  head.type = h[3];
  head.flags = h[4];
  head.stream = (static_cast<uint32_t>(h[5]) << 24 | h[6] << 16 | h[7] << 8 | h[8]) & INT32_MAX;
  return head;
}

// Returns whether the head under way is a WINDOW_UPDATE of a stream by 0: the stream's error, for
// which nghttp2 would end the connection (RFC 9113 section 6.9).
bool H2ServerCodec::IsZeroUpdate(const FrameHead& head) const {
  const auto& h = frame_head_;
  return head.type == NGHTTP2_WINDOW_UPDATE && head.length == 4 && head.stream != 0 &&
         ((h[9] & 0x7f) | h[10] | h[11] | h[12]) == 0;
}

// Takes from `input` what nghttp2 is to see next; nothing while a frame's head is not whole. It
// sees no more than one frame at once, so that the events of one are taken before the next is
// looked at.
ByteSpan H2ServerCodec::TakePiece(ByteSpan* input) {
  size_t& left = preface_left_ > 0 ? preface_left_ : frame_left_;
  if (left > 0) {
    const ByteSpan piece = input->first(std::min(left, input->size()));
    *input = input->subspan(piece.size());
    left -= piece.size();
    return piece;
  }
  if (!CollectHead(input)) return {};
  const FrameHead head = ReadHead();
  const size_t size = std::exchange(frame_head_size_, 0);
  frame_left_ = head.length - (size - kFrameHead);
  flood_ = budget_.Frame(head, now_);
  if (IsZeroUpdate(head)) {
    if (Stream* stream = Find(head.stream); stream != nullptr) Malformed(head.stream, stream);
    return {};
  }
  return ByteSpan(frame_head_).first(size);
}

CodecEvent H2ServerCodec::Next(ByteSpan* input) {
  while (events_.empty() && !input->empty()) {
    if (failed_) {
      *input = {};
      break;
    }
    const ByteSpan piece = TakePiece(input);
    if (!flood_.empty()) {
      Fail(flood_, NGHTTP2_ENHANCE_YOUR_CALM);
      break;
    }
    const ssize_t taken = nghttp2_session_mem_recv(session_, piece.data(), piece.size());
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
  Queue({.kind = Kind::kFailed, .reason = ReasonOf(code), .detail = detail});
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
  Queue({.kind = Kind::kFailed, .reason = ReasonOf(code), .detail = detail});
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
    const bool any = stream->trailers != nullptr && stream->trailers->size() > 0;
    if (any && options_->trailers) Queue({.kind = Kind::kTrailers, .stream = id});
    Queue({.kind = Kind::kEnd, .stream = id});
    return;
  }
  RequestMessage& head = *stream->head;
  head.has_body = !end;
  head.wire_bytes = stream->header_bytes;
  stream->announced = true;
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
  stream->tunnel = !head.upgrade.empty();
  CodecEvent event = {
      .kind = Kind::kRequest, .stream = id, .end = end, .request = std::move(stream->head)};
  if (refusal) {
    event.kind = Kind::kRefused;
    event.refusal = *refusal;
  }
  Queue(std::move(event));
}

void H2ServerCodec::Close(StreamKey id, uint32_t code) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  Stream& stream = *found->second;
  if (stream.unconsumed > 0) nghttp2_session_consume_connection(session_, stream.unconsumed);
  pool_->Give(std::move(stream.head));
  if (stream.announced && !stream.dead && !stream.response_done) {
    Queue({.kind = Kind::kReset, .stream = id, .reason = ReasonOf(code)});
  }
  streams_.erase(found);
}

void H2ServerCodec::SendInterim(StreamKey id, int status, std::span<const HeaderView> headers) {
  const Stream* stream = Find(id);
  if (stream == nullptr || stream->response_begun || failed_) return;
  const auto text = StatusText(status);
  const auto fields = Fields({text.data(), text.size()}, headers);
  nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, static_cast<int32_t>(id), nullptr,
                         fields.data(), fields.size(), nullptr);
  Flush();
}

void H2ServerCodec::SendResponse(StreamKey id, const ResponseOut& response, bool end) {
  Stream* stream = Find(id);
  if (stream == nullptr || stream->response_begun || failed_) return;
  stream->response_begun = true;
  stream->response_ending = end;
  // 101 does not exist in HTTP/2: an extended CONNECT is answered 200 (RFC 8441 section 5).
  const auto text = StatusText(response.status == 101 ? 200 : response.status);
  const auto fields = Fields({text.data(), text.size()}, response.headers);
  nghttp2_data_provider provider = {};
  provider.read_callback = H2ServerCallbacks::Read;
  nghttp2_submit_response(session_, static_cast<int32_t>(id), fields.data(), fields.size(),
                          end ? nullptr : &provider);
  Flush();
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
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, static_cast<int32_t>(id), CodeOf(reason));
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

// nghttp2 does not tell what it has allocated: an estimate, 2 KiB and 0.5 KiB a stream.
size_t H2ServerCodec::memory() const {
  size_t bytes = sizeof(*this) + 2048;
  for (const auto& [id, stream] : streams_) {
    bytes += sizeof(*stream) + 512;
    if (stream->head != nullptr) bytes += stream->head->headers.capacity();
  }
  return bytes;
}

}  // namespace postern
