#include "lib/engine/link.h"

#include "lib/engine/connection.h"
#include "lib/engine/core.h"

namespace postern {

Link::Link(Core& core, Connection& connection)
    : core_(core), connection_(connection), bytes_(&core.chunks()) {}

char* Link::Prepare(size_t size) { return reinterpret_cast<char*>(bytes_.Prepare(size).data()); }

void Link::Commit(size_t size) {
  bytes_.Commit(size);
  if (size > 0) Grew();
}

void Link::Lend(ByteSpan bytes) {
  if (bytes.empty()) return;
  // A slice costs the host an iovec: short ones are better off among their neighbours.
  constexpr size_t kWorthASlice = 512;
  if (core_.lending() && bytes.size() >= kWorthASlice) {
    bytes_.AppendLent(bytes);
  } else {
    bytes_.Append(bytes);
  }
  Grew();
}

void Link::Grew() {
  const size_t high = core_.limits().output_bytes;
  if (high != 0 && bytes_.size() >= high) full_ = true;
  connection_.OutputGrew();
}

bool Link::Consume(size_t size) {
  bytes_.Consume(size);
  sent_ += size;
  if (!full_ || bytes_.size() > core_.limits().output_bytes / 2) return false;
  full_ = false;
  return true;
}

}  // namespace postern
