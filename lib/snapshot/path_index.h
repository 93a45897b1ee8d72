// A radix tree from exact paths and path prefixes to the numbers of routes: one walk along a path
// meets every route whose path condition holds. Which of them wins is for
// lib/snapshot/route_table.h.

#ifndef POSTERN_SNAPSHOT_PATH_INDEX_H_
#define POSTERN_SNAPSHOT_PATH_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"

namespace postern {

// A PathIndex is immutable; it owns what it holds.
class PathIndex {
 public:
  // An Entry is one path condition, and the number of the route that has it.
  struct Entry {
    std::string_view path;
    bool exact = false;  // Else a prefix.
    uint32_t number = 0;
  };

  PathIndex() = default;

  // PathIndex files `entries`. With `fold`, ASCII case does not count.
  PathIndex(std::vector<Entry> entries, bool fold);

  bool empty() const { return nodes_.empty(); }

  // Visit calls `visit` with the numbers, ascending, of each prefix of `path`, from the shortest,
  // and then of `path` itself. Allocates nothing.
  template <typename Visitor>
  void Visit(std::string_view path, Visitor&& visit) const {
    if (nodes_.empty()) return;
    const Node* node = &nodes_.front();
    size_t at = 0;
    for (;;) {
      if (node->exact > node->prefix) visit(Numbers(node->prefix, node->exact));
      if (at == path.size()) {
        if (node->end > node->exact) visit(Numbers(node->exact, node->end));
        return;
      }
      node = Child(*node, path.substr(at));
      if (node == nullptr) return;
      at += node->label_size;
    }
  }

 private:
  // A Node's label is the bytes between its parent and itself. Children stand together, and their
  // first bytes in first_bytes_ under the same numbers.
  struct Node {
    uint32_t label = 0;  // In labels_.
    uint32_t label_size = 0;
    uint32_t first_child = 0;
    uint32_t children = 0;
    uint32_t prefix = 0;  // numbers_[prefix, exact) have this path as a prefix,
    uint32_t exact = 0;   // numbers_[exact, end) as the whole.
    uint32_t end = 0;
  };

  std::span<const uint32_t> Numbers(uint32_t begin, uint32_t end) const {
    return std::span(numbers_).subspan(begin, end - begin);
  }

  // Child returns the child of `node` whose label begins `rest`, or null.
  const Node* Child(const Node& node, std::string_view rest) const;

  bool fold_ = false;
  std::vector<Node> nodes_;  // Breadth first; the root's label is empty.
  std::string first_bytes_;
  std::string labels_;
  std::vector<uint32_t> numbers_;
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_PATH_INDEX_H_
