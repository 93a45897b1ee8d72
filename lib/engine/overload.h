// What the engine does when memory runs short: the thresholds, from its one ledger. Who is refused
// or shed, and how, is left to those who ask.

#ifndef POSTERN_ENGINE_OVERLOAD_H_
#define POSTERN_ENGINE_OVERLOAD_H_

#include <cstddef>

#include "lib/base/chunk_pool.h"

namespace postern {

// An Overload compares the ledger, which is the pool's, with Limits::memory_bytes.
class Overload {
 public:
  Overload(const ChunkPool* ledger, size_t memory_bytes)
      : ledger_(ledger),
        shed_from_(memory_bytes / 20 * 19),
        refuse_from_(memory_bytes / 50 * 49),
        limited_(memory_bytes != 0) {}

  // sheds returns whether new connections should be refused and the largest streams ended, given
  // that `freed` bytes still in the ledger are about to be released: from 0.95 of the limit.
  bool sheds(size_t freed = 0) const { return limited_ && ledger_->bytes() >= shed_from_ + freed; }

  // refuses returns whether requests get 503, flag OM: from 0.98 of the limit.
  bool refuses() const { return limited_ && ledger_->bytes() >= refuse_from_; }

 private:
  const ChunkPool* ledger_;
  size_t shed_from_;
  size_t refuse_from_;
  bool limited_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_OVERLOAD_H_
