// The rules of a DestinationRule as a whole: its host, its subsets, where it is visible. Its
// traffic policies are for lib/validate/traffic_policy_rules.h.

#ifndef POSTERN_VALIDATE_DESTINATION_RULE_RULES_H_
#define POSTERN_VALIDATE_DESTINATION_RULE_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/destination_rule.h"

namespace postern {

// CheckDestinationRule checks all of `rule`.
void CheckDestinationRule(const DestinationRule& rule, const FindingSink& sink);

RuleList DestinationRuleRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_DESTINATION_RULE_RULES_H_
