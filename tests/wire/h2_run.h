// Bytes of an HTTP/2 client against the codec, and what came of them, by streams.

#ifndef POSTERN_TESTS_WIRE_H2_RUN_H_
#define POSTERN_TESTS_WIRE_H2_RUN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/http/codec_options.h"
#include "tests/wire/h2_frames.h"
#include "tests/wire/http_text.h"
#include "tests/wire/transcript.h"

namespace postern {

// An H2Outcome is what client and upstream have seen.
struct H2Outcome {
  std::map<uint32_t, int> statuses;
  std::map<uint32_t, uint32_t> resets;  // RST_STREAM codes.
  std::optional<uint32_t> goaway;       // The last one's code.
  std::map<uint32_t, TextMessage> requests;
  bool finished = false;

  std::string Canonical() const;
};

// RunH2 feeds `bytes`. CONNECT is answered 404 at once, what is refused likewise, and each complete
// request with an empty 200 when all bytes have come.
H2Outcome RunH2(const CodecOptions& options, std::string_view bytes, const Cut& cut);

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_H2_RUN_H_
