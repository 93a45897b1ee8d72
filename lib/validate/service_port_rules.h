// The rules of the ports of a ServiceEntry. What its hosts and its resolution ask of ports is for
// lib/validate/service_entry_rules.h.

#ifndef POSTERN_VALIDATE_SERVICE_PORT_RULES_H_
#define POSTERN_VALIDATE_SERVICE_PORT_RULES_H_

#include <string_view>

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/service_entry.h"

namespace postern {

// CheckServicePorts checks the ports of `entry`, which are at `path`.
void CheckServicePorts(const ServiceEntry& entry, const FieldPath& path, const FindingSink& sink);

// CheckPortName accepts DNS labels.
void CheckPortName(std::string_view name, const FieldPath& path, const FindingSink& sink);

RuleList ServicePortRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_SERVICE_PORT_RULES_H_
