#include "lib/base/chunk_pool.h"

#include <new>
#include <utility>

#include "lib/base/chunk_list.h"

namespace postern {
namespace {

size_t Footprint(const Chunk& chunk) { return sizeof(Chunk) + chunk.capacity; }

}  // namespace

ChunkPool::~ChunkPool() {
  for (Chunk* list : {small_, large_}) {
    while (list != nullptr) ::operator delete(std::exchange(list, list->next_free));
  }
}

Chunk* ChunkPool::Take(size_t size) {
  const uint32_t capacity = size <= kSmall   ? kSmall
                            : size <= kLarge ? kLarge
                                             : static_cast<uint32_t>(size);
  Chunk** kept = capacity == kSmall ? &small_ : capacity == kLarge ? &large_ : nullptr;
  Chunk* chunk;
  if (kept != nullptr && *kept != nullptr) {
    chunk = std::exchange(*kept, (*kept)->next_free);
    kept_ -= Footprint(*chunk);
  } else {
    chunk = static_cast<Chunk*>(::operator new(sizeof(Chunk) + capacity));
  }
  *chunk = {nullptr, capacity, 0, 0};
  bytes_ += Footprint(*chunk);
  return chunk;
}

void ChunkPool::Give(Chunk* chunk) {
  const size_t size = Footprint(*chunk);
  bytes_ -= size;
  Chunk** kept = chunk->capacity == kSmall   ? &small_
                 : chunk->capacity == kLarge ? &large_
                                             : nullptr;
  if (kept == nullptr || kept_ + size > kKeptBytes) {
    ::operator delete(chunk);
    return;
  }
  chunk->next_free = *kept;
  *kept = chunk;
  kept_ += size;
}

void ChunkPool::Settle() {
  while (lent_ != nullptr) lent_->Settle();
}

}  // namespace postern
