// Pairs of HTTP matches of which the later one's path prefix lies within the earlier one's, by the
// comparison that Istio makes (validation.md 2.B step 4). Equal matches are for
// lib/validate/unreachable_rules.

#ifndef POSTERN_VALIDATE_PREFIX_OVERLAP_H_
#define POSTERN_VALIDATE_PREFIX_OVERLAP_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "postern/virtual_service.h"

namespace postern {

// A PrefixMatch is one match that tests its path by a prefix, and its place in the list of routes.
struct PrefixMatch {
  const HttpMatchRequest* match;
  size_t route;
  size_t index;
};

// FindPrefixOverlaps returns pairs of indexes into `matches`, the earlier and the later of each
// overlap, in the order of the later. It makes no more than `max_comparisons` comparisons, of which
// there could be as many as pairs.
std::vector<std::pair<size_t, size_t>> FindPrefixOverlaps(const std::vector<PrefixMatch>& matches,
                                                          size_t max_comparisons);

}  // namespace postern

#endif  // POSTERN_VALIDATE_PREFIX_OVERLAP_H_
