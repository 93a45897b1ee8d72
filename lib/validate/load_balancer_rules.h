// The rules of load balancing: consistent hashes, warm-up. Localities are for
// lib/validate/locality_rules.h.

#ifndef POSTERN_VALIDATE_LOAD_BALANCER_RULES_H_
#define POSTERN_VALIDATE_LOAD_BALANCER_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/destination_rule.h"

namespace postern {

// CheckLoadBalancer checks the settings at `path`. `has_outlier_detection` says that the policy
// around them has it.
void CheckLoadBalancer(const LoadBalancerSettings& balancer, bool has_outlier_detection,
                       const FieldPath& path, const FindingSink& sink);

RuleList LoadBalancerRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_LOAD_BALANCER_RULES_H_
