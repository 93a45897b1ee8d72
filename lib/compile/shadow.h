// Routes of a virtual host that no request can reach, because one before them takes all of theirs.
// The order of routes is from lib/compile/virtual_host_compiler.h.

#ifndef POSTERN_COMPILE_SHADOW_H_
#define POSTERN_COMPILE_SHADOW_H_

#include <string_view>

#include "lib/compile/compile_state.h"
#include "lib/snapshot/route_table.h"

namespace postern {

// ReportShadowedRoutes reports each route of `table` that stands behind one with the same
// conditions, or behind one that tests a path alone and takes every path of it. The table is of the
// virtual host `domain` of the route table that is being made; a route is reported once.
void ReportShadowedRoutes(const RouteTable& table, std::string_view domain, CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_SHADOW_H_
