// Says what ServiceEntries say against each other, and which of their ports a mesh cannot tell from
// others. Destinations that are no service are for lib/compile/reference_report.h.

#ifndef POSTERN_COMPILE_SERVICE_ENTRY_REPORT_H_
#define POSTERN_COMPILE_SERVICE_ENTRY_REPORT_H_

#include "lib/compile/compile_state.h"

namespace postern {

// ReportServiceEntries reports ports of one host that have different protocols where some namespace
// sees both (Istio's IST0177), and ports of bytes without addresses, unless the mesh sets
// `dns_auto_allocate` to give them some (IST0134). For lint.
void ReportServiceEntries(CompileState& state, bool dns_auto_allocate);

}  // namespace postern

#endif  // POSTERN_COMPILE_SERVICE_ENTRY_REPORT_H_
