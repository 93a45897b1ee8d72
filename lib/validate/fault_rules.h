// The rules of a route's fault injection. How faults are drawn is for lib/snapshot.

#ifndef POSTERN_VALIDATE_FAULT_RULES_H_
#define POSTERN_VALIDATE_FAULT_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckFault checks the faults at `path`.
void CheckFault(const HttpFaultInjection& fault, const FieldPath& path, const FindingSink& sink);

RuleList FaultRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_FAULT_RULES_H_
