#include "lib/base/arena.h"

#include <algorithm>

namespace postern {

void* Arena::Allocate(size_t size, size_t alignment) {
  const auto aligned = [&] {
    return reinterpret_cast<uint8_t*>((reinterpret_cast<uintptr_t>(next_) + alignment - 1) &
                                      ~(uintptr_t{alignment} - 1));
  };
  uint8_t* start = aligned();
  if (next_ == nullptr || start > end_ || size > static_cast<size_t>(end_ - start)) {
    AddBlock(size + alignment);
    start = aligned();
  }
  next_ = start + size;
  return start;
}

void Arena::AddBlock(size_t at_least) {
  const size_t size = std::max(kBlock, at_least + sizeof(Block));
  Block* block = static_cast<Block*>(::operator new(size));
  *block = {blocks_, size};
  blocks_ = block;
  footprint_ += size;
  next_ = reinterpret_cast<uint8_t*>(block + 1);
  end_ = reinterpret_cast<uint8_t*>(block) + size;
}

void Arena::Reset() {
  Block* kept = nullptr;
  while (blocks_ != nullptr) {
    Block* block = std::exchange(blocks_, blocks_->next);
    if (kept == nullptr && block->size == kBlock) {
      kept = block;
    } else {
      ::operator delete(block);
    }
  }
  blocks_ = kept;
  footprint_ = kept == nullptr ? 0 : kept->size;
  next_ = kept == nullptr ? nullptr : reinterpret_cast<uint8_t*>(kept + 1);
  end_ = kept == nullptr ? nullptr : reinterpret_cast<uint8_t*>(kept) + kept->size;
  if (kept != nullptr) kept->next = nullptr;
}

void Arena::Release() {
  while (blocks_ != nullptr) ::operator delete(std::exchange(blocks_, blocks_->next));
  footprint_ = 0;
  next_ = end_ = nullptr;
}

}  // namespace postern
