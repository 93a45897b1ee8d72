// Compiles what a rule does: redirect, direct response, or destinations with all that goes with
// them (dataplane.md section 4). Retries are in lib/compile/retry_compiler, operations on headers
// in lib/compile/header_compiler; upstreams are for lib/compile/cluster_compiler.h.

#ifndef POSTERN_COMPILE_ACTION_COMPILER_H_
#define POSTERN_COMPILE_ACTION_COMPILER_H_

#include <optional>

#include "lib/compile/compile_state.h"
#include "lib/compile/route_compiler.h"
#include "lib/compile/virtual_service_resolver.h"
#include "lib/snapshot/route_action.h"

namespace postern {

// CompileAction returns the action of `rule` for the server of `context`, which points into the
// tables. nullopt, with a finding, if a regex of it is beyond its budget or it has nowhere to send
// requests: the rule is dropped.
std::optional<RouteAction> CompileAction(const ResolvedRule& rule, const RouteContext& context,
                                         CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_ACTION_COMPILER_H_
