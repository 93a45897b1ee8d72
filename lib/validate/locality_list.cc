#include "lib/validate/locality_list.h"

#include <algorithm>

namespace postern {
namespace {

constexpr std::string_view kAny = "*";

// CutFirst returns what stands before the first "/" of `*text` and leaves what stands behind it;
// without a "/" that is "*", all of the next level.
std::string_view CutFirst(std::string_view* text) {
  const size_t slash = text->find('/');
  const std::string_view first = text->substr(0, slash);
  *text = slash == std::string_view::npos ? kAny : text->substr(slash + 1);
  return first;
}

}  // namespace

std::string_view ClauseOf(LocalityProblem problem) {
  switch (problem) {
    case LocalityProblem::kWildcardMisplaced:
      return "may have one \"*\", at its end";
    case LocalityProblem::kPartEmpty:
      return "has an empty part";
    case LocalityProblem::kOverlap:
      break;
  }
  return "is within an earlier one";
}

std::optional<LocalityProblem> LocalityList::Add(std::string_view locality) {
  const auto wildcards = std::count(locality.begin(), locality.end(), '*');
  if (wildcards > 1 || (wildcards == 1 && !locality.ends_with('*'))) {
    return LocalityProblem::kWildcardMisplaced;
  }
  if (regions_.contains(kAny)) return LocalityProblem::kOverlap;
  const auto slashes = std::count(locality.begin(), locality.end(), '/');
  std::string_view rest = locality;
  const std::string_view region = CutFirst(&rest);
  const std::string_view zone = CutFirst(&rest);
  const std::string_view subzone = rest;
  if (region.empty() || zone.empty() || subzone.empty()) return LocalityProblem::kPartEmpty;

  const auto known_region = regions_.find(region);
  if (known_region != regions_.end()) {
    const Zones& zones = known_region->second;
    if (slashes == 0 || zones.contains(kAny)) return LocalityProblem::kOverlap;
    if (const auto known_zone = zones.find(zone); known_zone != zones.end()) {
      if (slashes == 1 || known_zone->second.contains(kAny) ||
          known_zone->second.contains(subzone)) {
        return LocalityProblem::kOverlap;
      }
    }
  }
  regions_[std::string(region)][std::string(zone)].insert(std::string(subzone));
  return std::nullopt;
}

}  // namespace postern
