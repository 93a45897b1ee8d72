// The memory behind chunk lists: one pool an engine, which counts every byte and keeps a few chunks
// for reuse. What stands in the chunks, and in which order, is for lib/base/chunk_list.h.

#ifndef POSTERN_BASE_CHUNK_POOL_H_
#define POSTERN_BASE_CHUNK_POOL_H_

#include <cstddef>
#include <cstdint>

namespace postern {

class ChunkList;

// A Chunk is a piece of owned memory that bytes are appended to; `refs` slices stand in it.
struct Chunk {
  Chunk* next_free;
  uint32_t capacity;
  uint32_t used;
  uint32_t refs;

  uint8_t* data() { return reinterpret_cast<uint8_t*>(this + 1); }
  uint32_t room() const { return capacity - used; }
};

// A ChunkPool makes chunks for the lists of one engine, which must not outlive it, and knows the
// lists that hold bytes lent to the call under way.
class ChunkPool {
 public:
  // Small chunks hold heads, large ones bodies; a wish beyond a large one is met exactly.
  static constexpr uint32_t kSmall = 1024 - sizeof(Chunk);
  static constexpr uint32_t kLarge = 16384 - sizeof(Chunk);
  // kKeptBytes bounds what is kept for reuse.
  static constexpr size_t kKeptBytes = 1 << 20;

  ChunkPool() = default;
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;
  ~ChunkPool();

  // Take returns an empty chunk for at least `size` bytes, with no refs.
  Chunk* Take(size_t size);

  // Give takes a chunk back that no slice stands in.
  void Give(Chunk* chunk);

  // Settle copies what is lent in any list into chunks, and forgets the lender.
  void Settle();

  // bytes returns how much memory is in the hands of lists; what is kept for reuse is not counted.
  size_t bytes() const { return bytes_; }

 private:
  friend class ChunkList;

  ChunkList* lent_ = nullptr;  // The lists with lent slices, linked through themselves.
  Chunk* small_ = nullptr;
  Chunk* large_ = nullptr;
  size_t kept_ = 0;
  size_t bytes_ = 0;
};

}  // namespace postern

#endif  // POSTERN_BASE_CHUNK_POOL_H_
