// The rules that each `resolution` of a ServiceEntry brings: which hosts, addresses and endpoints
// go with it. How names are resolved is for the host program.

#ifndef POSTERN_VALIDATE_RESOLUTION_RULES_H_
#define POSTERN_VALIDATE_RESOLUTION_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/service_entry.h"

namespace postern {

// CheckResolution checks `entry`, its endpoints too, by its resolution. Its spec is at `path`.
void CheckResolution(const ServiceEntry& entry, const FieldPath& path, const FindingSink& sink);

RuleList ResolutionRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_RESOLUTION_RULES_H_
