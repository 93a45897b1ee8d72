// The rules of the limits of an upstream's connections. How they are kept is for lib/upstream.

#ifndef POSTERN_VALIDATE_CONNECTION_POOL_RULES_H_
#define POSTERN_VALIDATE_CONNECTION_POOL_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/destination_rule.h"

namespace postern {

// CheckConnectionPool checks the settings at `path`.
void CheckConnectionPool(const ConnectionPoolSettings& pool, const FieldPath& path,
                         const FindingSink& sink);

RuleList ConnectionPoolRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_CONNECTION_POOL_RULES_H_
