// The index of all rules. Each subject lists its own; what they are made of is in
// lib/validate/rule.h.

#ifndef POSTERN_VALIDATE_RULES_H_
#define POSTERN_VALIDATE_RULES_H_

#include <span>
#include <string_view>

#include "lib/validate/rule.h"

namespace postern {

// A RuleSubject is the rules about one thing, under the heading of docs/rules.md.
struct RuleSubject {
  std::string_view title;
  RuleList (*rules)();
};

// AllRules returns every subject, in the order of docs/rules.md.
std::span<const RuleSubject> AllRules();

// FindRule returns the rule whose id is `id`, or nullptr.
const Rule* FindRule(std::string_view id);

}  // namespace postern

#endif  // POSTERN_VALIDATE_RULES_H_
