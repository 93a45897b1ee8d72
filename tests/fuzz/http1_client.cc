// Bytes of an upstream to HTTP/1.1: nothing crashes, and no cut of the input changes what is read.
// The first byte says which request they answer.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/http/h1_client_codec.h"
#include "tests/fuzz/http_replay.h"

namespace postern {
namespace {

std::string Run(uint8_t kind, std::string_view bytes, size_t step) {
  const CodecOptions options = {.header_bytes = 4096, .trailers = true};
  MessagePool pool;
  NullSink sink;
  H1ClientCodec codec(&options, &pool, &sink);
  codec.SendRequest({.method = kind & 1 ? "HEAD" : "GET",
                     .authority = "a",
                     .path = "/",
                     .upgrade = (kind & 2) != 0},
                    (kind & 6) == 0);
  Script script;
  Feed(&codec, bytes, step, [&](CodecEvent event) { script.Add(event); });
  return script.text() + (codec.reusable() ? "+" : "-");
}

}  // namespace
}  // namespace postern

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = postern::AsText({data + 1, size - 1});
  const std::string whole = postern::Run(data[0], bytes, size);
  for (const size_t step : {1, 2, 7}) {
    if (postern::Run(data[0], bytes, step) != whole) std::abort();
  }
  return 0;
}
