// A hash table from exact paths and path prefixes to routes: one look for each length that a prefix
// has meets every route whose path condition holds. Which of them wins is for
// lib/snapshot/route_table.h.

#ifndef POSTERN_SNAPSHOT_PATH_INDEX_H_
#define POSTERN_SNAPSHOT_PATH_INDEX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "lib/snapshot/route.h"

namespace postern {

// A PathIndex is immutable and borrows its routes.
//
// A lookup hashes the path once, from its start, and notes the hash at each length that some prefix
// has; the memory of all of them is asked for before any is read, so that it is waited for once,
// where a tree would wait at each node.
class PathIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  PathIndex() = default;

  // PathIndex files those of `routes` whose path is no expression and ignores case if `fold`; their
  // numbers are their places in `routes`.
  PathIndex(std::span<const Route* const> routes, bool fold);

  bool empty() const { return slots_.empty(); }

  // Visit calls `visit(number, route)` for each condition that holds for `path`, with the first
  // route that has it; Next leads to the others. It passes over numbers from `limit` on, which
  // `visit` may lower meanwhile. Long conditions come first: they tend to be those of low numbers.
  // Allocates nothing.
  template <typename Visitor>
  void Visit(std::string_view path, const uint32_t& limit, Visitor&& visit) const;

  // Next returns the number of the next route with the same path condition, or kNone.
  uint32_t Next(uint32_t number) const { return next_.empty() ? kNone : next_[number]; }

 private:
  // A Slot is one entry of the open-addressing table; `route` is null if it is free.
  struct Slot {
    uint32_t tag = 0;  // The half of the hash that does not choose the place.
    uint32_t number = 0;
    const Route* route = nullptr;
  };

  // A Candidate is a condition that holds for a path if some route has it: the first `size` bytes
  // as a prefix, or all of them as the exact path.
  struct Candidate {
    uint64_t hash;
    size_t size;
    bool exact;
  };

  size_t Place(uint64_t hash) const { return hash & (slots_.size() - 1); }

  // Extend returns the hash of a text that goes on with `piece`, given the hash of what was before.
  uint64_t Extend(uint64_t hash, std::string_view piece) const;

  // ForEachCandidate calls `note` with the candidates of `path`, from the shortest.
  template <typename Note>
  void ForEachCandidate(std::string_view path, Note&& note) const;

  // Find returns the slot of `candidate`, which is of `path`, if its number is below `limit`; else
  // a free one.
  const Slot& Find(const Candidate& candidate, std::string_view path, uint32_t limit) const;

  std::vector<Slot> slots_;                   // A power of two of them, at least one free; or none.
  absl::InlinedVector<uint32_t, 6> lengths_;  // Of the prefixes, ascending.
  bool has_exact_ = false;
  bool fold_ = false;
  std::vector<uint32_t> next_;  // By number; empty if no two routes have one condition.
};

template <typename Note>
void PathIndex::ForEachCandidate(std::string_view path, Note&& note) const {
  uint64_t hash = 0;
  size_t at = 0;
  for (const uint32_t length : lengths_) {
    if (length > path.size()) break;
    hash = Extend(hash, path.substr(at, length - at));
    at = length;
    note(Candidate{hash, length, false});
  }
  if (has_exact_) note(Candidate{Extend(hash, path.substr(at)), path.size(), true});
}

template <typename Visitor>
void PathIndex::Visit(std::string_view path, const uint32_t& limit, Visitor&& visit) const {
  if (slots_.empty()) return;
  std::array<Candidate, 16> candidates;  // Those noted and not looked up yet.
  size_t noted = 0;
  const auto look_up = [&] {
    while (noted > 0) {
      const Slot& slot = Find(candidates[--noted], path, limit);
      if (slot.route != nullptr) visit(slot.number, *slot.route);
    }
  };
  ForEachCandidate(path, [&](const Candidate& candidate) {
    if (noted == candidates.size()) look_up();
    __builtin_prefetch(&slots_[Place(candidate.hash)]);
    candidates[noted++] = candidate;
  });
  look_up();
}

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_PATH_INDEX_H_
