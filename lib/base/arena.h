// Memory that lives and dies together: the fields of one message, the facts of one stream. It
// leaves the bytes of bodies to lib/base/chunk_list.h.

#ifndef POSTERN_BASE_ARENA_H_
#define POSTERN_BASE_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace postern {

// An Arena hands out memory by moving a pointer and takes it back all at once. It runs no
// destructors, so it holds trivially destructible things only.
class Arena {
 public:
  // kBlock is the size of a block, its head included; a larger wish gets a block of its own.
  static constexpr size_t kBlock = 4096;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { Release(); }

  // Allocate returns `size` bytes aligned to `alignment`, which is a power of two of at most
  // alignof(max_align_t). They are not initialised, and last until Reset or Release.
  void* Allocate(size_t size, size_t alignment = alignof(std::max_align_t));

  // Copy returns a copy of `text`.
  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    char* copy = static_cast<char*>(Allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  // CopyArray returns a copy of `items`, shallow.
  template <typename T>
  std::span<T> CopyArray(std::span<const T> items) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (items.empty()) return {};
    T* copy = static_cast<T*>(Allocate(items.size() * sizeof(T), alignof(T)));
    for (size_t i = 0; i < items.size(); ++i) new (copy + i) T(items[i]);
    return {copy, items.size()};
  }

  // New returns a T made from `arguments`.
  template <typename T, typename... Arguments>
  T* New(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (Allocate(sizeof(T), alignof(T))) T{std::forward<Arguments>(arguments)...};
  }

  // Reset takes everything back and keeps one block for what comes next.
  void Reset();

  // Release takes everything back and frees it.
  void Release();

  // footprint returns how many bytes the arena has from the system.
  size_t footprint() const { return footprint_; }

 private:
  struct Block {
    Block* next;
    size_t size;  // With the head.
  };

  void AddBlock(size_t at_least);

  Block* blocks_ = nullptr;  // The one in use first.
  uint8_t* next_ = nullptr;
  uint8_t* end_ = nullptr;
  size_t footprint_ = 0;
};

}  // namespace postern

#endif  // POSTERN_BASE_ARENA_H_
