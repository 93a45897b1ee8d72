#include "lib/snapshot/path_index.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace postern {
namespace {

size_t CommonPrefix(std::string_view a, std::string_view b) {
  const size_t limit = std::min(a.size(), b.size());
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(limit), b.begin()).first -
      a.begin());
}

}  // namespace

PathIndex::PathIndex(std::vector<Entry> entries, bool fold) : fold_(fold) {
  if (entries.empty()) return;
  std::vector<std::string> folded;
  if (fold) {
    folded.reserve(entries.size());
    for (Entry& entry : entries) {
      folded.push_back(AsciiLower(entry.path));
      entry.path = folded.back();
    }
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.path, a.exact, a.number) < std::tie(b.path, b.exact, b.number);
  });

  // A Range is the entries below one node: they have their first `depth` bytes in common.
  struct Range {
    size_t begin;
    size_t end;
    size_t depth;
  };
  std::vector<Range> ranges = {{0, entries.size(), 0}};  // Of the nodes, by number.
  nodes_.emplace_back();
  first_bytes_.push_back('\0');
  for (size_t i = 0; i < nodes_.size(); ++i) {
    auto [begin, end, depth] = ranges[i];
    // Entries that end here sort before those that go on, prefixes first.
    nodes_[i].prefix = static_cast<uint32_t>(numbers_.size());
    while (begin < end && entries[begin].path.size() == depth && !entries[begin].exact) {
      numbers_.push_back(entries[begin++].number);
    }
    nodes_[i].exact = static_cast<uint32_t>(numbers_.size());
    while (begin < end && entries[begin].path.size() == depth) {
      numbers_.push_back(entries[begin++].number);
    }
    nodes_[i].end = static_cast<uint32_t>(numbers_.size());
    nodes_[i].first_child = static_cast<uint32_t>(nodes_.size());
    while (begin < end) {
      const char first = entries[begin].path[depth];
      size_t last = begin;
      while (last + 1 < end && entries[last + 1].path[depth] == first) ++last;
      // Sorted: what the first and the last have in common, all between them have.
      const size_t common = CommonPrefix(entries[begin].path, entries[last].path);
      Node child;
      child.label = static_cast<uint32_t>(labels_.size());
      child.label_size = static_cast<uint32_t>(common - depth);
      labels_ += entries[begin].path.substr(depth, common - depth);
      nodes_.push_back(child);
      first_bytes_.push_back(first);
      ranges.push_back({begin, last + 1, common});
      ++nodes_[i].children;
      begin = last + 1;
    }
  }
}

const PathIndex::Node* PathIndex::Child(const Node& node, std::string_view rest) const {
  if (node.children == 0) return nullptr;
  const char* const bytes = first_bytes_.data() + node.first_child;
  const char first = fold_ ? AsciiLower(rest.front()) : rest.front();
  const void* found = std::memchr(bytes, first, node.children);
  if (found == nullptr) return nullptr;
  const Node& child =
      nodes_[node.first_child + static_cast<size_t>(static_cast<const char*>(found) - bytes)];
  if (rest.size() < child.label_size) return nullptr;
  const std::string_view label(labels_.data() + child.label, child.label_size);
  const std::string_view piece = rest.substr(0, child.label_size);
  const bool same = fold_ ? std::equal(piece.begin(), piece.end(), label.begin(),
                                       [](char a, char b) { return AsciiLower(a) == b; })
                          : piece == label;
  return same ? &child : nullptr;
}

}  // namespace postern
