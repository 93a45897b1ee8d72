// The owner of what the ids of postern/ids.h name: slots with generations.

#ifndef POSTERN_BASE_HANDLE_TABLE_H_
#define POSTERN_BASE_HANDLE_TABLE_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "postern/ids.h"

namespace postern {

// A HandleTable owns things of type T and maps ids of one kind to them. The lowest free slot is
// taken first, and each taking of a slot has a generation of its own; no generation is 0 or
// UINT32_MAX.
template <typename Id, typename T>
class HandleTable {
 public:
  // Add gives `value`, which is not null, an id.
  Id Add(std::unique_ptr<T> value) {
    assert(value != nullptr);
    uint32_t slot;
    if (free_.empty()) {
      slot = static_cast<uint32_t>(slots_.size());
      slots_.push_back({});
    } else {
      std::pop_heap(free_.begin(), free_.end(), std::greater<>());
      slot = free_.back();
      free_.pop_back();
    }
    Slot& taken = slots_[slot];
    taken.generation = taken.generation >= UINT32_MAX - 1 ? 1 : taken.generation + 1;
    taken.value = std::move(value);
    ++size_;
    return {slot, taken.generation};
  }

  // Find returns what `id` names, or nullptr if it is stale.
  T* Find(Id id) const {
    if (id.slot >= slots_.size() || slots_[id.slot].generation != id.generation) return nullptr;
    return slots_[id.slot].value.get();
  }

  // Remove makes `id` stale and returns what it named, or nullptr if it is stale already.
  std::unique_ptr<T> Remove(Id id) {
    if (Find(id) == nullptr) return nullptr;
    free_.push_back(id.slot);
    std::push_heap(free_.begin(), free_.end(), std::greater<>());
    --size_;
    return std::move(slots_[id.slot].value);
  }

  // Clear deletes all that there is, in the order of the slots; the table is not used after.
  void Clear() {
    for (Slot& slot : slots_) slot.value = nullptr;
  }

  // size returns how many ids are taken.
  size_t size() const { return size_; }

  // At returns what has `slot`, or nullptr; for loops over [0, slots()) that survive any change.
  T* At(size_t slot) const { return slot < slots_.size() ? slots_[slot].value.get() : nullptr; }
  size_t slots() const { return slots_.size(); }

 private:
  struct Slot {
    std::unique_ptr<T> value;
    uint32_t generation = 0;
  };

  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;  // A heap, the lowest first.
  size_t size_ = 0;
};

}  // namespace postern

#endif  // POSTERN_BASE_HANDLE_TABLE_H_
