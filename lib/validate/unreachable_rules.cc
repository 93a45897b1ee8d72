#include "lib/validate/unreachable_rules.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/validate/match_text.h"
#include "lib/validate/prefix_overlap.h"

namespace postern {
namespace {

constexpr Rule kSecondCatchAll = {
    .id = "route-catch-all-duplicate",
    .what = "a second route of one list has no `match`",
    .why = "the first takes all that comes so far",
    .istio = "VS-UNR-01",
    .text = "virtualService rule <rule> not used (only the last rule can have no matches)",
    .severity = Severity::kWarning,
};
constexpr Rule kBehindCatchAll = {
    .id = "route-match-behind-catch-all",
    .what = "a match stands behind a route without any",
    .why = "that route takes all that comes so far",
    .istio = "VS-UNR-02",
    .text = "virtualService rule <rule> not used (route without matches defined before)",
    .severity = Severity::kWarning,
};
constexpr Rule kMatchDuplicate = {
    .id = "route-match-duplicate",
    .what = "some matches of a route are equal to earlier ones of the same list",
    .why = "the earlier one takes all that it matches",
    .istio = "VS-UNR-03",
    .text =
        "virtualService rule <rule> match <match> is not used (duplicate/overlapping match in "
        "rule <earlier>)",
    .severity = Severity::kWarning,
};
constexpr Rule kRouteUnreachable = {
    .id = "route-matches-all-duplicate",
    .what = "every match of a route is equal to an earlier one",
    .why = "the route is never used",
    .istio = "VS-UNR-04",
    .text = "virtualService rule <rule> not used (all matches used by prior rules)",
    .also =
        "virtualService rule <rule> match <match> is not used (duplicate/overlapping match in "
        "rule <earlier>)",
    .severity = Severity::kWarning,
};
constexpr Rule kPrefixOverlap = {
    .id = "route-match-prefix-covered",
    .what =
        "the path prefix of an HTTP match begins with that of an earlier one whose other "
        "conditions are about the same",
    .why = "the earlier one takes all that it matches",
    .istio = "VS-UNR-05",
    .text =
        "virtualService rule <rule> match <match> of prefix <p> is not used "
        "(duplicate/overlapping match in rule <m> of prefix <q> on <earlier>)",
    .severity = Severity::kWarning,
};

constexpr const Rule* kRules[] = {&kSecondCatchAll, &kBehindCatchAll, &kMatchDuplicate,
                                  &kRouteUnreachable, &kPrefixOverlap};

// A MatchPlace is the match `index` of the route `route`.
struct MatchPlace {
  size_t route;
  size_t index;
};

// A Duplicate is the match `index` of a route, and the earlier one that it is equal to.
struct Duplicate {
  size_t index;
  MatchPlace first;
};

// HasTwoMatches returns whether there are two matches at all: one alone, as most hosts have it, is
// equal to no other.
template <typename Route>
bool HasTwoMatches(const std::vector<Route>& routes) {
  size_t count = 0;
  for (const Route& route : routes) count += route.match.size();
  return count >= 2;
}

template <typename Route>
void CheckList(const std::vector<Route>& routes, std::string_view field, const FieldPath& spec,
               const FindingSink& sink) {
  StringMap<MatchPlace> seen;
  std::optional<size_t> last_empty;
  const bool two_matches = HasTwoMatches(routes);
  for (size_t i = 0; i < routes.size(); ++i) {
    const FieldPath route = spec.Field(field, i);
    if (routes[i].match.empty()) {
      if (last_empty) {
        sink.ReportAgainst(kSecondCatchAll, route, spec.Field(field, *last_empty), "route ", i,
                           " is never used: route ", *last_empty, " has no \"match\" either");
      }
      last_empty = i;
      continue;
    }
    if (last_empty) {
      for (size_t j = 0; j < routes[i].match.size(); ++j) {
        sink.ReportAgainst(kBehindCatchAll, route.Field("match", j), spec.Field(field, *last_empty),
                           "match ", j, " is never used: route ", *last_empty, " has no \"match\"");
      }
      continue;
    }
    if (!two_matches) continue;
    std::vector<Duplicate> duplicates;
    for (size_t j = 0; j < routes[i].match.size(); ++j) {
      const auto [first, inserted] =
          seen.try_emplace(MatchText(routes[i].match[j]), MatchPlace{i, j});
      if (!inserted) duplicates.push_back({j, first->second});
    }
    const bool all = duplicates.size() == routes[i].match.size();
    if (all) {
      sink.ReportAgainst(kRouteUnreachable, route, spec.Field(field, duplicates[0].first.route),
                         "route ", i,
                         " is never used: earlier matches are equal to all of its own");
    }
    for (const auto& [index, first] : duplicates) {
      if (all) break;
      const FieldPath first_route = spec.Field(field, first.route);
      sink.ReportAgainst(kMatchDuplicate, route.Field("match", index),
                         first_route.Field("match", first.index), "match ", index,
                         " is never used: route ", first.route, " has an equal one");
    }
  }
}

// PrefixMatches returns the matches that CheckList takes for the first of their kind, and that test
// a path by a prefix.
std::vector<PrefixMatch> PrefixMatches(const std::vector<HttpRoute>& routes) {
  std::vector<PrefixMatch> matches;
  StringSet seen;
  for (size_t i = 0; i < routes.size(); ++i) {
    if (routes[i].match.empty()) break;
    for (size_t j = 0; j < routes[i].match.size(); ++j) {
      const HttpMatchRequest& match = routes[i].match[j];
      if (!match.uri || match.uri->regex || !match.uri->prefix || match.uri->prefix->empty()) {
        continue;
      }
      if (seen.insert(MatchText(match)).second) matches.push_back({&match, i, j});
    }
  }
  return matches;
}

void CheckPrefixes(const std::vector<HttpRoute>& routes, const FieldPath& spec,
                   const FindingSink& sink) {
  if (!HasTwoMatches(routes)) return;
  const std::vector<PrefixMatch> matches = PrefixMatches(routes);
  const size_t max_comparisons = 1'000'000 + 64 * matches.size();
  for (const auto& [a, b] : FindPrefixOverlaps(matches, max_comparisons)) {
    const FieldPath route = spec.Field("http", matches[b].route);
    const FieldPath first_route = spec.Field("http", matches[a].route);
    const FieldPath first = first_route.Field("match", matches[a].index);
    sink.ReportAgainst(kPrefixOverlap, route.Field("match", matches[b].index), first, "prefix ",
                       Quote(*matches[b].match->uri->prefix), " is never used: route ",
                       matches[a].route, " has prefix ", Quote(*matches[a].match->uri->prefix));
  }
}

}  // namespace

void CheckReachability(const VirtualService& service, const FieldPath& path,
                       const FindingSink& sink) {
  CheckList(service.http, "http", path, sink);
  CheckPrefixes(service.http, path, sink);
  CheckList(service.tcp, "tcp", path, sink);
  CheckList(service.tls, "tls", path, sink);
}

RuleList UnreachableRules() { return kRules; }

}  // namespace postern
