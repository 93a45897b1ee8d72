// Hash tables from text that are asked with a std::string_view, without making a string. Abseil's
// own transparent lookup knows only its own string_view in Debian's build.

#ifndef POSTERN_BASE_STRING_MAP_H_
#define POSTERN_BASE_STRING_MAP_H_

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "lib/base/strings.h"

namespace postern {

struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    return absl::Hash<absl::string_view>()(ToAbsl(text));
  }
};

struct StringEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

// A StringMap owns its keys.
template <typename V>
using StringMap = absl::flat_hash_map<std::string, V, StringHash, StringEqual>;
using StringSet = absl::flat_hash_set<std::string, StringHash, StringEqual>;

// A StringViewMap borrows its keys, which must outlive it.
template <typename V>
using StringViewMap = absl::flat_hash_map<std::string_view, V, StringHash, StringEqual>;
using StringViewSet = absl::flat_hash_set<std::string_view, StringHash, StringEqual>;

}  // namespace postern

#endif  // POSTERN_BASE_STRING_MAP_H_
