// Says of each VirtualService what of it takes no effect, and why: the words for what
// lib/compile/select.h and lib/compile/bind.h leave out in silence, as Istio does.

#ifndef POSTERN_COMPILE_BINDING_REPORT_H_
#define POSTERN_COMPILE_BINDING_REPORT_H_

#include <string_view>

#include "lib/compile/bind.h"
#include "lib/compile/compile_state.h"
#include "lib/compile/merge.h"

namespace postern {

// IsInternalGateway returns whether `name`, "namespace/name", is that of a Gateway that Istio makes
// of one of the Gateway API. Nothing more is asked of who names one, be it there or not.
bool IsInternalGateway(std::string_view name);

// ReportBindings reports VirtualServices that the proxy does not see or that no server takes, hosts
// that no server exposes, rules for a port or a kind of server that there is not, and conditions of
// rules that gateways do not look at.
void ReportBindings(const Binder& binder, const MergeResult& merged, CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_BINDING_REPORT_H_
