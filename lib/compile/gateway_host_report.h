// Says which of the Gateways that a VirtualService names have none of its hosts, whatever proxy
// they are for. What a proxy makes of them together is in lib/compile/binding_report.h.

#ifndef POSTERN_COMPILE_GATEWAY_HOST_REPORT_H_
#define POSTERN_COMPILE_GATEWAY_HOST_REPORT_H_

#include "lib/compile/compile_state.h"

namespace postern {

// ReportGatewayHosts reports each Gateway of the configuration that a VirtualService names and no
// server of which exposes one of its hosts to it. For lint.
void ReportGatewayHosts(CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_GATEWAY_HOST_REPORT_H_
