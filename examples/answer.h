// What a Snapshot decides about a probe, and how to say it.

#ifndef POSTERN_EXAMPLES_ANSWER_H_
#define POSTERN_EXAMPLES_ANSWER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "postern/decision.h"
#include "postern/snapshot.h"

// An Answer is the two decisions about a connection and the request on it. It borrows from the
// Snapshot.
struct Answer {
  std::unique_ptr<const postern::Probe> cleaned;  // What was decided; `route` borrows from it.
  postern::ChainDecision chain;
  std::optional<postern::RouteDecision> route;  // Absent: there is no request, or nobody to ask.

  // ToString returns one clause: "forward to reviews.prod.svc.cluster.local:9080".
  std::string ToString() const;
};

// Decide asks `snapshot` about a probe.
Answer Decide(const postern::Snapshot& snapshot, const postern::Probe& asked, uint64_t random);

#endif  // POSTERN_EXAMPLES_ANSWER_H_
