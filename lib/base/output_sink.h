// An OutputSink is where a codec, or a TLS session, writes. Keeping the bytes until the socket
// takes them is left to the engine's link, whose chunk list implements this.

#ifndef POSTERN_BASE_OUTPUT_SINK_H_
#define POSTERN_BASE_OUTPUT_SINK_H_

#include <cstddef>
#include <cstring>
#include <string_view>

#include "postern/bytes.h"

namespace postern {

// An OutputSink takes bytes in order.
class OutputSink {
 public:
  virtual ~OutputSink() = default;

  // Prepare returns room for `size` bytes in a row, to be written at once; Commit appends the first
  // `size` of them.
  virtual char* Prepare(size_t size) = 0;
  virtual void Commit(size_t size) = 0;

  // Lend appends `bytes` without copying them. The caller says how long they
  // live: the sink's owner copies in time what is still there.
  virtual void Lend(ByteSpan bytes) = 0;

  void Write(std::string_view text) {
    std::memcpy(Prepare(text.size()), text.data(), text.size());
    Commit(text.size());
  }
};

}  // namespace postern

#endif  // POSTERN_BASE_OUTPUT_SINK_H_
