// The rules of outlier detection. How endpoints are taken out is for lib/upstream.

#ifndef POSTERN_VALIDATE_OUTLIER_RULES_H_
#define POSTERN_VALIDATE_OUTLIER_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/destination_rule.h"

namespace postern {

// CheckOutlierDetection checks the settings at `path`.
void CheckOutlierDetection(const OutlierDetection& outlier, const FieldPath& path,
                           const FindingSink& sink);

RuleList OutlierRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_OUTLIER_RULES_H_
