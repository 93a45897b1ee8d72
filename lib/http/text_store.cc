#include "lib/http/text_store.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace postern {
namespace {

constexpr size_t kFirstBlock = 1024;
constexpr size_t kLargestKept = 16 << 10;

}  // namespace

std::string_view TextStore::Concat(std::initializer_list<std::string_view> pieces) {
  size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  char* to = Reserve(size);
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    std::memcpy(to, piece.data(), piece.size());
    to += piece.size();
  }
  return Commit(size);
}

std::string_view TextStore::Extend(std::string_view text, std::string_view more) {
  if (more.empty()) return text;
  if (text.empty()) return Copy(more);
  if (text.data() + text.size() == next_ && more.size() <= room_) {
    std::memcpy(next_, more.data(), more.size());
    Commit(more.size());
    return {text.data(), text.size() + more.size()};
  }
  // Twice the room, so that a value that comes byte by byte is moved a few times only.
  Reserve(2 * (text.size() + more.size()));
  return Concat({text, more});
}

void TextStore::Clear() {
  if (blocks_.size() > 1) {
    std::swap(blocks_.front(), blocks_.back());  // The last is the largest.
    blocks_.resize(1);
  }
  if (!blocks_.empty() && blocks_.front().size > kLargestKept) blocks_.clear();
  room_ = blocks_.empty() ? 0 : blocks_.front().size;
  next_ = blocks_.empty() ? nullptr : blocks_.front().bytes.get();
}

void TextStore::Grow(size_t size) {
  size = std::max(size, blocks_.empty() ? kFirstBlock : 2 * blocks_.back().size);
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
  next_ = blocks_.back().bytes.get();
  room_ = size;
}

}  // namespace postern
