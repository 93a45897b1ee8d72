// Says where destinations lead nowhere: to a service, port or subset that the configuration does
// not know, by the registries that the router itself asks (lib/compile/service_registry,
// lib/compile/destination_rules). What Gateways and hosts do to each other is for the other
// reports.

#ifndef POSTERN_COMPILE_REFERENCE_REPORT_H_
#define POSTERN_COMPILE_REFERENCE_REPORT_H_

#include <span>

#include "lib/compile/compile_state.h"
#include "lib/compile/proxy_identity.h"

namespace postern {

// ReportUpstreams reports the destinations of VirtualServices that name a Gateway, and of
// delegates, as the proxy sees services and DestinationRules.
void ReportUpstreams(CompileState& state);

// ReportReferences reports the same of every VirtualService, those for sidecars too, which see what
// the VirtualService's own namespace sees or those that it is exported to; hosts that no service
// has, if the configuration describes services at all; and DestinationRules that are for none, that
// verify nobody, or whose subsets fit none of the Pods among `proxies`, if there are any. For lint.
void ReportReferences(CompileState& state, std::span<const ProxyIdentity> proxies);

}  // namespace postern

#endif  // POSTERN_COMPILE_REFERENCE_REPORT_H_
