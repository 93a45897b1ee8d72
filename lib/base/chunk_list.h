// Bytes that wait: the output of a connection, the body that a retry would need. Slices are owned,
// in chunks of a pool, or lent by the call under way; high marks and half-close are the link's.

#ifndef POSTERN_BASE_CHUNK_LIST_H_
#define POSTERN_BASE_CHUNK_LIST_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "lib/base/chunk_pool.h"
#include "postern/bytes.h"

namespace postern {

// A ChunkList is a queue of bytes that gives them out as slices for writev. Owned bytes do not move
// until they are consumed; lent ones do once, when the pool settles.
class ChunkList {
 public:
  explicit ChunkList(ChunkPool* pool) : pool_(pool) {}
  ChunkList(const ChunkList&) = delete;
  ChunkList& operator=(const ChunkList&) = delete;
  ~ChunkList() { Clear(); }

  // Append copies `bytes` to the end.
  void Append(ByteSpan bytes);
  void Append(std::string_view text) { Append(AsBytes(text)); }

  // AppendLent puts `bytes` at the end as they are. They must stay until ChunkPool::Settle.
  void AppendLent(ByteSpan bytes);

  // AppendFrom moves all that `other`, of the same pool, holds to the end.
  void AppendFrom(ChunkList& other);

  // Prepare returns at least `size` writable bytes at the end, valid until the next call; Commit
  // makes the first `size` of them part of the list.
  std::span<uint8_t> Prepare(size_t size);
  void Commit(size_t size);

  // Peek fills `out` with the first slices, in order, and returns how many.
  size_t Peek(std::span<ByteSpan> out) const;

  // front returns the first slice; the list must not be empty.
  ByteSpan front() const { return {slices_[head_].data, slices_[head_].size}; }

  // At returns the bytes from `offset` to the end of their slice; empty at the end of the list.
  ByteSpan At(size_t offset) const;

  // Consume drops the first `size` bytes, at most all.
  void Consume(size_t size);
  void Clear() { Consume(size_); }

  // Trim gives back the memory of the list itself; for lists that will be idle.
  void Trim();

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  ChunkPool* pool() const { return pool_; }

 private:
  friend class ChunkPool;

  struct Slice {
    const uint8_t* data;
    size_t size;
    Chunk* chunk;  // nullptr: lent.
  };

  Chunk* Tail(size_t size);                // A chunk at the end with that much room.
  void Extend(Chunk* chunk, size_t size);  // The next `size` bytes of `chunk` are ours now.
  void Drop(Chunk* chunk);
  void Settle();
  void Link();
  void Unlink();

  ChunkPool* pool_;
  absl::InlinedVector<Slice, 1> slices_;
  size_t head_ = 0;  // The first of slices_ that is not consumed.
  size_t size_ = 0;
  uint32_t lent_ = 0;  // Slices.
  ChunkList* next_lent_ = nullptr;
  ChunkList** link_lent_ = nullptr;  // What points at us among the pool's lists; nullptr: none.
};

}  // namespace postern

#endif  // POSTERN_BASE_CHUNK_LIST_H_
