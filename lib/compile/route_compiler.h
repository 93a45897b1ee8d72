// Compiles the HTTP rules of a VirtualService for one server port of one Gateway (dataplane.md
// 3.5, 3.7). What a rule does once it matches is for lib/compile/action_compiler.h; the order among
// VirtualServices is for lib/compile/virtual_host_compiler.h.

#ifndef POSTERN_COMPILE_ROUTE_COMPILER_H_
#define POSTERN_COMPILE_ROUTE_COMPILER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/compile/compile_state.h"
#include "lib/compile/virtual_service_resolver.h"
#include "lib/snapshot/route.h"

namespace postern {

// A RouteContext is the server that routes are compiled for.
struct RouteContext {
  std::string_view gateway;   // "namespace/name".
  uint32_t port = 0;          // As declared: `match.port` and default ports go by it.
  bool tls = false;           // The server has a `tls` block, if only for httpsRedirect.
  uint32_t route_config = 0;  // The first route table that they are for, and a host of it.
  std::string_view host;
};

// CompileRoutes returns the routes of `service` in the order of its rules, up to the first that
// matches everything. A route whose regex is beyond its budget is dropped with a finding.
std::vector<Route> CompileRoutes(const ResolvedVirtualService& service, const RouteContext& context,
                                 CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_ROUTE_COMPILER_H_
