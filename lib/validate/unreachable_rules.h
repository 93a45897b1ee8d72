// The rules of routes that no request can reach, since earlier ones of the same list take all that
// they match. It compares texts as Istio does (validation.md 2.B); what a route truly matches is
// for lib/snapshot.

#ifndef POSTERN_VALIDATE_UNREACHABLE_RULES_H_
#define POSTERN_VALIDATE_UNREACHABLE_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckReachability checks the three lists of routes of `service`, whose spec is at `path`.
void CheckReachability(const VirtualService& service, const FieldPath& path,
                       const FindingSink& sink);

RuleList UnreachableRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_UNREACHABLE_RULES_H_
