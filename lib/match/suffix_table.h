// A hash table from host names and suffix wildcards to numbers, asked for the most specific one
// that a host fits. It takes names as they stand in a configuration; HostIndex is the public face,
// which takes checked ones.

#ifndef POSTERN_MATCH_SUFFIX_TABLE_H_
#define POSTERN_MATCH_SUFFIX_TABLE_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/match/lowered_host.h"

namespace postern {

// A SuffixTable holds names and wildcards of up to 255 bytes, without regard to ASCII case.
//
// A lookup hashes the host once, from its end, and notes the hash at each length that some
// wildcard has; then it probes from the longest to the shortest. Wildcards that begin with "*." are
// looked for at dots only, so that the number of probes is the number of labels, however many
// wildcards there are. Safe to share between threads once filled.
class SuffixTable {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);
  static constexpr size_t kMaxName = 255;

  // Add gives `pattern` the next number, counted from 0. AlreadyExists if it has one,
  // InvalidArgument if it is longer than kMaxName, ResourceExhausted beyond 4 GiB of names.
  absl::Status Add(std::string_view pattern);

  // A Lookup is a search for a host in two steps: made, it has asked for the memory that Find will
  // read first, which may take as long as all other work on a request. It borrows table and host.
  class Lookup;

  // Find returns the number of `host` itself, else of the longest wildcard whose suffix `host` ends
  // with and is longer than, else of "*"; kNone if there is none. Allocates nothing.
  size_t Find(std::string_view host) const;
  size_t Find(const Lookup& lookup) const;

  // FindPattern returns the number that Add gave `pattern`, or kNone.
  size_t FindPattern(std::string_view pattern) const;

  size_t size() const { return count_; }

 private:
  // A Slot is one entry of the open-addressing table; `length` is 0 if it is free.
  struct Slot {
    uint32_t tag = 0;  // The half of the hash that does not choose the place.
    uint32_t number = 0;
    uint32_t name = 0;  // Offset in names_.
    uint8_t length = 0;
    bool wildcard = false;
  };

  // A Lengths is those of the suffixes of wildcards.
  struct Lengths {
    std::bitset<kMaxName + 1> dotted;    // Of those that begin with a dot.
    std::bitset<kMaxName + 1> undotted;  // Of the others.
    bool has_undotted = false;
  };

  // A Key is a name, or the suffix of a wildcard, as it is looked for.
  struct Key {
    explicit Key(std::string_view pattern);

    bool wildcard;
    LoweredHost lowered;
    uint64_t hash;
  };

  size_t Place(uint64_t hash) const { return hash & (slots_.size() - 1); }
  const Slot* Probe(uint64_t hash, std::string_view lower, bool wildcard) const;
  void Insert(uint64_t hash, const Slot& slot);
  void Grow();

  std::vector<Slot> slots_;  // A power of two of them, or none.
  std::string names_;        // Lower case; of wildcards the suffix only.
  size_t count_ = 0;
  size_t filled_ = 0;
  size_t any_ = kNone;                // The number of "*".
  std::unique_ptr<Lengths> lengths_;  // Null if there is no wildcard, as in most tables.
};

class SuffixTable::Lookup {
 public:
  Lookup(const SuffixTable& table, std::string_view host);

 private:
  friend class SuffixTable;

  // A Candidate is a suffix of a length that some wildcard has.
  struct Candidate {
    uint64_t hash;
    size_t length;
  };

  LoweredHost lowered_;
  bool is_name_ = false;  // Not longer than any name, and not empty.
  uint64_t hash_ = 0;     // Of the whole.
  size_t found_ = 0;
  Candidate candidates_[kMaxName];  // From the shortest; the first found_ are set.
};

}  // namespace postern

#endif  // POSTERN_MATCH_SUFFIX_TABLE_H_
