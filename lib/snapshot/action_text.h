// All that a rule does, on one line, in one canonical form: equal lines mean equal treatment. For
// dumps and diffs; what it does to one request is for lib/snapshot/action_decision.cc.

#ifndef POSTERN_SNAPSHOT_ACTION_TEXT_H_
#define POSTERN_SNAPSHOT_ACTION_TEXT_H_

#include <string>

#include "lib/snapshot/chain.h"
#include "lib/snapshot/route_action.h"
#include "postern/decision.h"

namespace postern {

// DurationText returns "3s" or "250ms".
std::string DurationText(Duration duration);

// ClusterText returns "reviews.prod.svc.cluster.local:9080", with " subset v1" if it has one.
std::string ClusterText(const ClusterName& cluster);

// ActionText returns "forward reviews:9080 timeout 3s retries 2 on connect-failure ...".
std::string ActionText(const RouteAction& action);

// DestinationsText returns "mongo.prod:5555" or "a:80 90, b:80 10".
std::string DestinationsText(const Chain& chain);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_ACTION_TEXT_H_
