#include "lib/match/suffix_table.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "lib/base/strings.h"
#include "lib/match/host_names.h"

namespace postern {
namespace {

constexpr uint64_t kSeed = 0xcbf29ce484222325;
constexpr uint64_t kPrime = 0x100000001b3;

// Extend returns the hash of a text with `c` put before it (FNV-1a, from the right).
constexpr uint64_t Extend(uint64_t hash, char c) {
  return (hash ^ static_cast<unsigned char>(c)) * kPrime;
}

// Finish spreads a running hash over all bits, apart for names and for suffixes.
constexpr uint64_t Finish(uint64_t hash, bool wildcard) {
  hash += wildcard ? 0x9e3779b97f4a7c15 : 0;
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93;
  return hash ^ hash >> 29;
}

uint64_t HashText(std::string_view lower, bool wildcard) {
  uint64_t hash = kSeed;
  for (size_t i = lower.size(); i-- > 0;) hash = Extend(hash, lower[i]);
  return Finish(hash, wildcard);
}

constexpr uint32_t Tag(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

}  // namespace

const SuffixTable::Slot* SuffixTable::Probe(uint64_t hash, std::string_view lower,
                                            bool wildcard) const {
  if (slots_.empty()) return nullptr;
  for (size_t at = Place(hash); slots_[at].length != 0; at = Place(at + 1)) {
    const Slot& slot = slots_[at];
    if (slot.tag == Tag(hash) && slot.wildcard == wildcard && slot.length == lower.size() &&
        std::memcmp(names_.data() + slot.name, lower.data(), lower.size()) == 0) {
      return &slot;
    }
  }
  return nullptr;
}

size_t SuffixTable::FindPattern(std::string_view pattern) const {
  if (pattern == "*") return any_;
  if (pattern.empty() || pattern.size() > kMaxName) return kNone;
  const bool wildcard = IsWildcardHost(pattern);
  const std::string lower = AsciiLower(pattern.substr(wildcard ? 1 : 0));
  const Slot* slot = Probe(HashText(lower, wildcard), lower, wildcard);
  return slot == nullptr ? kNone : slot->number;
}

absl::Status SuffixTable::Add(std::string_view pattern) {
  if (pattern.empty() || pattern.size() > kMaxName) {
    return InvalidArgument("host is empty or longer than 255 bytes: ", Quote(pattern));
  }
  if (FindPattern(pattern) != kNone) {
    return absl::AlreadyExistsError(StrCat("host ", Quote(pattern), " is in the table"));
  }
  if (pattern == "*") {
    any_ = count_++;
    return absl::OkStatus();
  }
  const bool wildcard = IsWildcardHost(pattern);
  const std::string lower = AsciiLower(pattern.substr(wildcard ? 1 : 0));
  if (names_.size() + lower.size() > std::numeric_limits<uint32_t>::max()) {
    return ResourceExhausted("more than 4 GiB of host names");
  }
  if ((filled_ + 1) * 2 > slots_.size()) Grow();
  const uint64_t hash = HashText(lower, wildcard);
  Insert(hash,
         Slot{Tag(hash), static_cast<uint32_t>(count_++), static_cast<uint32_t>(names_.size()),
              static_cast<uint8_t>(lower.size()), wildcard});
  ++filled_;
  names_ += lower;
  if (wildcard) (lower.front() == '.' ? dotted_ : undotted_).set(lower.size());
  return absl::OkStatus();
}

void SuffixTable::Insert(uint64_t hash, const Slot& slot) {
  size_t at = Place(hash);
  while (slots_[at].length != 0) at = Place(at + 1);
  slots_[at] = slot;
}

void SuffixTable::Grow() {
  std::vector<Slot> old(std::max<size_t>(slots_.size() * 2, 8));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.length == 0) continue;
    Insert(HashText(std::string_view(names_).substr(slot.name, slot.length), slot.wildcard), slot);
  }
}

size_t SuffixTable::Find(std::string_view host) const {
  // What is longer than any name is no name, and its suffixes are in its end.
  char buffer[kMaxName];
  const size_t kept = std::min(host.size(), kMaxName);
  const char* from = host.data() + (host.size() - kept);
  for (size_t i = 0; i < kept; ++i) buffer[i] = AsciiLower(from[i]);

  struct Candidate {
    uint64_t hash;
    size_t length;
  };
  Candidate candidates[kMaxName];
  size_t found = 0;
  uint64_t running = kSeed;
  const auto note = [&](size_t length) {
    const uint64_t hash = Finish(running, true);
    __builtin_prefetch(slots_.data() + Place(hash));
    candidates[found++] = {hash, length};
  };
  for (size_t length = 1; length <= kept; ++length) {
    const char c = buffer[kept - length];
    running = Extend(running, c);
    const auto& lengths = c == '.' ? dotted_ : undotted_;
    if (lengths[length] && length < host.size()) note(length);
  }

  if (host.size() == kept && kept != 0) {
    const Slot* slot = Probe(Finish(running, false), {buffer, kept}, false);
    if (slot != nullptr) return slot->number;
  }
  while (found > 0) {
    const Candidate& candidate = candidates[--found];
    const std::string_view suffix(buffer + kept - candidate.length, candidate.length);
    const Slot* slot = Probe(candidate.hash, suffix, true);
    if (slot != nullptr) return slot->number;
  }
  return any_;
}

}  // namespace postern
