#include "lib/snapshot/route_table.h"

#include <utility>

namespace postern {

RouteTable::RouteTable(const std::vector<const Route*>& routes)
    : routes_(routes.begin(), routes.end()) {
  paths_ = PathIndex(routes_, /*fold=*/false);
  Rare rare;
  rare.folded_paths = PathIndex(routes_, /*fold=*/true);
  for (uint32_t number = 0; number < routes_.size(); ++number) {
    if (routes_[number]->path.kind == PathCondition::Kind::kRegex) rare.regex.push_back(number);
  }
  if (rare.folded_paths.empty() && rare.regex.empty()) return;
  rare_ = std::make_unique<const Rare>(std::move(rare));
}

const Route* RouteTable::Find(const RequestView& request) const {
  const std::string_view path = request.path_only();
  uint32_t best = PathIndex::kNone;
  const Route* found = nullptr;
  const auto search = [&](const PathIndex& index) {
    index.Visit(path, best, [&](uint32_t number, const Route& first) {
      const Route* route = &first;
      while (!route->HoldsBesidesPath(request)) {
        number = index.Next(number);
        if (number >= best) return;
        route = routes_[number];
      }
      best = number;
      found = route;
    });
  };
  search(paths_);
  if (rare_ == nullptr) return found;
  search(rare_->folded_paths);
  // An expression is the dearest test, so the cheap conditions go first.
  for (const uint32_t number : rare_->regex) {
    if (number >= best) break;
    const Route* route = routes_[number];
    if (route->HoldsBesidesPath(request) && route->path.Matches(path)) return route;
  }
  return found;
}

}  // namespace postern
