// Bytes of an upstream to HTTP/2, which answer two requests: nothing crashes, and no cut of the
// input changes what is read.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/http/h2_client_codec.h"
#include "tests/fuzz/http_replay.h"

namespace postern {
namespace {

std::string Run(std::string_view bytes, size_t step) {
  const CodecOptions options = {.header_bytes = 4096};
  MessagePool pool;
  NullSink sink;
  H2ClientCodec codec(&options, &pool, &sink);
  codec.SendRequest({.method = "GET", .authority = "a", .path = "/"}, true);
  const StreamKey open =
      codec.SendRequest({.method = "POST", .authority = "a", .path = "/", .upgrade = false}, false);
  Script script;
  Feed(&codec, bytes, step, [&](CodecEvent event) {
    codec.Consumed(event.stream, event.data.size());
    script.Add(event);
  });
  codec.SendData(open, AsBytes("body"), true);
  return script.text() + (codec.reusable() ? "+" : "-");
}

}  // namespace
}  // namespace postern

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = postern::AsText({data, size});
  const std::string whole = postern::Run(bytes, size);
  for (const size_t step : {1, 2, 7}) {
    if (postern::Run(bytes, step) != whole) std::abort();
  }
  return 0;
}
