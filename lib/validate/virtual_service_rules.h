// The rules of a VirtualService as a whole: hosts, gateways, what a delegate may have. Its routes
// have files of their own.

#ifndef POSTERN_VALIDATE_VIRTUAL_SERVICE_RULES_H_
#define POSTERN_VALIDATE_VIRTUAL_SERVICE_RULES_H_

#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckVirtualService checks all of `service`, its routes too.
void CheckVirtualService(const VirtualService& service, const FindingSink& sink);

RuleList VirtualServiceRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_VIRTUAL_SERVICE_RULES_H_
