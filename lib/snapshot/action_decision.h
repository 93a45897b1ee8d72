// Carries the action of a matched route out on one request: rewrites, redirects, the dice of
// weights and faults, CORS. Which route matched is lib/snapshot/request_decision.cc's business.

#ifndef POSTERN_SNAPSHOT_ACTION_DECISION_H_
#define POSTERN_SNAPSHOT_ACTION_DECISION_H_

#include "lib/snapshot/request_view.h"
#include "lib/snapshot/route.h"
#include "postern/decision.h"

namespace postern {

// DecideAction sets `action`, `fault` and `response_ops` of `decision`, whose `random` is set. It
// allocates only for a path, an authority or a location that it has to make up.
void DecideAction(const Route& route, const RequestView& request, RouteDecision* decision);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_ACTION_DECISION_H_
