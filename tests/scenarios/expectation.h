// Compares what came of a probe with what its scenario expects: only the keys that are listed.

#ifndef POSTERN_TESTS_SCENARIOS_EXPECTATION_H_
#define POSTERN_TESTS_SCENARIOS_EXPECTATION_H_

#include <string>
#include <vector>

#include "postern/snapshot.h"
#include "tests/scenarios/executor.h"
#include "tests/scenarios/scenario.h"

namespace postern {

// Differences returns one clause for each expectation of `probe` that `executor` does not meet,
// and for each that is not understood; empty if all is well. It runs the probe, and
// once for each number below twice the sum of the weights if these are expected.
std::vector<std::string> Differences(ScenarioExecutor& executor, const Snapshot& snapshot,
                                     const ScenarioProbe& probe);

}  // namespace postern

#endif  // POSTERN_TESTS_SCENARIOS_EXPECTATION_H_
