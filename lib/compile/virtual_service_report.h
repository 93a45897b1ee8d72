// Says what of a VirtualService is not as it seems to who reads it alone, whatever proxy it is for.
// What a proxy makes of it is in lib/compile/binding_report.h.

#ifndef POSTERN_COMPILE_VIRTUAL_SERVICE_REPORT_H_
#define POSTERN_COMPILE_VIRTUAL_SERVICE_REPORT_H_

#include "lib/compile/compile_state.h"

namespace postern {

// ReportVirtualServices reports deprecated fields that are in use (Istio's IST0002), and
// destinations of VirtualServices with Gateways that have no subset, while a VirtualService for the
// host itself chooses one: not on a Gateway (IST0140). For lint.
void ReportVirtualServices(CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_VIRTUAL_SERVICE_REPORT_H_
