// Says which VirtualServices for sidecars clash. Postern is no sidecar: the router never meets
// them, and lint alone asks. Clashes on Gateways are for the other reports.

#ifndef POSTERN_COMPILE_MESH_HOST_REPORT_H_
#define POSTERN_COMPILE_MESH_HOST_REPORT_H_

#include "lib/compile/compile_state.h"

namespace postern {

// ReportMeshHosts reports each VirtualService that applies inside the mesh and has a host of
// another one, exported to the same namespaces (Istio's IST0109), once.
void ReportMeshHosts(CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_MESH_HOST_REPORT_H_
