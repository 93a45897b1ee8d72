// The HTTP/1.1 bytes of heads and chunks. Which framing a message has is left to the codecs.

#ifndef POSTERN_HTTP_H1_WRITER_H_
#define POSTERN_HTTP_H1_WRITER_H_

#include <cstdint>
#include <span>

#include "lib/base/output_sink.h"
#include "lib/http/message.h"
#include "postern/bytes.h"

namespace postern {

// An AddedFields is what a codec adds behind the fields of a head, in this order.
struct AddedFields {
  enum class Connection : uint8_t { kNone, kClose, kKeepAlive };
  enum class Length : uint8_t { kNone, kZero, kChunked };

  Connection connection = Connection::kNone;
  Length length = Length::kNone;
};

// Each writes one head. A field with a CR, LF or NUL in it is left out: nothing that came to be in
// a value can become a line of its own.
void WriteRequestHead(const RequestOut& request, AddedFields added, OutputSink* out);
void WriteResponseHead(int status, std::span<const HeaderView> headers, AddedFields added,
                       OutputSink* out);

// WriteChunk lends `data`, which must not be empty, as one chunk.
void WriteChunk(ByteSpan data, OutputSink* out);

// WriteLastChunk ends a chunked body.
void WriteLastChunk(std::span<const HeaderView> trailers, OutputSink* out);

}  // namespace postern

#endif  // POSTERN_HTTP_H1_WRITER_H_
