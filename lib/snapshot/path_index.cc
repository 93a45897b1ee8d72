#include "lib/snapshot/path_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "lib/base/strings.h"

namespace postern {
namespace {

constexpr uint32_t Tag(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

constexpr uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0xd6e8feb86659fd93;
  return hash ^ hash >> 32;
}

uint64_t Load(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// Word returns `bytes`, at most eight, behind `start`.
uint64_t Word(std::string_view bytes, uint64_t start) {
  for (const char c : bytes) start = start << 8 | static_cast<unsigned char>(c);
  return start;
}

uint64_t FoldedWord(std::string_view bytes, uint64_t start) {
  for (const char c : bytes) start = start << 8 | static_cast<unsigned char>(AsciiLower(c));
  return start;
}

bool IsExact(const PathCondition& path) { return path.kind == PathCondition::Kind::kExact; }

}  // namespace

uint64_t PathIndex::Extend(uint64_t hash, std::string_view piece) const {
  while (piece.size() >= 8) {
    hash = Mix(hash, fold_ ? FoldedWord(piece.substr(0, 8), 0) : Load(piece.data()));
    piece.remove_prefix(8);
  }
  const uint64_t end = piece.size() + 1;  // Tells a short piece from one that begins with zeros.
  return Mix(hash, fold_ ? FoldedWord(piece, end) : Word(piece, end));
}

const PathIndex::Slot& PathIndex::Find(const Candidate& candidate, std::string_view path,
                                       uint32_t limit) const {
  for (size_t at = Place(candidate.hash);; at = Place(at + 1)) {
    const Slot& slot = slots_[at];
    if (slot.route == nullptr) return slot;
    if (slot.tag != Tag(candidate.hash) || slot.number >= limit) continue;
    slot.route->Prefetch();
    const PathCondition& condition = slot.route->path;
    if (condition.text.size() == candidate.size && IsExact(condition) == candidate.exact &&
        condition.Matches(path)) {
      return slot;
    }
  }
}

PathIndex::PathIndex(std::span<const Route* const> routes, bool fold) : fold_(fold) {
  std::vector<uint32_t> numbers;
  std::vector<uint32_t> lengths;
  for (uint32_t number = 0; number < routes.size(); ++number) {
    const PathCondition& path = routes[number]->path;
    if (path.kind == PathCondition::Kind::kRegex || path.ignore_case != fold) continue;
    numbers.push_back(number);
    if (IsExact(path)) {
      has_exact_ = true;
    } else {
      lengths.push_back(static_cast<uint32_t>(path.text.size()));
    }
  }
  if (numbers.empty()) return;
  std::sort(lengths.begin(), lengths.end());
  lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
  lengths_.assign(lengths.begin(), lengths.end());
  lengths_.shrink_to_fit();

  slots_.resize(std::bit_ceil(numbers.size() * 2));
  std::vector<uint32_t> last(routes.size());  // Of the routes with one condition, by the first.
  for (const uint32_t number : numbers) {
    const Route& route = *routes[number];
    Candidate candidate = {};
    ForEachCandidate(route.path.text, [&](const Candidate& noted) {
      if (noted.size == route.path.text.size() && noted.exact == IsExact(route.path)) {
        candidate = noted;
      }
    });
    const Slot& slot = Find(candidate, route.path.text, kNone);
    if (slot.route == nullptr) {
      slots_[static_cast<size_t>(&slot - slots_.data())] = {Tag(candidate.hash), number, &route};
      last[number] = number;
      continue;
    }
    if (next_.empty()) next_.assign(routes.size(), kNone);
    next_[last[slot.number]] = number;
    last[slot.number] = number;
  }
}

}  // namespace postern
