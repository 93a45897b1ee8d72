// The rules of a route's CORS policy. How preflights are answered is for lib/snapshot and
// lib/engine.

#ifndef POSTERN_VALIDATE_CORS_RULES_H_
#define POSTERN_VALIDATE_CORS_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckCorsPolicy checks the policy at `path`.
void CheckCorsPolicy(const CorsPolicy& cors, const FieldPath& path, const FindingSink& sink);

RuleList CorsRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_CORS_RULES_H_
