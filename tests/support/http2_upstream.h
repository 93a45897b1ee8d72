// An upstream of HTTP/2 for tests of an Engine in memory. The connection, and what goes over it,
// are tests/support/engine_harness.h's.

#ifndef POSTERN_TESTS_SUPPORT_HTTP2_UPSTREAM_H_
#define POSTERN_TESTS_SUPPORT_HTTP2_UPSTREAM_H_

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/strings.h"
#include "lib/http/h2_server_codec.h"
#include "tests/support/engine_harness.h"
#include "tests/support/string_sink.h"

namespace postern {

// An Http2Upstream is an upstream that speaks HTTP/2, if not said otherwise on the connection that
// the engine opened last.
class Http2Upstream {
 public:
  // A Request is what has come on one stream.
  struct Request {
    std::string head;  // "GET http://a.com/x", and a line for each field.
    std::string body;
    std::string trailers;
    bool end = false;
    std::optional<ResetReason> reset;
  };

  explicit Http2Upstream(EngineHarness& harness, CodecOptions options = {})
      : Http2Upstream(harness, harness.upstream(), options) {}
  Http2Upstream(EngineHarness& harness, ConnectionId id, CodecOptions options = {})
      : harness_(harness), id_(id), options_(options) {}

  // Read takes what the engine has sent, and lets the codec answer.
  void Read() {
    input_ = harness_.Take(id_);
    ByteSpan rest = AsBytes(input_);
    for (CodecEvent event = codec.Next(&rest); event.kind != CodecEvent::Kind::kNone;
         event = codec.Next(&rest)) {
      Take(event);
    }
    codec.Flush();
    Write();
  }
  void Write() {
    const std::string bytes = std::exchange(out_.bytes, {});
    if (!bytes.empty()) harness_.Receive(id_, bytes);
  }

  void Respond(StreamKey stream, int status, std::string_view body,
               std::span<const HeaderView> fields = {}) {
    codec.SendResponse(stream, {.status = status, .headers = fields}, body.empty());
    if (!body.empty()) codec.SendData(stream, AsBytes(body), true);
    Write();
  }

  ConnectionId id() const { return id_; }
  const HarnessEnd& end() { return harness_.end(id_); }

  std::map<StreamKey, Request> requests;
  bool consumes = true;

 private:
  void Take(CodecEvent& event) {
    using Kind = CodecEvent::Kind;
    Request& request = requests[event.stream];
    request.end |= event.end || event.kind == Kind::kEnd;
    if (event.kind == Kind::kRequest) {
      const RequestMessage& head = *event.request;
      request.head = StrCat(head.method, " ", head.scheme, "://", head.authority, head.path, "\n");
      for (const HeaderView& field : head.headers.fields()) {
        request.head += StrCat(field.name, ": ", field.value, "\n");
      }
    } else if (event.kind == Kind::kData) {
      request.body += AsText(event.data);
      if (consumes) codec.Consumed(event.stream, event.data.size());
    } else if (event.kind == Kind::kTrailers) {
      for (const HeaderView& field : event.trailers) {
        request.trailers += StrCat(field.name, ": ", field.value, "\n");
      }
    } else if (event.kind == Kind::kReset) {
      request.reset = event.reason;
    }
  }

  EngineHarness& harness_;
  const ConnectionId id_;
  const CodecOptions options_;
  MessagePool pool_;
  StringSink out_;
  std::string input_;

 public:
  H2ServerCodec codec{&options_, &pool_, &out_};
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_HTTP2_UPSTREAM_H_
