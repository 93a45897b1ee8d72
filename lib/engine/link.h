// The output of one connection: a gather list with its high and its low mark. When to tell
// the host, and what stands behind the bytes, is left to lib/engine/connection.h.

#ifndef POSTERN_ENGINE_LINK_H_
#define POSTERN_ENGINE_LINK_H_

#include "lib/base/chunk_list.h"
#include "lib/base/output_sink.h"

namespace postern {

class Core;
class Connection;

// A Link is the sink that codecs and tunnels write to. It is full from the high mark until it has
// fallen to half of it; a single write may overshoot.
class Link final : public OutputSink {
 public:
  Link(Core& core, Connection& connection);

  // OutputSink. Lend copies unless the bytes are the host's own and lent for this call.
  char* Prepare(size_t size) override;
  void Commit(size_t size) override;
  void Lend(ByteSpan bytes) override;

  size_t Output(std::span<ByteSpan> out) const { return bytes_.Peek(out); }

  // Consume drops `size` bytes and returns whether the link was full and no longer is.
  bool Consume(size_t size);

  bool full() const { return full_; }
  bool empty() const { return bytes_.empty(); }
  size_t size() const { return bytes_.size(); }
  uint64_t sent() const { return sent_; }
  void Trim() { bytes_.Trim(); }

 private:
  void Grew();

  Core& core_;
  Connection& connection_;
  ChunkList bytes_;
  uint64_t sent_ = 0;
  bool full_ = false;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_LINK_H_
