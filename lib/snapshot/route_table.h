// The routes of one virtual host in the order they are tried, with an index over their paths that
// finds the first match without trying all. What a route tests is in lib/snapshot/route.h.

#ifndef POSTERN_SNAPSHOT_ROUTE_TABLE_H_
#define POSTERN_SNAPSHOT_ROUTE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "lib/snapshot/path_index.h"
#include "lib/snapshot/request_view.h"
#include "lib/snapshot/route.h"

namespace postern {

// A RouteTable borrows its routes. Immutable.
class RouteTable {
 public:
  // RouteTable takes `routes` in the order they are tried.
  explicit RouteTable(const std::vector<const Route*>& routes);

  // Find returns the first route that matches `request`, or null. Allocates nothing.
  const Route* Find(const RequestView& request) const;

  std::span<const Route* const> routes() const { return routes_; }

 private:
  // A Rare is the routes that few virtual hosts have.
  struct Rare {
    PathIndex folded_paths;       // Of those with ignoreUriCase.
    std::vector<uint32_t> regex;  // Numbers of those with an expression.
  };

  PathIndex paths_;
  std::unique_ptr<const Rare> rare_;  // Null: none.
  absl::InlinedVector<const Route*, 1> routes_;
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_ROUTE_TABLE_H_
