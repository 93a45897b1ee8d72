// The body of one HTTP/1 message on its way in, and how one on its way out is framed. Heads are
// left to lib/http/h1_parser.h and lib/http/h1_writer.h.

#ifndef POSTERN_HTTP_H1_BODY_H_
#define POSTERN_HTTP_H1_BODY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "lib/base/output_sink.h"
#include "lib/http/chunk_decoder.h"
#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/http/h1_parser.h"
#include "lib/http/headers.h"

namespace postern {

// A BodyFraming is how the end of a body is marked.
enum class BodyFraming : uint8_t { kNone, kLength, kChunked, kUntilClose };

// A BodyReader takes one body from the input.
class BodyReader {
 public:
  // Begin begins a body; `length` counts for kLength only.
  void Begin(BodyFraming framing, uint64_t length);

  // Next removes from `input` what it has used, and returns kNone, kData, kTrailers with those that
  // may pass, which kEnd follows, kEnd, or kRefused for a body that is malformed.
  CodecEvent Next(std::string_view* input, H1Parser* parser, const CodecOptions& options);

  // EndsWithInput returns whether the end of the input is the end of the body.
  bool EndsWithInput() const { return framing_ == BodyFraming::kUntilClose; }

 private:
  CodecEvent Trailers(std::string_view* input, H1Parser* parser, const CodecOptions& options);

  BodyFraming framing_ = BodyFraming::kNone;
  bool in_trailers_ = false;
  bool done_ = false;
  uint64_t left_ = 0;
  ChunkDecoder chunks_;
  std::unique_ptr<HeaderList> trailers_;
};

// A BodyWriter sends one body, and no byte more than was announced.
class BodyWriter {
 public:
  // `length` counts for kLength only.
  explicit BodyWriter(BodyFraming framing = BodyFraming::kNone, uint64_t length = 0)
      : framing_(framing), left_(length) {}

  void Send(ByteSpan bytes, OutputSink* out);

  // End returns whether all that was announced has been sent; else only the end of the connection
  // can tell the peer that it was not.
  bool End(std::span<const HeaderView> trailers, OutputSink* out) const;

 private:
  BodyFraming framing_;
  uint64_t left_;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H1_BODY_H_
