// The keys of one text, each kept once. Where they stand is in lib/model/location.h.

#ifndef POSTERN_MODEL_KEY_POOL_H_
#define POSTERN_MODEL_KEY_POOL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "lib/base/strings.h"

namespace postern {

// A KeyPool numbers texts in the order of their first use. The tables of all resources of one text
// share one, and so pay four bytes a key.
class KeyPool {
 public:
  // `file` is the name of the text, for SourceLocation.
  explicit KeyPool(std::string_view file) : file_(file), ids_(0, Hash{this}, Equal{this}) {}

  KeyPool(const KeyPool&) = delete;
  KeyPool& operator=(const KeyPool&) = delete;

  const std::string& file() const { return file_; }

  // Add returns the number of `key`, which is new unless it was added before.
  uint32_t Add(std::string_view key);

  // Key returns the text of the number `id`; it lives until the next Add.
  std::string_view Key(uint32_t id) const {
    return std::string_view(text_).substr(starts_[id], starts_[id + 1] - starts_[id]);
  }

  // FinishAdding frees what only Add needs.
  void FinishAdding();

 private:
  struct Hash {
    using is_transparent = void;
    const KeyPool* pool;
    size_t operator()(std::string_view key) const {
      return absl::Hash<absl::string_view>()(ToAbsl(key));
    }
    size_t operator()(uint32_t id) const { return (*this)(pool->Key(id)); }
  };
  struct Equal {
    using is_transparent = void;
    const KeyPool* pool;
    std::string_view Text(std::string_view key) const { return key; }
    std::string_view Text(uint32_t id) const { return pool->Key(id); }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Text(a) == Text(b);
    }
  };

  std::string file_;
  std::string text_;                    // All keys, one after the other.
  std::vector<uint32_t> starts_ = {0};  // Of each key in `text_`, and the end.
  absl::flat_hash_set<uint32_t, Hash, Equal> ids_;
};

}  // namespace postern

#endif  // POSTERN_MODEL_KEY_POOL_H_
