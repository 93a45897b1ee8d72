#include "lib/http/h2_client_codec.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lib/base/find_header.h"
#include "lib/http/field_rules.h"
#include "lib/http/message_rules.h"

namespace postern {

// Asked before the upstream's SETTINGS have come, nghttp2 says 100.
size_t H2ClientCodec::room() const {
  if (!reusable()) return 0;
  const uint32_t theirs =
      nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  const size_t most = std::min(theirs, options_->h2_streams);
  return most - std::min(most, streams_.size());
}

// A GOAWAY, or the last of all stream ids, ends the taking of requests.
bool H2ClientCodec::reusable() const {
  return !failed_ && !draining_ && nghttp2_session_check_request_allowed(session_) != 0;
}

StreamKey H2ClientCodec::SendRequest(const RequestOut& request, bool end) {
  std::string_view scheme = request.scheme;
  if (scheme.empty()) scheme = FindHeader(request.headers, "x-forwarded-proto").value_or("http");
  fields_.Begin();
  fields_.AddPseudo(":method", request.upgrade ? "CONNECT" : request.method);
  if (request.upgrade) {
    fields_.AddPseudo(":protocol", FindHeader(request.headers, "upgrade").value_or(""));
    end = false;
  }
  fields_.AddPseudo(":scheme", scheme);
  fields_.AddPseudo(":authority", request.authority);
  fields_.AddPseudo(":path", request.path);
  fields_.Add(request.headers);
  const nghttp2_data_provider body = source();
  const int32_t id = nghttp2_submit_request(session_, nullptr, fields_.data(), fields_.size(),
                                            end ? nullptr : &body, nullptr);
  if (id <= 0) return 0;  // There is no memory for it.
  Stream& stream = Open(static_cast<StreamKey>(id));
  stream.announced = stream.begun = true;
  stream.ending = end;
  stream.upgrade = request.upgrade;
  Flush();
  return static_cast<StreamKey>(id);
}

void H2ClientCodec::BeginBlock(StreamKey id, const nghttp2_frame& /*frame*/) {
  Stream* stream = Find(id);
  if (stream == nullptr || stream->headed) return;
  stream->head = pool_->TakeResponse();
  stream->header_bytes = stream->header_count = 0;
}

// nghttp2 has seen that it is three digits.
void H2ClientCodec::TakePseudo(std::string_view /*name*/, std::string_view value, Stream* stream) {
  int& status = stream->head->status;
  for (const char digit : value) status = 10 * status + (digit - '0');
}

void H2ClientCodec::EndHead(StreamKey id, Stream* stream, bool end) {
  ResponseMessage& head = *stream->head;
  const bool interim = head.status < 200;
  // 101 does not exist in HTTP/2 (RFC 9113 section 8.6).
  if (stream->too_large || head.status < 100 || head.status > 599 || head.status == 101 ||
      (interim && (end || ++stream->interims > kMostInterims))) {
    return Malformed(id, stream);
  }
  if (interim && !IsForwardedInterim(head.status)) return pool_->Give(std::move(stream->head));
  if (const auto length = head.headers.Find("content-length")) {
    head.content_length = ParseContentLength(*length);
    if (!head.content_length) return Malformed(id, stream);
    CanonicalizeLength(*length, &head.headers);
  }
  head.wire_bytes = stream->header_bytes;
  head.has_body = !end;
  CodecEvent event = {.kind = interim ? Kind::kInterim : Kind::kResponse, .stream = id, .end = end};
  if (!interim) {
    stream->headed = true;
    stream->header_bytes = stream->header_count = 0;
    if (stream->upgrade && head.status == 200) {
      head.status = 101;
      head.headers.Add("connection", "upgrade");
      head.headers.Add("upgrade", "websocket");
    }
  }
  event.response = std::move(stream->head);
  Queue(std::move(event));
}

}  // namespace postern
