#include "tests/scenarios/retry_trial.h"

#include <chrono>

#include "tests/scenarios/engine_run.h"

namespace postern {
namespace {

// Goes on until the request is over; every try meets `failure`.
uint32_t CountRetries(const std::shared_ptr<const Snapshot>& snapshot, const ScenarioProbe& probe,
                      HttpVersion version, const RetryFailure& failure) {
  EngineRun run(snapshot, probe, version, 1);
  if (failure.connect) {
    run.harness().connect = [](const HarnessEnd&) { return absl::UnavailableError("refused"); };
  }
  run.Connect();
  for (int i = 0; i < 100 && run.request_logs().empty(); ++i) {
    run.Answer(failure.response);
    run.harness().Advance(std::chrono::seconds(1));
  }
  return run.request_logs().empty() ? UINT32_MAX : run.request_logs().front().attempts - 1;
}

// Returns after how long the first of several silent tries is given up; 0: it is the last.
int64_t PerTryTimeout(const std::shared_ptr<const Snapshot>& snapshot, const ScenarioProbe& probe,
                      HttpVersion version) {
  EngineRun run(snapshot, probe, version, 1);
  run.Connect();
  EngineHarness& harness = run.harness();
  const TimePoint begin = harness.now();
  while (run.request_logs().empty() && !harness.end(harness.upstreams().front()).closed) {
    const std::optional<TimePoint> next = harness.engine().deadline();
    if (!next || *next - begin > std::chrono::hours(24)) return 0;
    harness.Advance(*next - harness.now());
  }
  if (!run.request_logs().empty()) return 0;
  return std::chrono::duration_cast<std::chrono::milliseconds>(harness.now() - begin).count();
}

}  // namespace

const std::vector<RetryFailure>& RetryFailures() {
  static const auto& failures = *new std::vector<RetryFailure>{
      {.name = "connect",
       .connect = true,
       .conditions = {"5xx", "gateway-error", "reset", "reset-before-request", "connect-failure"}},
      {.name = "closed", .conditions = {"5xx", "gateway-error", "reset"}},
      {.name = "500",
       .response = "HTTP/1.1 500 A\r\ncontent-length: 0\r\n\r\n",
       .code = 500,
       .conditions = {"5xx"}},
      {.name = "503",
       .response = "HTTP/1.1 503 A\r\ncontent-length: 0\r\n\r\n",
       .code = 503,
       .conditions = {"5xx", "gateway-error"}},
      {.name = "409",
       .response = "HTTP/1.1 409 A\r\ncontent-length: 0\r\n\r\n",
       .code = 409,
       .conditions = {"retriable-4xx"}},
      {.name = "rate limited",
       .response = "HTTP/1.1 429 A\r\nx-envoy-ratelimited: true\r\ncontent-length: 0\r\n\r\n",
       .code = 429,
       .conditions = {"envoy-ratelimited"}},
      {.name = "grpc 1",
       .response = "HTTP/1.1 200 A\r\ngrpc-status: 1\r\ncontent-length: 0\r\n\r\n",
       .code = 200,
       .conditions = {"cancelled"}},
      {.name = "grpc 4",
       .response = "HTTP/1.1 200 A\r\ngrpc-status: 4\r\ncontent-length: 0\r\n\r\n",
       .code = 200,
       .conditions = {"deadline-exceeded"}},
      {.name = "grpc 8",
       .response = "HTTP/1.1 200 A\r\ngrpc-status: 8\r\ncontent-length: 0\r\n\r\n",
       .code = 200,
       .conditions = {"resource-exhausted"}},
      {.name = "grpc 13",
       .response = "HTTP/1.1 200 A\r\ngrpc-status: 13\r\ncontent-length: 0\r\n\r\n",
       .code = 200,
       .conditions = {"internal"}},
      {.name = "grpc 14",
       .response = "HTTP/1.1 200 A\r\ngrpc-status: 14\r\ncontent-length: 0\r\n\r\n",
       .code = 200,
       .conditions = {"unavailable"}},
  };
  return failures;
}

Outcome::Retries TryRetries(const std::shared_ptr<const Snapshot>& snapshot,
                            const ScenarioProbe& probe, HttpVersion version) {
  Outcome::Retries retries;
  for (const RetryFailure& failure : RetryFailures()) {
    retries.made[std::string(failure.name)] = CountRetries(snapshot, probe, version, failure);
  }
  retries.per_try_timeout_ms = PerTryTimeout(snapshot, probe, version);
  return retries;
}

}  // namespace postern
