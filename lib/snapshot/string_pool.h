// The text of one Snapshot, each piece kept once, at an address that never moves: views in
// decisions point into it. What the text means is for the tables that hold the views.

#ifndef POSTERN_SNAPSHOT_STRING_POOL_H_
#define POSTERN_SNAPSHOT_STRING_POOL_H_

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"

namespace postern {

// A StringPool owns text. The views it returns live as long as the pool, also when it is moved.
class StringPool {
 public:
  StringPool() = default;
  StringPool(StringPool&&) noexcept = default;
  StringPool& operator=(StringPool&&) noexcept = default;

  // Copy returns a copy of `text`, for text that hardly comes twice.
  std::string_view Copy(std::string_view text);

  // Intern returns a copy of `text`, the same one each time until FinishAdding.
  std::string_view Intern(std::string_view text);

  // FinishAdding frees what only Intern needs to find equal text.
  void FinishAdding() { known_ = {}; }

  // bytes returns how much text was copied.
  size_t bytes() const { return bytes_; }

 private:
  char* Allocate(size_t size);

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;  // Free space of the last block.
  size_t free_ = 0;
  size_t bytes_ = 0;
  StringViewSet known_;
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_STRING_POOL_H_
