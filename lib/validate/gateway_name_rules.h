// The rules of the names of Gateways in a VirtualService, of the whole and of its matches. What a
// name refers to is for lib/compile.

#ifndef POSTERN_VALIDATE_GATEWAY_NAME_RULES_H_
#define POSTERN_VALIDATE_GATEWAY_NAME_RULES_H_

#include <string>
#include <vector>

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"

namespace postern {

// CheckGatewayNames checks the list at `path`, up to its first entry without a "/", as Istio does.
// `any_name` lets names pass that are no DNS label: those of Gateways that Istio made itself.
void CheckGatewayNames(const std::vector<std::string>& gateways, bool any_name,
                       const FieldPath& path, const FindingSink& sink);

RuleList GatewayNameRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_GATEWAY_NAME_RULES_H_
