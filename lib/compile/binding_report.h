// Says of each VirtualService what of it takes no effect, and why: the words for what
// lib/compile/select.h and lib/compile/bind.h leave out in silence, as Istio does.

#ifndef POSTERN_COMPILE_BINDING_REPORT_H_
#define POSTERN_COMPILE_BINDING_REPORT_H_

#include "lib/compile/bind.h"
#include "lib/compile/compile_state.h"
#include "lib/compile/merge.h"

namespace postern {

// ReportBindings reports VirtualServices that the proxy does not see or that no server takes, hosts
// that no server exposes, rules for a port or a kind of server that there is not, and conditions of
// rules that gateways do not look at.
void ReportBindings(const Binder& binder, const MergeResult& merged, CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_BINDING_REPORT_H_
