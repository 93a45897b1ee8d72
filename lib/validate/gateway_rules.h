// The rules of a Gateway as a whole: its name, and its servers together. One server is for
// lib/validate/server_rules.h.

#ifndef POSTERN_VALIDATE_GATEWAY_RULES_H_
#define POSTERN_VALIDATE_GATEWAY_RULES_H_

#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/gateway.h"

namespace postern {

// CheckGateway checks all of `gateway`, its servers too.
void CheckGateway(const Gateway& gateway, const FindingSink& sink);

RuleList GatewayRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_GATEWAY_RULES_H_
