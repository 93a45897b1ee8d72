// The 24 bytes that every HTTP/2 connection begins with, and telling them from HTTP/1 however they
// are split. What is spoken after them is for the codecs.

#ifndef POSTERN_HTTP_H2_PREFACE_H_
#define POSTERN_HTTP_H2_PREFACE_H_

#include <cstddef>
#include <string_view>

#include "postern/bytes.h"

namespace postern {

// kH2Preface is RFC 9113 section 3.4.
inline constexpr std::string_view kH2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// An H2PrefaceSniffer looks at a connection's first bytes. Unlike Envoy, which decides on the first
// read, it waits while they may still be a preface (engine.md 1.8).
class H2PrefaceSniffer {
 public:
  enum class Result { kMore, kHttp1, kHttp2 };

  // Look takes from `input` what is like the preface.
  Result Look(ByteSpan* input) {
    const std::string_view text = AsText(*input);
    const std::string_view rest = kH2Preface.substr(seen_);
    size_t like = 0;
    while (like < text.size() && like < rest.size() && text[like] == rest[like]) ++like;
    *input = input->subspan(like);
    seen_ += like;
    if (like == rest.size()) return Result::kHttp2;
    return input->empty() ? Result::kMore : Result::kHttp1;
  }

  // seen returns what was taken: the codec is to have it first.
  ByteSpan seen() const { return AsBytes(kH2Preface.substr(0, seen_)); }

 private:
  size_t seen_ = 0;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_PREFACE_H_
