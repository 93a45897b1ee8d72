// Outlier detection: takes endpoints that keep failing out for a while. It only counts and ejects;
// that an ejected endpoint is not picked is for the cluster.

#ifndef POSTERN_UPSTREAM_OUTLIER_H_
#define POSTERN_UPSTREAM_OUTLIER_H_

#include <span>

#include "lib/upstream/endpoint.h"
#include "postern/destination_rule.h"

namespace postern {

// An Outcome is how one request to an endpoint ended. A local timeout counts as status 504, a
// failed connect or a reset as local (engine.md 6.4).
struct Outcome {
  int status = 0;
  bool local_failure = false;
};

// Observe counts `outcome` for `endpoint`, one of `all`, and ejects it if `settings` say so and
// enough others are left.
void Observe(const OutlierDetection& settings, const Outcome& outcome, EndpointState& endpoint,
             std::span<const EndpointPtr> all, TimePoint now);

}  // namespace postern

#endif  // POSTERN_UPSTREAM_OUTLIER_H_
