#include "lib/compile/shadow.h"

#include <string>
#include <string_view>
#include <utility>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

// An Earlier is the routes seen so far.
class Earlier {
 public:
  // Covering returns an earlier route that takes all that `route` would, or null.
  const Route* Covering(const Route& route) const {
    if (route.path.kind != PathCondition::Kind::kRegex) {
      if (const Route* prefix = CoveringPrefix(route.path)) return prefix;
    }
    const auto same = same_.find(route.ToString());
    return same == same_.end() ? nullptr : same->second;
  }

  void Add(const Route& route) {
    same_.try_emplace(route.ToString(), &route);
    if (!route.conditions.empty() || route.path.kind != PathCondition::Kind::kPrefix) return;
    // Without regard to case a prefix takes what the exact one takes, and more.
    (route.path.ignore_case ? folded_ : exact_)
        .try_emplace(
            route.path.ignore_case ? AsciiLower(route.path.text) : std::string(route.path.text),
            &route);
  }

 private:
  const Route* CoveringPrefix(const PathCondition& path) const {
    // A path always begins with "/", so the prefixes "" and "/" take every path.
    const std::string lower = AsciiLower(path.text);
    for (size_t length = 0; length <= path.text.size(); ++length) {
      if (const auto it = folded_.find(std::string_view(lower).substr(0, length));
          it != folded_.end()) {
        return it->second;
      }
      if (path.ignore_case) continue;
      if (const auto it = exact_.find(path.text.substr(0, length)); it != exact_.end()) {
        return it->second;
      }
    }
    for (const StringMap<const Route*>* all : {&exact_, &folded_}) {
      if (const auto it = all->find("/"); it != all->end()) return it->second;
    }
    return nullptr;
  }

  StringMap<const Route*> same_;
  StringMap<const Route*> exact_;   // Routes that test nothing but a prefix.
  StringMap<const Route*> folded_;  // The same, with ignoreUriCase, in lower case.
};

}  // namespace

void ReportShadowedRoutes(const RouteTable& table, std::string_view domain, CompileState& state) {
  if (table.routes().size() < 2) return;
  Earlier earlier;
  for (const Route* route : table.routes()) {
    if (const Route* winner = earlier.Covering(*route)) {
      if (!state.IsFirst(kRouteShadowed, route->match)) continue;
      WitnessSketch sketch;
      sketch.route_config = static_cast<uint32_t>(state.tables.route_configs.size());
      sketch.hosts = {std::string(domain)};
      sketch.route = route;
      state.ReportLoss(kRouteShadowed, route->match,
                       StrCat("no request of host ", Quote(domain), " reaches the route ",
                              Quote(route->ToString()), ": an earlier one takes all of them"),
                       winner->match, std::move(sketch));
      continue;
    }
    earlier.Add(*route);
  }
}

}  // namespace postern
