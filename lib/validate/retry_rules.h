// The rules of a route's retry policy. What a policy does is for lib/upstream.

#ifndef POSTERN_VALIDATE_RETRY_RULES_H_
#define POSTERN_VALIDATE_RETRY_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckRetries checks the policy at `path`.
void CheckRetries(const HttpRetry& retries, const FieldPath& path, const FindingSink& sink);

RuleList RetryRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_RETRY_RULES_H_
