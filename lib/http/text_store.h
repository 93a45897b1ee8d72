// A TextStore keeps the bytes that the fields of one message point to, at stable addresses and
// without an allocation for each. What the bytes mean is left to lib/http/headers.h.

#ifndef POSTERN_HTTP_TEXT_STORE_H_
#define POSTERN_HTTP_TEXT_STORE_H_

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace postern {

// A TextStore hands out pieces of growing blocks. Pieces stay where they are until Clear.
class TextStore {
 public:
  TextStore() = default;
  TextStore(TextStore&&) noexcept = default;
  TextStore& operator=(TextStore&&) noexcept = default;

  // Reserve returns room for `size` bytes, of which Commit says how many were used.
  char* Reserve(size_t size) {
    if (size > room_) Grow(size);
    return next_;
  }
  std::string_view Commit(size_t size) {
    room_ -= size;
    return {std::exchange(next_, next_ + size), size};
  }

  // Copy returns a copy of `text`; Concat one of all pieces in a row.
  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    std::memcpy(Reserve(text.size()), text.data(), text.size());
    return Commit(text.size());
  }
  std::string_view Concat(std::initializer_list<std::string_view> pieces);

  // Extend returns `text` with `more` behind it. It is made in place if `text` is the piece that
  // was handed out last and there is room, and else is a copy.
  std::string_view Extend(std::string_view text, std::string_view more);

  // Join returns `text` with `more` behind it, both of which are pieces of this store: as they
  // stand if they were handed out one after the other.
  std::string_view Join(std::string_view text, std::string_view more) {
    if (text.empty()) return more;
    if (text.data() + text.size() == more.data()) return {text.data(), text.size() + more.size()};
    return Extend(text, more);
  }

  // Clear forgets everything. It keeps one block, unless that is larger than 16 KiB, so that a
  // store that is used again allocates nothing.
  void Clear();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
  };

  void Grow(size_t size);

  std::vector<Block> blocks_;
  char* next_ = nullptr;  // In the last block.
  size_t room_ = 0;
};

}  // namespace postern

#endif  // POSTERN_HTTP_TEXT_STORE_H_
