// The judge of scenarios must be able to say no.

#include "tests/scenarios/expectation.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/scenarios/retry_trial.h"

namespace postern {
namespace {

// A FixedExecutor has one outcome, whose destination follows `random`.
class FixedExecutor : public ScenarioExecutor {
 public:
  std::string_view name() const override { return "fixed"; }
  Outcome Run(const std::shared_ptr<const Snapshot>&, const ScenarioProbe&,
              uint64_t random) override {
    Outcome outcome;
    outcome.random = random;
    outcome.tls_terminated = false;
    outcome.status = 301;
    outcome.location = "https://a.com/";
    outcome.body = "";
    outcome.response_headers = HeaderLines{{"x-r", "1"}};
    outcome.destination = {random % 10 < 8 ? "a" : "b", 80, ""};
    outcome.upstream_path = "/x";
    outcome.upstream_authority = "a.com";
    outcome.upstream_headers = HeaderLines{{"x-a", "1"}, {"x-a", "2"}};
    outcome.mirrors = std::vector<Outcome::Mirror>{{{"m", 81, ""}, 25}};
    outcome.timeout_ms = 1500;
    outcome.retry = Outcome::Retry{2, {"reset", "5xx"}, {503}, 0};
    return outcome;
  }
  bool Speaks(const ScenarioProbe&) const override { return true; }
  size_t Chances(size_t weights) const override { return 2 * weights; }
  bool Sees(std::string_view name) const override { return name != "x-unseen"; }
};

// A TrialExecutor has seen what it knows on the wire.
class TrialExecutor : public FixedExecutor {
 public:
  Outcome Run(const std::shared_ptr<const Snapshot>& snapshot, const ScenarioProbe& probe,
              uint64_t random) override {
    Outcome outcome = FixedExecutor::Run(snapshot, probe, random);
    outcome.timeout_ms.reset();
    outcome.unseen["timeout_ms"] = "too far off";
    outcome.copies = std::vector<Outcome::Destination>{{"m", 81, ""}};
    outcome.retries = Outcome::Retries{};
    for (const RetryFailure& failure : RetryFailures()) {
      outcome.retries->made[std::string(failure.name)] = failure.name == "connect" ? 2 : 0;
    }
    return outcome;
  }
};

Verdict VerdictOf(ScenarioExecutor& executor, const std::string& expect) {
  const Config config;
  const auto snapshot = Snapshot::Build(config);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  ScenarioProbe probe;
  probe.expect = ReadCaseText(expect, "expect.yaml");
  return Judge(executor, *snapshot, probe);
}

size_t CountDifferences(const std::string& expect) {
  FixedExecutor executor;
  return VerdictOf(executor, expect).differences.size();
}

TEST(ExpectationTest, EachKeyCanHoldAndFail) {
  struct Case {
    const char* holds;
    const char* fails;
  };
  for (const Case& c : std::vector<Case>{
           {"status: 301", "status: 302"},
           {"location: https://a.com/", "location: https://b.com/"},
           {"body: ''", "body: x"},
           {"response_headers: {x-r: '1'}", "response_headers: {x-r: '2'}"},
           {"response_headers: {x-s: null}", "response_headers: {x-r: null}"},
           {"destination: {host: a, port: 80}", "destination: {host: a, port: 81}"},
           {"destination: {host: a, port: 80}", "destination: {host: a, port: 80, subset: v1}"},
           {"upstream_path: /x", "upstream_path: /y"},
           {"upstream_authority: a.com", "upstream_authority: b.com"},
           {"upstream_headers: {x-a: '1,2'}", "upstream_headers: {x-a: '1'}"},
           {"upstream_headers: {x-unseen: '1'}", "upstream_headers: {x-b: '1'}"},
           {"tls_terminated: false", "tls_terminated: true"},
           {"timeout_ms: 1500", "timeout_ms: 0"},
           {"mirrors: [{destination: {host: m, port: 81}, percentage: 25}]", "mirrors: []"},
           {"mirrors: [{destination: {host: m, port: 81}, percentage: 25}]",
            "mirrors: [{destination: {host: m, port: 81}, percentage: 100}]"},
           {"retry: {attempts: 2, on: [5xx, reset], codes: [503], per_try_timeout_ms: 0}",
            "retry: {attempts: 3}"},
           {"retry: {codes: [503]}", "retry: {codes: []}"},
           {"retry: {attempts: 2}", "retry: disabled"},
           {"status: 301", "close: no_listener"},
           {"weights: [{destination: {host: a, port: 80}, weight: 8}, "
            "{destination: {host: b, port: 80}, weight: 2}]",
            "weights: [{destination: {host: a, port: 80}, weight: 7}, "
            "{destination: {host: b, port: 80}, weight: 3}]"},
           {"status: 301",
            "weights: [{destination: {host: a, port: 80}, weight: 4}, "
            "{destination: {host: b, port: 80}, weight: 1}]"},
       }) {
    EXPECT_EQ(CountDifferences(c.holds), 0u) << c.holds;
    EXPECT_EQ(CountDifferences(c.fails), 1u) << c.fails;
  }
}

TEST(ExpectationTest, WhatWasTriedOutCanHoldAndFail) {
  TrialExecutor executor;
  const auto count = [&](const std::string& expect) {
    return VerdictOf(executor, expect).differences.size();
  };
  EXPECT_EQ(count("retry: {attempts: 2, on: [connect-failure], per_try_timeout_ms: 0}"), 0u);
  EXPECT_EQ(count("retry: {attempts: 3, on: [connect-failure]}"), 1u);
  EXPECT_EQ(count("retry: {attempts: 2, on: [connect-failure, retriable-4xx]}"), 1u);
  EXPECT_EQ(count("retry: {attempts: 2, on: [connect-failure], per_try_timeout_ms: 9}"), 1u);
  EXPECT_EQ(count("retry: disabled"), 1u);
  EXPECT_EQ(count("mirrors: [{destination: {host: m, port: 81}, percentage: 100}]"), 0u);
  EXPECT_EQ(count("mirrors: [{destination: {host: m, port: 81}, percentage: 0}]"), 1u);
  EXPECT_EQ(count("mirrors: [{destination: {host: n, port: 81}}]"), 1u);
}

TEST(ExpectationTest, WhatCannotBeSeenIsSaid) {
  TrialExecutor executor;
  const Verdict verdict = VerdictOf(executor, "timeout_ms: 1");
  EXPECT_EQ(verdict.unseen, std::vector<std::string>{"timeout_ms: too far off"});
  EXPECT_TRUE(verdict.differences.empty());
}

TEST(ExpectationTest, WhatIsNotUnderstoodFails) {
  EXPECT_EQ(CountDifferences("colour: red"), 1u);
  EXPECT_GE(CountDifferences("destination: {host: a, port: 80, zone: x}"), 1u);
  EXPECT_EQ(CountDifferences("weights: []"), 1u);
}

}  // namespace
}  // namespace postern
