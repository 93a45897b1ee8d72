// Questions about many hosts at once, answered without comparing each pair, in Istio's algebra of
// names (validation.md 3.1 and 3.2), which looks at case. One pair is for lib/match/host_pattern.

#ifndef POSTERN_VALIDATE_HOST_OVERLAP_H_
#define POSTERN_VALIDATE_HOST_OVERLAP_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/string_map.h"

namespace postern {

// FindOverlaps returns the pairs of indexes, the smaller first, of hosts that some name fits both
// of, in order. There may be as many as the square of the hosts: no more than `max_pairs` are
// looked for.
std::vector<std::pair<size_t, size_t>> FindOverlaps(std::span<const std::string> hosts,
                                                    size_t max_pairs);

// A HostCover answers which names a list of hosts covers. It borrows the hosts.
class HostCover {
 public:
  explicit HostCover(std::span<const std::string> hosts);

  bool empty() const { return names_.empty() && suffixes_.empty(); }

  // Covers returns whether every name that `host` fits is one that a single host of the list fits.
  bool Covers(std::string_view host) const;

 private:
  StringViewSet names_;
  StringViewSet suffixes_;       // Of the wildcards, without their "*".
  std::vector<size_t> lengths_;  // Of the suffixes, each once.
};

}  // namespace postern

#endif  // POSTERN_VALIDATE_HOST_OVERLAP_H_
