// The findings of one Validate, of each rule no more than a reader can use: a list of ten thousand
// hosts that are all wrong must not take a hundred times its size. What is found is reported
// through lib/validate/finding_sink.h.

#ifndef POSTERN_VALIDATE_FINDING_LIST_H_
#define POSTERN_VALIDATE_FINDING_LIST_H_

#include <cstddef>
#include <map>
#include <vector>

#include "lib/validate/rule.h"
#include "postern/diagnostic.h"
#include "postern/metadata.h"

namespace postern {

// A FindingList takes the findings of one resource after the other.
class FindingList {
 public:
  static constexpr size_t kMostOfARule = 1000;

  // `first` is listed whatever its number.
  explicit FindingList(std::vector<Diagnostic> first) : findings_(std::move(first)) {}

  // Add returns a finding to fill in, of `rule` and about `resource`; nullptr if it is one too many
  // and only counts. The first error of a resource is never too many.
  Diagnostic* Add(const Rule& rule, const Metadata& resource);

  // Build returns the findings; the last one listed of a rule says how many more there are.
  std::vector<Diagnostic> Build() &&;

 private:
  struct OfRule {
    size_t count = 0;
    size_t last = 0;  // Of findings_.
    size_t unlisted = 0;
  };

  std::vector<Diagnostic> findings_;
  std::map<const Rule*, OfRule> rules_;
  const Metadata* resource_ = nullptr;  // The one that is being checked, and whether it has an
  bool has_error_ = false;              // error.
};

}  // namespace postern

#endif  // POSTERN_VALIDATE_FINDING_LIST_H_
