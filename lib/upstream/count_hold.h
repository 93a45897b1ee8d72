// One unit of a count that a limit bounds, for as long as something is under way. Which limit that
// is, and what is done beyond it, is for whoever counts.

#ifndef POSTERN_UPSTREAM_COUNT_HOLD_H_
#define POSTERN_UPSTREAM_COUNT_HOLD_H_

#include <cstdint>
#include <utility>

namespace postern {

// A CountHold counts one until it is released, replaced or destroyed, so that no way out can leave
// a unit behind. The count must outlive it.
class CountHold {
 public:
  CountHold() = default;
  explicit CountHold(uint32_t& count) : count_(&count) { ++count; }
  CountHold(CountHold&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  CountHold& operator=(CountHold&& other) noexcept {
    uint32_t* const taken = std::exchange(other.count_, nullptr);
    Release();
    count_ = taken;
    return *this;
  }
  ~CountHold() { Release(); }

  // Release gives the unit back; nothing happens if there is none.
  void Release() {
    if (uint32_t* const count = std::exchange(count_, nullptr); count != nullptr) --*count;
  }

 private:
  uint32_t* count_ = nullptr;  // nullptr: holds none.
};

}  // namespace postern

#endif  // POSTERN_UPSTREAM_COUNT_HOLD_H_
