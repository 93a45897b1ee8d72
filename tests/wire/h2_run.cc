#include "tests/wire/h2_run.h"

#include <nghttp2/nghttp2.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "lib/http/h1_client_codec.h"
#include "lib/http/h2_server_codec.h"
#include "lib/http/hygiene.h"
#include "lib/match/path.h"
#include "tests/http/text_sink.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

uint32_t Number(std::string_view bytes, size_t size) {
  uint32_t number = 0;
  for (size_t i = 0; i < size; ++i) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}

// Reads the frames that were sent.
void ReadFrames(std::string_view bytes, H2Outcome* outcome) {
  nghttp2_hd_inflater* inflater = nullptr;
  nghttp2_hd_inflate_new(&inflater);
  while (bytes.size() >= 9) {
    const uint32_t length = Number(bytes, 3);
    const uint8_t type = static_cast<uint8_t>(bytes[3]);
    const uint32_t stream = Number(bytes.substr(5), 4);
    if (bytes.size() < 9 + length) std::abort();
    std::string_view payload = bytes.substr(9, length);
    bytes.remove_prefix(9 + length);
    if (type == NGHTTP2_RST_STREAM) outcome->resets[stream] = Number(payload, 4);
    if (type == NGHTTP2_GOAWAY) outcome->goaway = Number(payload.substr(4), 4);
    if (type != NGHTTP2_HEADERS) continue;
    while (true) {
      nghttp2_nv field;
      int flags = 0;
      const ssize_t used = nghttp2_hd_inflate_hd2(inflater, &field, &flags,
                                                  reinterpret_cast<const uint8_t*>(payload.data()),
                                                  payload.size(), 1);
      if (used < 0) std::abort();
      payload.remove_prefix(static_cast<size_t>(used));
      if (flags & NGHTTP2_HD_INFLATE_EMIT) {
        const std::string name(reinterpret_cast<char*>(field.name), field.namelen);
        const std::string value(reinterpret_cast<char*>(field.value), field.valuelen);
        if (name == ":status") outcome->statuses[stream] = std::atoi(value.c_str());
      }
      if (flags & NGHTTP2_HD_INFLATE_FINAL) {
        nghttp2_hd_inflate_end_headers(inflater);
        break;
      }
    }
  }
  nghttp2_hd_inflate_del(inflater);
}

// Forwards the head of `request` to an HTTP/1.1 upstream and reads what that got.
TextMessage ForwardHead(const RequestMessage& request, MessagePool* pool) {
  const CodecOptions options;
  TextSink sink;
  H1ClientCodec upstream(&options, pool, &sink);
  HeaderList headers;
  headers.Borrow(request.headers.fields());
  RemoveHopByHop(!request.upgrade.empty(), &headers);
  RemoveInternal(&headers);
  upstream.SendRequest({.method = request.method,
                        .authority = request.authority,
                        .path = request.path,
                        .headers = headers.fields(),
                        .upgrade = !request.upgrade.empty()},
                       !request.has_body);
  std::string_view text = sink.text;
  return TakeMessage(&text, false, true).value();
}

// Returns whether routing would take `path`, with the paths of the EDGE profile.
bool IsGoodPath(std::string_view path) {
  std::string storage;
  return NormalizePath(path, PathRules::Edge(), &storage).outcome != NormalPath::Outcome::kInvalid;
}

}  // namespace

std::string H2Outcome::Canonical() const {
  std::string text;
  for (const auto& [stream, status] : statuses) {
    text += std::to_string(stream) + "=" + std::to_string(status) + " ";
  }
  for (const auto& [stream, code] : resets) {
    text += std::to_string(stream) + " reset " + std::to_string(code) + " ";
  }
  for (const auto& [stream, request] : requests) {
    text += std::to_string(stream) + " " + request.Canonical();
  }
  if (goaway) text += "goaway " + std::to_string(*goaway);
  return text + (finished ? " finished" : "");
}

H2Outcome RunH2(const CodecOptions& options, std::string_view bytes, const Cut& cut) {
  H2Outcome outcome;
  MessagePool pool;
  TextSink sink;
  H2ServerCodec codec(&options, &pool, &sink);
  codec.SetTime(TimePoint(std::chrono::seconds(1)));
  std::vector<StreamKey> complete;
  size_t begin = 0;
  for (const size_t end : cut) {
    ByteSpan input = AsBytes(bytes.substr(begin, end - begin));
    begin = end;
    while (true) {
      const CodecEvent event = codec.Next(&input);
      if (event.kind == Kind::kNone) break;
      if (event.kind == Kind::kRefused) {
        codec.SendResponse(event.stream, {.status = event.refusal.status}, true);
      } else if (event.kind == Kind::kRequest && event.request->method == "CONNECT") {
        codec.SendResponse(event.stream, {.status = 404}, true);
      } else if (event.kind == Kind::kRequest && !IsGoodPath(event.request->path)) {
        codec.SendResponse(event.stream, {.status = 400}, true);
      } else if (event.kind == Kind::kRequest) {
        outcome.requests[event.stream] = ForwardHead(*event.request, &pool);
        if (event.end) complete.push_back(event.stream);
      } else if (event.kind == Kind::kData) {
        outcome.requests[event.stream].body += AsText(event.data);
        codec.Consumed(event.stream, event.data.size());
      } else if (event.kind == Kind::kEnd) {
        complete.push_back(event.stream);
      }
    }
    codec.Flush();
  }
  for (const StreamKey stream : complete) codec.SendResponse(stream, {.status = 200}, true);
  outcome.finished = codec.finished();
  ReadFrames(sink.text, &outcome);
  return outcome;
}

std::string H2Frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string frame;
  for (const int shift : {16, 8, 0}) frame += static_cast<char>(payload.size() >> shift);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) frame += static_cast<char>(stream >> shift);
  return frame.append(payload);
}

std::string H2Field(std::string_view name, std::string_view value) {
  std::string field(1, '\0');
  for (const std::string_view text : {name, value}) {
    field += static_cast<char>(text.size());
    field += text;
  }
  return field;
}

std::string H2Request(uint32_t stream, bool open, std::string_view extra) {
  return H2Frame(NGHTTP2_HEADERS, open ? 4 : 5, stream,
                 H2Field(":method", "GET") + H2Field(":scheme", "https") +
                     H2Field(":authority", "a") + H2Field(":path", "/") + std::string(extra));
}

std::string H2Preface() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + H2Frame(NGHTTP2_SETTINGS, 0, 0, "");
}

}  // namespace postern
