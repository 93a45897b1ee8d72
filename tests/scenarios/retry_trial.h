// Finds out by experiment what a route tries again: each kind of failure is made to happen at every
// try, and the tries are counted. Which should have been is for expectation.h.

#ifndef POSTERN_TESTS_SCENARIOS_RETRY_TRIAL_H_
#define POSTERN_TESTS_SCENARIOS_RETRY_TRIAL_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "postern/snapshot.h"
#include "tests/scenarios/outcome.h"
#include "tests/scenarios/scenario.h"

namespace postern {

// A RetryFailure is one way for a try to fail.
struct RetryFailure {
  std::string_view name;
  std::string_view response = {};  // Of the upstream; empty: it closes. Not used if `connect`.
  bool connect = false;            // The connection is refused.
  int code = 0;                    // The response's, for retriable-status-codes.
  std::vector<std::string_view> conditions =
      {};  // Of retryOn: each of them tries again (dataplane 4.8).
};

const std::vector<RetryFailure>& RetryFailures();

// TryRetries runs `probe` in `version` once for each failure and once with silent upstreams.
Outcome::Retries TryRetries(const std::shared_ptr<const Snapshot>& snapshot,
                            const ScenarioProbe& probe, HttpVersion version);

}  // namespace postern

#endif  // POSTERN_TESTS_SCENARIOS_RETRY_TRIAL_H_
