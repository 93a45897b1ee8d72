// Says of each VirtualService what of it takes no effect, and why: the words for what
// lib/compile/bind.h leaves out in silence, as Istio does.

#ifndef POSTERN_COMPILE_BINDING_REPORT_H_
#define POSTERN_COMPILE_BINDING_REPORT_H_

#include "lib/compile/bind.h"
#include "lib/compile/compile_state.h"
#include "lib/compile/merge.h"

namespace postern {

// ReportRejections reports the servers that lost.
void ReportRejections(const MergeResult& merged, CompileState& state);

// ReportBindings reports VirtualServices that no server takes, hosts that no server exposes, and
// rules for a port that no server has.
void ReportBindings(const Binder& binder, const MergeResult& merged, CompileState& state);

// ReportSilentPorts reports servers on which nothing listens, as no rule gives them a chain.
void ReportSilentPorts(const MergeResult& merged, CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_BINDING_REPORT_H_
