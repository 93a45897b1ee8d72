// The rules of load balancing by locality: shares, failover, and the form of a locality,
// "region/zone/subzone". How shares are drawn is for lib/upstream.

#ifndef POSTERN_VALIDATE_LOCALITY_RULES_H_
#define POSTERN_VALIDATE_LOCALITY_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/destination_rule.h"

namespace postern {

// CheckLocalitySetting and CheckZoneAwareSetting check the settings at `path`.
// `has_outlier_detection` says that the policy around them has it.
void CheckLocalitySetting(const LoadBalancerSettings::LocalityLoadBalancerSetting& setting,
                          bool has_outlier_detection, const FieldPath& path,
                          const FindingSink& sink);
void CheckZoneAwareSetting(const LoadBalancerSettings::ZoneAwareLbSetting& setting,
                           bool has_outlier_detection, const FieldPath& path,
                           const FindingSink& sink);

RuleList LocalityRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_LOCALITY_RULES_H_
