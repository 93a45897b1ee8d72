#include "lib/match/suffix_table.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "lib/base/strings.h"
#include "lib/match/host_names.h"
#include "lib/match/lowered_host.h"

namespace postern {
namespace {

// Finish keeps names and suffixes apart.
constexpr uint64_t Finish(uint64_t hash, bool wildcard) {
  return wildcard ? hash * 0x9e3779b97f4a7c15 ^ hash >> 32 : hash;
}

uint64_t HashText(std::string_view lower, bool wildcard) {
  return Finish(LoweredHost(lower).Hash(), wildcard);
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

SuffixTable::Key::Key(std::string_view pattern)
    : wildcard(IsWildcardHost(pattern)),
      lowered(pattern.substr(wildcard ? 1 : 0)),
      hash(Finish(lowered.Hash(), wildcard)) {}

size_t SuffixTable::FindPattern(std::string_view pattern) const {
  if (pattern == "*") return any_;
  if (pattern.empty() || pattern.size() > kMaxName) return kNone;
  const Key key(pattern);
  const Slot* slot = Probe(key.hash, key.lowered.text(), key.wildcard);
  return slot == nullptr ? kNone : slot->number;
}

absl::Status SuffixTable::Add(std::string_view pattern) {
  if (pattern.empty() || pattern.size() > kMaxName) {
    return InvalidArgument("host is empty or longer than 255 bytes: ", Quote(pattern));
  }
  const auto is_there = [pattern] {
    return absl::AlreadyExistsError(StrCat("host ", Quote(pattern), " is in the table"));
  };
  if (pattern == "*") {
    if (any_ != kNone) return is_there();
    any_ = count_++;
    return absl::OkStatus();
  }
  const Key key(pattern);
  const std::string_view lower = key.lowered.text();
  if (Probe(key.hash, lower, key.wildcard) != nullptr) return is_there();
  if (names_.size() + lower.size() > std::numeric_limits<uint32_t>::max()) {
    return ResourceExhausted("more than 4 GiB of host names");
  }
  if ((filled_ + 1) * 2 > slots_.size()) Grow();
  Insert(key.hash,
         Slot{Tag(key.hash), static_cast<uint32_t>(count_++), static_cast<uint32_t>(names_.size()),
              static_cast<uint8_t>(lower.size()), key.wildcard});
  ++filled_;
  names_ += lower;
  if (key.wildcard) {
    if (lengths_ == nullptr) lengths_ = std::make_unique<Lengths>();
    const bool dotted = lower.front() == '.';
    (dotted ? lengths_->dotted : lengths_->undotted).set(lower.size());
    lengths_->has_undotted |= !dotted;
  }
  return absl::OkStatus();
}

void SuffixTable::Insert(uint64_t hash, const Slot& slot) {
  size_t at = Place(hash);
  while (slots_[at].length != 0) at = Place(at + 1);
  slots_[at] = slot;
}

void SuffixTable::Grow() {
  std::vector<Slot> old(std::max<size_t>(slots_.size() * 2, 2));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.length == 0) continue;
    Insert(HashText(std::string_view(names_).substr(slot.name, slot.length), slot.wildcard), slot);
  }
}

SuffixTable::Lookup::Lookup(const SuffixTable& table, std::string_view host) : lowered_(host) {
  // What is longer than any name is no name, and its suffixes are in its end.
  const size_t kept = lowered_.text().size();
  is_name_ = kept != 0 && kept == host.size();

  const Slot* const slots = table.slots_.data();
  const Lengths* const lengths = table.lengths_.get();
  const auto note = [&](uint64_t hash, size_t length) {
    hash = Finish(hash, true);
    __builtin_prefetch(slots + table.Place(hash));
    candidates_[found_++] = {hash, length};
  };
  uint64_t hash = LoweredHost::kSeed;
  for (size_t end = kept; end > 0;) {
    const size_t start = lowered_.LabelStart(end);
    if (lengths != nullptr && lengths->has_undotted) {
      for (size_t at = end - 1; at > start; --at) {
        if (lengths->undotted[kept - at]) note(lowered_.Extend(hash, at, end), kept - at);
      }
    }
    hash = lowered_.Extend(hash, start, end);
    end = start;
    const size_t length = kept - start;
    if (lengths == nullptr || length == host.size()) continue;
    const bool dotted = lowered_.text()[start] == '.';
    if ((dotted ? lengths->dotted : lengths->undotted)[length]) note(hash, length);
  }
  hash_ = hash;
  if (slots != nullptr) __builtin_prefetch(slots + table.Place(hash));
}

size_t SuffixTable::Find(const Lookup& lookup) const {
  if (lookup.is_name_) {
    const Slot* slot = Probe(lookup.hash_, lookup.lowered_.text(), false);
    if (slot != nullptr) return slot->number;
  }
  for (size_t i = lookup.found_; i > 0; --i) {
    const Lookup::Candidate& candidate = lookup.candidates_[i - 1];
    const Slot* slot = Probe(candidate.hash, lookup.lowered_.Suffix(candidate.length), true);
    if (slot != nullptr) return slot->number;
  }
  return any_;
}

size_t SuffixTable::Find(std::string_view host) const { return Find(Lookup(*this, host)); }

}  // namespace postern
