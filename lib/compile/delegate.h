// How a rule with `delegate` and a rule of the delegate become one (validation.md 2.C). Finding the
// delegate is for lib/compile/virtual_service_resolver.h.

#ifndef POSTERN_COMPILE_DELEGATE_H_
#define POSTERN_COMPILE_DELEGATE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "postern/virtual_service.h"

namespace postern {

// MatchesConflict returns whether no request is meant by both a match of the root and one of the
// delegate, as Istio judges it: any regex beside another condition on the same text conflicts.
bool MatchesConflict(const HttpMatchRequest& root, const HttpMatchRequest& leaf);

// MergeMatch returns the delegate's match with the root's conditions where it has none.
HttpMatchRequest MergeMatch(const HttpMatchRequest& root, const HttpMatchRequest& leaf);

// A MergedRoute is one rule of a delegate, merged with the root's.
struct MergedRoute {
  // An Origin is which matches one match of `route` was made of; at least one is there.
  struct Origin {
    std::optional<size_t> root;
    std::optional<size_t> leaf;
  };

  HttpRoute route;
  std::vector<Origin> origins;  // One for each of route.match.
};

// MergeRoutes merges two rules, whose names are resolved. nullopt if some match of the delegate's
// fits none of the root's: the delegate's whole rule falls away then.
std::optional<MergedRoute> MergeRoutes(const HttpRoute& root, const HttpRoute& leaf);

}  // namespace postern

#endif  // POSTERN_COMPILE_DELEGATE_H_
