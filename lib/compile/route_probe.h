// Makes up a request that a route takes. Whether it reaches the route is for
// lib/compile/witness.h to ask.

#ifndef POSTERN_COMPILE_ROUTE_PROBE_H_
#define POSTERN_COMPILE_ROUTE_PROBE_H_

#include <optional>

#include "lib/snapshot/route.h"
#include "postern/decision.h"
#include "postern/snapshot.h"

namespace postern {

// ProbeOfRoute returns `probe` with a request for which the conditions of `route` hold by
// themselves, whatever else stands before the route; nullopt if none was found. The host stays,
// unless the route has a condition on the authority.
std::optional<Probe> ProbeOfRoute(const Route& route, const SnapshotOptions& options, Probe probe);

}  // namespace postern

#endif  // POSTERN_COMPILE_ROUTE_PROBE_H_
