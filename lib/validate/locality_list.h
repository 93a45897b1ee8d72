// A list of localities, "region/zone/subzone", in which none may be within an earlier one
// (validation.md 5.7). Which fields hold such lists is for lib/validate/locality_rules.h.

#ifndef POSTERN_VALIDATE_LOCALITY_LIST_H_
#define POSTERN_VALIDATE_LOCALITY_LIST_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace postern {

// A LocalityProblem is what is wrong with one entry of a list.
enum class LocalityProblem { kWildcardMisplaced, kPartEmpty, kOverlap };

// ClauseOf returns the problem as the end of a sentence about the locality.
std::string_view ClauseOf(LocalityProblem problem);

// A LocalityList knows the entries so far. It finds exactly what Istio finds: "r/*" behind "r/z" is
// no overlap, the other way round is one.
class LocalityList {
 public:
  // Add returns what is wrong with `locality` as the next entry; then it is not added.
  std::optional<LocalityProblem> Add(std::string_view locality);

 private:
  using Subzones = std::set<std::string, std::less<>>;
  using Zones = std::map<std::string, Subzones, std::less<>>;

  std::map<std::string, Zones, std::less<>> regions_;  // "*" stands for all of a level.
};

}  // namespace postern

#endif  // POSTERN_VALIDATE_LOCALITY_LIST_H_
