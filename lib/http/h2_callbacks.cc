#include "lib/http/h2_callbacks.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "lib/http/field_rules.h"
#include "lib/http/message_rules.h"

namespace postern {
namespace {

constexpr size_t kFrameHead = 9;
constexpr size_t kFieldOverhead = 32;  // RFC 9113 section 6.5.2.

std::string_view Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

template <typename Side>
nghttp2_session* H2Callbacks<Side>::NewSession(Codec* codec) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&option) != 0) {
    nghttp2_session_callbacks_del(callbacks);
    return nullptr;
  }
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, OnInvalidHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrameRecv);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, OnFrameSend);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnStreamClose);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, SendData);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  // nghttp2 counts a CONTINUATION once for each part it comes in: the budget counts.
  nghttp2_option_set_max_continuations(option, SIZE_MAX);
  nghttp2_option_set_max_outbound_ack(option, 1000);
  nghttp2_option_set_max_send_header_block_length(option, 1 << 20);
  // The budget has the last word on resets: nghttp2's own bucket reads the system's clock.
  nghttp2_option_set_stream_reset_rate_limit(option, UINT64_MAX, UINT64_MAX);
  nghttp2_session* session = nullptr;
  const auto make = Codec::kServer ? nghttp2_session_server_new2 : nghttp2_session_client_new2;
  if (make(&session, callbacks, codec, option) != 0) session = nullptr;
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  if (session == nullptr) return nullptr;
  const CodecOptions& options = *codec->options_;
  const std::array<nghttp2_settings_entry, 4> settings = {
      {{NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 4096},
       Codec::kServer ? nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL,
                                               options.h2_connect_protocol ? 1u : 0u}
                      : nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
       {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.h2_streams},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.h2_stream_window}}};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<int32_t>(options.h2_connection_window));
  return session;
}

template <typename Side>
int H2Callbacks<Side>::OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  Self(user).BeginBlock(static_cast<StreamKey>(frame->hd.stream_id), *frame);
  return 0;
}

template <typename Side>
int H2Callbacks<Side>::OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
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
  HeaderList& headers = stream->head->headers;
  if (key.starts_with(':')) {
    self.TakePseudo(key, headers.text().Copy(text), stream);
  } else {
    headers.AddCopy(key, text);
  }
  return 0;
}

// nghttp2 would drop the field and go on.
template <typename Side>
int H2Callbacks<Side>::OnInvalidHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t*,
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
template <typename Side>
void H2Callbacks<Side>::Count(Codec& self, Stream* stream, size_t name_size, size_t value_size) {
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

// The streams of an upstream end by reset as often as its clients give up.
template <typename Side>
void H2Callbacks<Side>::CountReset(Codec& self) {
  if (Codec::kServer && self.flood_.empty()) self.flood_ = self.budget_.Reset(self.now_);
}

template <typename Side>
int H2Callbacks<Side>::OnFrameRecv(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  Codec& self = Self(user);
  const auto id = static_cast<StreamKey>(frame->hd.stream_id);
  const bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      self.EndBlock(id, end);
      break;
    case NGHTTP2_DATA:
      if (Stream* stream = self.Find(id); end && stream != nullptr) {
        stream->received = true;
        self.Queue({.kind = CodecEvent::Kind::kEnd, .stream = id});
      }
      break;
    case NGHTTP2_RST_STREAM:
      if (Stream* stream = self.Find(id); stream != nullptr) stream->peer_reset = true;
      CountReset(self);
      break;
    case NGHTTP2_WINDOW_UPDATE:
    case NGHTTP2_SETTINGS:
      self.Unblock(id);
      break;
    default:
      break;
  }
  return 0;
}

template <typename Side>
int H2Callbacks<Side>::OnData(nghttp2_session* session, uint8_t, int32_t stream_id,
                              const uint8_t* bytes, size_t size, void* user) {
  Codec& self = Self(user);
  const auto id = static_cast<StreamKey>(stream_id);
  Stream* stream = self.Find(id);
  if (stream == nullptr || (Codec::kServer && stream->sent)) {
    nghttp2_session_consume_connection(session, size);
    return 0;
  }
  stream->unconsumed += size;
  if (size > 0) self.Queue({.kind = CodecEvent::Kind::kData, .stream = id, .data = {bytes, size}});
  return 0;
}

template <typename Side>
int H2Callbacks<Side>::OnFrameSend(nghttp2_session* session, const nghttp2_frame* frame,
                                   void* user) {
  Codec& self = Self(user);
  const auto id = static_cast<StreamKey>(frame->hd.stream_id);
  switch (frame->hd.type) {
    case NGHTTP2_RST_STREAM:
      // NO_ERROR is the end of an early answer, not of a failure.
      if (frame->rst_stream.error_code != NGHTTP2_NO_ERROR) CountReset(self);
      break;
    case NGHTTP2_GOAWAY:
      if (frame->goaway.error_code != NGHTTP2_NO_ERROR && !self.failed_) {
        self.failed_ = true;
        self.Queue({.kind = CodecEvent::Kind::kFailed, .detail = "http2.protocol_error"});
      }
      break;
    case NGHTTP2_DATA:
      self.budget_.DataSent();
      [[fallthrough]];
    case NGHTTP2_HEADERS:
      if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) break;
      if (Stream* stream = self.Find(id); stream != nullptr) {
        stream->sent = true;
        if (Codec::kServer && !stream->received) {  // Answered early: the rest is not wanted.
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

template <typename Side>
int H2Callbacks<Side>::OnStreamClose(nghttp2_session*, int32_t stream_id, uint32_t code,
                                     void* user) {
  Self(user).Close(static_cast<StreamKey>(stream_id), code);
  return 0;
}

template <typename Side>
ssize_t H2Callbacks<Side>::Read(nghttp2_session* session, int32_t stream_id, uint8_t*,
                                size_t length, uint32_t* flags, nghttp2_data_source*, void* user) {
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
      H2Fields& fields = Self(user).fields_;
      fields.Begin();
      fields.Add(stream->trailers_out->fields());
      nghttp2_submit_trailer(session, stream_id, fields.data(), fields.size());
    }
  }
  return static_cast<ssize_t>(size);
}

template <typename Side>
int H2Callbacks<Side>::SendData(nghttp2_session*, nghttp2_frame* frame, const uint8_t* head,
                                size_t length, nghttp2_data_source*, void* user) {
  Codec& self = Self(user);
  Stream* stream = self.Find(static_cast<StreamKey>(frame->hd.stream_id));
  if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  self.out_->Write(Text(head, kFrameHead));
  if (length > 0) self.out_->Lend(stream->pending.first(length));
  stream->pending = stream->pending.subspan(length);
  return 0;
}

template struct H2Callbacks<ServerCodec>;
template struct H2Callbacks<ClientCodec>;

}  // namespace postern
