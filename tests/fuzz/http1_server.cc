// Bytes of a client to HTTP/1.1: nothing crashes, no cut of the input changes what is read, and
// what is forwarded is read again as the same one request.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/http/h1_client_codec.h"
#include "lib/http/h1_server_codec.h"
#include "tests/fuzz/http_replay.h"

namespace postern {
namespace {

class TextSink : public NullSink {
 public:
  char* Prepare(size_t size) override { return room_ = NullSink::Prepare(size); }
  void Commit(size_t size) override { text.append(room_, size); }
  void Lend(ByteSpan bytes) override { text.append(AsText(bytes)); }

  std::string text;

 private:
  char* room_ = nullptr;
};

// Forwards the head of `request` as a proxy would, and reads what it sent.
void CheckForwarded(const RequestMessage& request, const CodecOptions& options, MessagePool* pool) {
  TextSink sent;
  H1ClientCodec client(&options, pool, &sent);
  const StreamKey stream = client.SendRequest({.method = request.method,
                                               .authority = request.authority,
                                               .path = request.path,
                                               .headers = request.headers.fields()},
                                              false);
  const std::string body(request.content_length.value_or(3) % 64, 'x');
  client.SendData(stream, AsBytes(body), true);
  NullSink sink;
  H1ServerCodec again(&options, pool, &sink);
  ByteSpan input = AsBytes(sent.text);
  const CodecEvent event = again.Next(&input);
  if (event.kind != CodecEvent::Kind::kRequest) std::abort();
  if (event.request->path != request.path || event.request->method != request.method) std::abort();
  if (event.request->headers.size() < request.headers.size()) std::abort();
}

std::string Run(std::string_view bytes, size_t step) {
  CodecOptions options = {.header_bytes = 4096, .accept_http10 = true, .trailers = true};
  // Room for what forwarding adds: transfer-encoding, host.
  const CodecOptions roomy = {.header_bytes = 8192, .header_count = 200};
  MessagePool pool;
  NullSink sink;
  H1ServerCodec codec(&options, &pool, &sink);
  Script script;
  StreamKey stream = 0;
  Feed(&codec, bytes, step, [&](CodecEvent event) {
    script.Add(event);
    stream = event.stream;
    if (event.kind == CodecEvent::Kind::kRequest && event.request->method != "CONNECT") {
      CheckForwarded(*event.request, roomy, &pool);
    }
    const bool done = event.kind == CodecEvent::Kind::kEnd ||
                      (event.kind == CodecEvent::Kind::kRequest && event.end) ||
                      event.kind == CodecEvent::Kind::kRefused;
    if (done) codec.SendResponse(stream, {.status = 200}, true);
  });
  return script.text();
}

}  // namespace
}  // namespace postern

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = postern::AsText({data, size});
  const std::string whole = postern::Run(bytes, size + 1);
  for (const size_t step : {1, 2, 7}) {
    if (postern::Run(bytes, step) != whole) std::abort();
  }
  return 0;
}
