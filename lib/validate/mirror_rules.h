// The rules of a route's mirrors and their shares. Their destinations are for
// lib/validate/destination_rules.h.

#ifndef POSTERN_VALIDATE_MIRROR_RULES_H_
#define POSTERN_VALIDATE_MIRROR_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckMirrors checks the four fields about mirrors of the route at `path`.
void CheckMirrors(const HttpRoute& route, const FieldPath& path, const FindingSink& sink);

RuleList MirrorRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_MIRROR_RULES_H_
