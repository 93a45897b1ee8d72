// The rules of the hosts of a Gateway's server, "namespace/name". Which VirtualServices they let
// in is for lib/compile.

#ifndef POSTERN_VALIDATE_SERVER_HOST_RULES_H_
#define POSTERN_VALIDATE_SERVER_HOST_RULES_H_

#include <string>
#include <vector>

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"

namespace postern {

// CheckServerHosts checks each entry of the list at `path`, and the list.
void CheckServerHosts(const std::vector<std::string>& hosts, const FieldPath& path,
                      const FindingSink& sink);

RuleList ServerHostRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_SERVER_HOST_RULES_H_
