#include "lib/http/h2_server_codec.h"

#include <array>
#include <optional>
#include <utility>

#include "lib/http/h2_request_rules.h"

namespace postern {
namespace {

std::array<char, 3> StatusText(int status) {
  return {static_cast<char>('0' + status / 100 % 10), static_cast<char>('0' + status / 10 % 10),
          static_cast<char>('0' + status % 10)};
}

}  // namespace

void H2ServerCodec::BeginBlock(StreamKey id, const nghttp2_frame& frame) {
  if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) return;
  Stream& stream = Open(id);
  stream.head = pool_->TakeRequest();
  stream.head->version = HttpVersion::kHttp2;
}

void H2ServerCodec::TakePseudo(std::string_view name, std::string_view value, Stream* stream) {
  RequestMessage& head = *stream->head;
  if (name == ":method") {
    head.method = value;
  } else if (name == ":scheme") {
    head.scheme = value;
  } else if (name == ":authority") {
    head.authority = value;
  } else if (name == ":path") {
    head.path = value;
  } else if (name == ":protocol") {
    stream->protocol = value;
  }
}

void H2ServerCodec::EndHead(StreamKey id, Stream* stream, bool end) {
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

void H2ServerCodec::SetFields(std::string_view status, std::span<const HeaderView> headers) {
  fields_.Begin();
  fields_.AddPseudo(":status", status);
  fields_.Add(headers);
}

void H2ServerCodec::SendInterim(StreamKey id, int status, std::span<const HeaderView> headers) {
  const Stream* stream = Find(id);
  if (stream == nullptr || stream->begun || failed_) return;
  const auto text = StatusText(status);
  SetFields({text.data(), text.size()}, headers);
  nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, static_cast<int32_t>(id), nullptr,
                         fields_.data(), fields_.size(), nullptr);
  Flush();
}

void H2ServerCodec::SendResponse(StreamKey id, const ResponseOut& response, bool end) {
  Stream* stream = Find(id);
  if (stream == nullptr || stream->begun || failed_) return;
  if (stream->bodiless || response.status == 204 || response.status == 304) end = true;
  stream->begun = true;
  stream->ending = end;
  // 101 does not exist in HTTP/2: an extended CONNECT is answered 200 (RFC 8441 section 5).
  const auto text = StatusText(response.status == 101 ? 200 : response.status);
  SetFields({text.data(), text.size()}, response.headers);
  const nghttp2_data_provider body = source();
  nghttp2_submit_response(session_, static_cast<int32_t>(id), fields_.data(), fields_.size(),
                          end ? nullptr : &body);
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

}  // namespace postern
