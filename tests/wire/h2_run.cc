#include "tests/wire/h2_run.h"

#include <vector>

#include "lib/http/h1_client_codec.h"
#include "lib/http/h2_server_codec.h"
#include "lib/http/hygiene.h"
#include "lib/match/path.h"
#include "tests/support/string_sink.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

// Adds the frames that were sent.
void ReadFrames(std::string_view bytes, H2Outcome* outcome) {
  H2Reader reader;
  reader.Read(bytes);
  for (const auto& [stream, answer] : reader.answers) {
    if (answer.status != 0) outcome->statuses[stream] = answer.status;
    if (answer.reset) outcome->resets[stream] = *answer.reset;
  }
  outcome->goaway = reader.goaway;
}

// Forwards the head of `request` to an HTTP/1.1 upstream and reads what that got.
TextMessage ForwardHead(const RequestMessage& request, MessagePool* pool) {
  const CodecOptions options;
  StringSink sink;
  H1ClientCodec upstream(&options, pool, &sink);
  HeaderList headers;
  headers.Borrow(request.headers);
  RemoveHopByHop(!request.upgrade.empty(), &headers);
  RemoveInternal(&headers);
  upstream.SendRequest({.method = request.method,
                        .authority = request.authority,
                        .path = request.path,
                        .headers = headers.fields(),
                        .upgrade = !request.upgrade.empty()},
                       !request.has_body);
  std::string_view text = sink.bytes;
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
  StringSink sink;
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
  ReadFrames(sink.bytes, &outcome);
  return outcome;
}

}  // namespace postern
