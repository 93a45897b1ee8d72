// The rules of a ServiceEntry: hosts, addresses, and what each resolution asks of them. Ports and
// endpoints have files of their own.

#ifndef POSTERN_VALIDATE_SERVICE_ENTRY_RULES_H_
#define POSTERN_VALIDATE_SERVICE_ENTRY_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/service_entry.h"

namespace postern {

// CheckServiceEntry checks all of `entry`.
void CheckServiceEntry(const ServiceEntry& entry, const FindingSink& sink);

RuleList ServiceEntryRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_SERVICE_ENTRY_RULES_H_
