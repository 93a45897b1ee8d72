// The rules of one endpoint: of a ServiceEntry, or a WorkloadEntry of its own. Which endpoints a
// ServiceEntry may have is for lib/validate/service_entry_rules.h.

#ifndef POSTERN_VALIDATE_WORKLOAD_ENTRY_RULES_H_
#define POSTERN_VALIDATE_WORKLOAD_ENTRY_RULES_H_

#include <vector>

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/service_entry.h"

namespace postern {

// CheckWorkloadEntry checks all of `entry`.
void CheckWorkloadEntry(const WorkloadEntry& entry, const FindingSink& sink);

// An EndpointContext is what the rules of an endpoint ask of its ServiceEntry.
struct EndpointContext {
  const std::vector<ServicePort>* ports;  // nullptr: the ports may have any name.
  bool allows_names;                      // The address may be a domain name.
};

// CheckEndpoint checks the endpoint at `path`.
void CheckEndpoint(const WorkloadEntrySpec& endpoint, const EndpointContext& context,
                   const FieldPath& path, const FindingSink& sink);

// CheckNamedEndpoint checks an endpoint that is resolved by DNS: its address is a name or an IP
// address, and never a Unix socket.
void CheckNamedEndpoint(const WorkloadEntrySpec& endpoint, const std::vector<ServicePort>& ports,
                        const FieldPath& path, const FindingSink& sink);

RuleList WorkloadEntryRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_WORKLOAD_ENTRY_RULES_H_
