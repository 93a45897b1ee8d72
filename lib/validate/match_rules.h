// The rules of the conditions of an HTTP route. Whether a condition can ever hold behind those of
// earlier routes is for lib/validate/unreachable_rules.h.

#ifndef POSTERN_VALIDATE_MATCH_RULES_H_
#define POSTERN_VALIDATE_MATCH_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckHttpMatch checks the match at `path`.
void CheckHttpMatch(const HttpMatchRequest& match, const FieldPath& path, const FindingSink& sink);

RuleList MatchRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_MATCH_RULES_H_
