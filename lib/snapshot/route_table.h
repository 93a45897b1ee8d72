// The routes of one virtual host in the order they are tried, with an index over their paths that
// finds the first match without trying all. What a route tests is in lib/snapshot/route.h.

#ifndef POSTERN_SNAPSHOT_ROUTE_TABLE_H_
#define POSTERN_SNAPSHOT_ROUTE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/snapshot/path_index.h"
#include "lib/snapshot/request_view.h"
#include "lib/snapshot/route.h"

namespace postern {

// A RouteTable borrows its routes. Immutable.
class RouteTable {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  // RouteTable takes `routes` in the order they are tried.
  explicit RouteTable(std::vector<const Route*> routes);

  // Find returns the number of the first route that matches `request`, or kNone. Allocates nothing.
  size_t Find(const RequestView& request) const;

  std::span<const Route* const> routes() const { return routes_; }
  const Route& operator[](size_t number) const { return *routes_[number]; }
  size_t size() const { return routes_.size(); }

 private:
  // Try returns the first of `numbers`, which ascend, that is below `best` and whose route matches;
  // else `best`.
  size_t Try(std::span<const uint32_t> numbers, const RequestView& request, size_t best) const;

  std::vector<const Route*> routes_;
  PathIndex paths_;              // Of exact paths and prefixes.
  PathIndex folded_paths_;       // The same, of those with ignoreUriCase, in lower case.
  std::vector<uint32_t> regex_;  // Numbers of the routes with a regex.
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_ROUTE_TABLE_H_
