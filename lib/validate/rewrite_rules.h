// The rules of a route's rewrite. That the authority is set only once is for
// lib/validate/header_rules.h.

#ifndef POSTERN_VALIDATE_REWRITE_RULES_H_
#define POSTERN_VALIDATE_REWRITE_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckRewrite checks the rewrite at `path`.
void CheckRewrite(const HttpRewrite& rewrite, const FieldPath& path, const FindingSink& sink);

RuleList RewriteRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_REWRITE_RULES_H_
