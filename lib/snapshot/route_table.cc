#include "lib/snapshot/route_table.h"

#include <utility>

namespace postern {

RouteTable::RouteTable(std::vector<const Route*> routes) : routes_(std::move(routes)) {
  std::vector<PathIndex::Entry> entries;
  std::vector<PathIndex::Entry> folded;
  for (uint32_t number = 0; number < routes_.size(); ++number) {
    const PathCondition& path = routes_[number]->path;
    if (path.kind == PathCondition::Kind::kRegex) {
      regex_.push_back(number);
    } else {
      (path.ignore_case ? folded : entries)
          .push_back({path.text, path.kind == PathCondition::Kind::kExact, number});
    }
  }
  paths_ = PathIndex(std::move(entries), /*fold=*/false);
  folded_paths_ = PathIndex(std::move(folded), /*fold=*/true);
}

size_t RouteTable::Try(std::span<const uint32_t> numbers, const RequestView& request,
                       size_t best) const {
  for (const uint32_t number : numbers) {
    if (number >= best) break;
    if (routes_[number]->HoldsBesidesPath(request)) return number;
  }
  return best;
}

size_t RouteTable::Find(const RequestView& request) const {
  const std::string_view path = request.path_only();
  size_t best = kNone;
  const auto visit = [&](std::span<const uint32_t> numbers) { best = Try(numbers, request, best); };
  paths_.Visit(path, visit);
  folded_paths_.Visit(path, visit);
  // An expression is the dearest test, so the cheap conditions go first.
  for (const uint32_t number : regex_) {
    if (number >= best) break;
    const Route& route = *routes_[number];
    if (route.HoldsBesidesPath(request) && route.path.Matches(path)) return number;
  }
  return best;
}

}  // namespace postern
