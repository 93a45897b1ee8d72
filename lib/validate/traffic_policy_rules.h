// The rules of a traffic policy as a whole, its tunnel, PROXY protocol and settings by port. Its
// larger parts have files of their own.

#ifndef POSTERN_VALIDATE_TRAFFIC_POLICY_RULES_H_
#define POSTERN_VALIDATE_TRAFFIC_POLICY_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/destination_rule.h"

namespace postern {

// CheckTrafficPolicy checks all of the policy at `path`.
void CheckTrafficPolicy(const TrafficPolicy& policy, const FieldPath& path,
                        const FindingSink& sink);

RuleList TrafficPolicyRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_TRAFFIC_POLICY_RULES_H_
