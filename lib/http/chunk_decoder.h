// A ChunkDecoder takes the chunked coding apart (RFC 9112 section 7.1) by rules that leave nothing
// to interpretation. Trailers are left to lib/http/h1_parser.h.

#ifndef POSTERN_HTTP_CHUNK_DECODER_H_
#define POSTERN_HTTP_CHUNK_DECODER_H_

#include <cstdint>
#include <string_view>

namespace postern {

// A ChunkDecoder takes hex digits, up to 16 and 2^63-1; blanks; an extension of up to 4 KiB, of
// visible bytes and blanks, 16 KiB in one body, which is dropped; CR LF after it and after the
// data. Anything else is bad (engine.md 1.4, 9.2 rows 6-9 and 11).
class ChunkDecoder {
 public:
  enum class Result : uint8_t {
    kMore,  // The input is used up.
    kData,  // `data` is the next of the body.
    kLast,  // The last chunk's line is read: trailers, or the empty line, follow.
    kBad,
  };

  void Begin() { *this = ChunkDecoder(); }

  // Next removes from `input` what it has used, and sets `data` on kData.
  Result Next(std::string_view* input, std::string_view* data);

 private:
  enum class State : uint8_t {
    kFirstDigit,
    kSize,
    kBlank,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf
  };

  bool Line(char c);

  State state_ = State::kFirstDigit;
  uint8_t digits_ = 0;
  uint16_t line_extra_ = 0;   // Bytes of the line behind its digits.
  uint32_t total_extra_ = 0;  // Of all lines.
  uint64_t size_ = 0;         // Of the chunk, then what is left of it.
};

}  // namespace postern

#endif  // POSTERN_HTTP_CHUNK_DECODER_H_
