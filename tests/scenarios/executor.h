// The two ways to find out what comes of a probe have one face, so that each scenario holds for
// both.

#ifndef POSTERN_TESTS_SCENARIOS_EXECUTOR_H_
#define POSTERN_TESTS_SCENARIOS_EXECUTOR_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "postern/snapshot.h"
#include "tests/scenarios/outcome.h"
#include "tests/scenarios/scenario.h"

namespace postern {

// A ScenarioExecutor runs probes on one Snapshot.
class ScenarioExecutor {
 public:
  virtual ~ScenarioExecutor() = default;

  virtual std::string_view name() const = 0;

  // Run returns what comes of `probe`. `random` stands for one chance of many; the number that
  // chose among weighted destinations is in the Outcome.
  virtual Outcome Run(const std::shared_ptr<const Snapshot>& snapshot, const ScenarioProbe& probe,
                      uint64_t random) = 0;

  // Speaks returns whether this executor can be what `probe` asks for, e.g. an HTTP/1.0 client.
  virtual bool Speaks(const ScenarioProbe& probe) const = 0;

  // Chances returns how many runs show a choice by `weights`, the sum of the weights: all numbers
  // twice, so that a larger sum shows, or a sample of them.
  virtual size_t Chances(size_t weights) const = 0;

  // Sees returns whether it sees the field `name` of what goes upstream: the decision functions
  // know nothing of the fields that the engine adds.
  virtual bool Sees(std::string_view name) const = 0;
};

// MakeDecisionExecutor returns the executor that asks Snapshot::Decide, of requests in `version`.
std::unique_ptr<ScenarioExecutor> MakeDecisionExecutor(HttpVersion version);

// MakeEngineExecutor returns the executor that sends bytes through an Engine in memory, those of
// requests in `version` unless ALPN agrees on the other.
std::unique_ptr<ScenarioExecutor> MakeEngineExecutor(HttpVersion version);

}  // namespace postern

#endif  // POSTERN_TESTS_SCENARIOS_EXECUTOR_H_
