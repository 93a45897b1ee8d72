// Finds, among many host names, those in a subset relation with one: the join of server hosts and
// VirtualService hosts without trying every pair. The relation itself is that of
// lib/match/host_names.h (HostIsSubset), which the tests compare it with.

#ifndef POSTERN_COMPILE_HOST_JOIN_H_
#define POSTERN_COMPILE_HOST_JOIN_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"

namespace postern {

// A HostJoin holds host names, compared with their case. It borrows their text. Add all, then Seal,
// then ask.
class HostJoin {
 public:
  // An Entry is one name: number `position` of the hosts of `owner`.
  struct Entry {
    std::string_view name;
    uint32_t owner = 0;
    uint32_t position = 0;
  };
  // A Match is an entry and the narrower of its name and the one asked for.
  struct Match {
    const Entry* entry = nullptr;
    std::string_view narrower;
  };

  void Add(const Entry& entry) { entries_.push_back(entry); }
  void Seal();

  // Find appends to `matches` every entry that is a subset of `host` or covers it, in no order.
  void Find(std::string_view host, std::vector<Match>* matches) const;

 private:
  void FindCovering(std::string_view suffix, size_t longest, std::string_view host,
                    std::vector<Match>* matches) const;

  // Sorted by the reversed text that names end with: of a wildcard, without its "*".
  std::vector<Entry> entries_;
  StringViewMap<std::vector<uint32_t>> exact_;      // Name -> numbers of entries_.
  StringViewMap<std::vector<uint32_t>> wildcards_;  // Suffix -> numbers of entries_.
  std::vector<bool> suffix_lengths_;                // Those of wildcards_.
};

}  // namespace postern

#endif  // POSTERN_COMPILE_HOST_JOIN_H_
