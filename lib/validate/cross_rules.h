// The rules that look at several resources at once. What one resource says wrong by itself is for
// the other *_rules files.

#ifndef POSTERN_VALIDATE_CROSS_RULES_H_
#define POSTERN_VALIDATE_CROSS_RULES_H_

#include <vector>

#include "lib/validate/finding_list.h"
#include "lib/validate/rule.h"
#include "postern/config.h"

namespace postern {

// CheckAcross adds to `findings` what the resources of `config` say against each other.
void CheckAcross(const Config& config, FindingList* findings);

RuleList CrossRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_CROSS_RULES_H_
