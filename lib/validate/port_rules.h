// The rules of the port of a Gateway's server. The ports of a ServiceEntry are for
// lib/validate/service_port_rules.h, port numbers in general for lib/validate/value_rules.h.

#ifndef POSTERN_VALIDATE_PORT_RULES_H_
#define POSTERN_VALIDATE_PORT_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/gateway.h"

namespace postern {

// CheckServerPort checks the port of the server at `path`, and returns whether it is in order.
bool CheckServerPort(const Server& server, const FieldPath& path, const FindingSink& sink);

RuleList PortRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_PORT_RULES_H_
