// Base64 as it arrives, for the bodies of application/grpc-web-text. Whole texts are decoded by
// lib/yaml/text_forms.h, which is for people and skips line breaks.

#ifndef POSTERN_HTTP_BASE64_DECODER_H_
#define POSTERN_HTTP_BASE64_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "postern/bytes.h"

namespace postern {

// A Base64Decoder decodes one text, the standard alphabet and nothing else, wherever it is cut. A
// padded group may be followed by others, as a client pads where it flushes; bits that padding
// leaves over must be 0.
class Base64Decoder {
 public:
  // Decode takes from the front of `input` until that is empty, `out` has no room for a group, or
  // the text is broken. It returns how many bytes of `out` it wrote.
  size_t Decode(ByteSpan* input, std::span<uint8_t> out);

  bool broken() const { return broken_; }

  // held returns how many characters it has of a group that is not whole yet.
  size_t held() const { return count_; }

 private:
  void Add(uint8_t c);

  uint32_t bits_ = 0;  // Of the group that has begun.
  uint8_t count_ = 0;  // Its characters, of which pads_ are '='.
  uint8_t pads_ = 0;
  bool broken_ = false;
};

}  // namespace postern

#endif  // POSTERN_HTTP_BASE64_DECODER_H_
