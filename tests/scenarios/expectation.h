// Compares what came of a probe with what its scenario expects: only the keys that are listed.

#ifndef POSTERN_TESTS_SCENARIOS_EXPECTATION_H_
#define POSTERN_TESTS_SCENARIOS_EXPECTATION_H_

#include <memory>
#include <string>
#include <vector>

#include "postern/snapshot.h"
#include "tests/scenarios/executor.h"
#include "tests/scenarios/scenario.h"

namespace postern {

// A Verdict is what came of one probe.
struct Verdict {
  // One clause for each expectation that is not met, and for each that is not understood.
  std::vector<std::string> differences;
  // One for each that the executor could not see: "timeout_ms: a per-try timeout comes first".
  std::vector<std::string> unseen;
};

// Judge runs `probe`, as often as ScenarioExecutor::Chances says if weights are expected, and
// compares what comes of it.
Verdict Judge(ScenarioExecutor& executor, const std::shared_ptr<const Snapshot>& snapshot,
              const ScenarioProbe& probe);

}  // namespace postern

#endif  // POSTERN_TESTS_SCENARIOS_EXPECTATION_H_
