#include "lib/snapshot/string_pool.h"

#include <cstring>

namespace postern {
namespace {

constexpr size_t kBlockBytes = 64 << 10;

}  // namespace

char* StringPool::Allocate(size_t size) {
  if (size > kBlockBytes / 8) {
    // A large text has a block of its own, and the space left in the last one stays in use.
    auto own = std::make_unique_for_overwrite<char[]>(size);
    char* start = own.get();
    blocks_.push_back(std::move(own));
    return start;
  }
  if (size > free_) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockBytes));
    next_ = blocks_.back().get();
    free_ = kBlockBytes;
  }
  char* start = next_;
  next_ += size;
  free_ -= size;
  return start;
}

std::string_view StringPool::Copy(std::string_view text) {
  if (text.empty()) return {};
  char* copy = Allocate(text.size());
  std::memcpy(copy, text.data(), text.size());
  bytes_ += text.size();
  return {copy, text.size()};
}

std::string_view StringPool::Intern(std::string_view text) {
  if (text.empty()) return {};
  if (const auto known = known_.find(text); known != known_.end()) return *known;
  return *known_.insert(Copy(text)).first;
}

}  // namespace postern
