#include "lib/model/key_pool.h"

namespace postern {

uint32_t KeyPool::Add(std::string_view key) {
  if (const auto known = ids_.find(key); known != ids_.end()) return *known;
  const auto id = static_cast<uint32_t>(starts_.size() - 1);
  text_ += key;
  starts_.push_back(static_cast<uint32_t>(text_.size()));
  ids_.insert(id);
  return id;
}

void KeyPool::FinishAdding() {
  ids_ = absl::flat_hash_set<uint32_t, Hash, Equal>(0, Hash{this}, Equal{this});
  text_.shrink_to_fit();
  // Without exceptions the standard library shrinks no vector.
  starts_ = std::vector<uint32_t>(starts_.begin(), starts_.end());
}

}  // namespace postern
