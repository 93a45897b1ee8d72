#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/strings.h"
#include "tests/scenarios/engine_run.h"
#include "tests/scenarios/executor.h"
#include "tests/scenarios/retry_trial.h"

namespace postern {
namespace {

using std::chrono::milliseconds;

// kCloses is what the log calls the endings that scenarios name.
const std::map<std::string_view, std::string_view>& Closes() {
  static const auto& closes = *new std::map<std::string_view, std::string_view>{
      {"no_listener", "no_listener"},
      {"filter_chain_not_found", "no_filter_chain"},
      {"secret_not_ready", "secret_not_ready"},
      {"tls_handshake_failure", "tls_handshake_failure"},
      {"plaintext_on_tls", "tls_handshake_failure"},
  };
  return closes;
}

// A copy for a mirror says so (observed.md 1.2).
bool IsMirror(const EngineRun::Sent& sent) { return sent.message.Has("x-envoy-internal"); }

// No such cluster, or no endpoint of it: chosen all the same (dataplane.md 8.1).
bool IsUnreachable(ResponseFlags flags) {
  return flags.Has(ResponseFlag::kNC) || flags.Has(ResponseFlag::kUH);
}

// A Reader makes an Outcome of a run that is over.
class Reader {
 public:
  Reader(EngineRun& run, const ScenarioProbe& probe) : run_(run), probe_(probe) {}

  Outcome Read() && {
    outcome_.random = run_.random();
    if (!run_.connection_log()) {
      Wrong("no log of the connection");
      return std::move(outcome_);
    }
    const EngineRun::ConnectionFacts& log = *run_.connection_log();
    outcome_.tls_terminated = log.tls_terminated;
    const auto close = Closes().find(log.detail);
    if (close != Closes().end()) {
      ReadClose(close->second);
    } else if (run_.request_logs().empty()) {
      ReadBytes(log);
    } else if (probe_.tls && !log.tls_terminated) {
      // A ClientHello is no HTTP: 400, and closed.
      const bool refused = run_.request_logs().front().flags.Has(ResponseFlag::kDPE) && log.early;
      outcome_.close = refused ? "protocol_error" : "";
      if (!run_.received().starts_with("HTTP/1.1 400 ")) Wrong("a ClientHello is not answered 400");
    } else {
      ReadRequest(run_.request_logs().front());
    }
    return std::move(outcome_);
  }

 private:
  void Wrong(std::string clause) { outcome_.wrong.push_back(std::move(clause)); }

  void ReadClose(std::string_view name) {
    outcome_.close = name;
    if (name == "tls_handshake_failure") {
      outcome_.tls_terminated = true;
    } else {
      outcome_.tls_terminated.reset();
    }
    const bool handshake = run_.connection_log()->detail == "tls_handshake_failure";
    if (!handshake && !run_.received().empty()) Wrong("closed with a byte");
    if (!run_.harness().upstreams().empty()) Wrong("an upstream of a refused client");
    if (!run_.request_logs().empty()) Wrong("a request of a refused client");
  }

  void ReadBytes(const EngineRun::ConnectionFacts& log) {
    if (log.cluster.host.empty()) {
      if (log.early) Wrong(StrCat("closed: ", log.detail));
      if (probe_.http) Wrong("a request came to nothing");
      return;
    }
    outcome_.destination = log.cluster;
    outcome_.unreachable = IsUnreachable(log.flags);
    if (outcome_.unreachable) return;
    const std::optional<std::string> piped = run_.piped();
    if (!piped) return Wrong("no upstream of bytes");
    if (*piped != run_.sent()) Wrong("bytes to the upstream differ from the client's");
    if (run_.received() != "pong") Wrong("bytes to the client differ from the upstream's");
  }

  void ReadRequest(const EngineRun::RequestFacts& log) {
    if (run_.request_logs().size() != 1) Wrong("more than one request is logged");
    const std::optional<TextMessage> answer = run_.answer();
    if (!answer || !answer->complete) return Wrong("no whole answer");
    if (answer->Status() != log.status) Wrong("the log has another status than the answer");
    outcome_.response_headers = answer->fields;
    if (log.cluster.host.empty()) {
      outcome_.status = answer->Status();
      outcome_.body = answer->body;
      if (answer->Has("location")) outcome_.location = answer->Field("location");
      if (!run_.requests().empty()) Wrong("an upstream got a request that was answered here");
      return;
    }
    outcome_.destination = log.cluster;
    outcome_.copies.emplace();
    for (const EngineRun::Sent& sent : run_.requests()) {
      if (IsMirror(sent)) {
        outcome_.copies->push_back(sent.destination);
        continue;
      }
      if (sent.destination != log.cluster) Wrong("another upstream than the log says");
      outcome_.upstream_path = sent.message.Target();
      outcome_.upstream_authority = sent.message.Field("host");
      outcome_.upstream_headers = sent.message.fields;
    }
    outcome_.unreachable = IsUnreachable(log.flags);
    if (!outcome_.unreachable && log.status != 200) {
      Wrong(StrCat("forwarded and answered ", log.status, " ", log.detail));
    }
  }

  EngineRun& run_;
  const ScenarioProbe& probe_;
  Outcome outcome_;
};

// RouteTimeout returns after how many milliseconds of an upstream's silence the client is answered;
// 0: never. nullopt: something else than the route's timeout ends it.
std::optional<int64_t> RouteTimeout(const std::shared_ptr<const Snapshot>& snapshot,
                                    const ScenarioProbe& probe, HttpVersion version,
                                    bool in_process) {
  EngineRun run(snapshot, probe, version, 1, in_process);
  run.Connect();
  EngineHarness& harness = run.harness();
  const TimePoint begin = harness.now();
  while (run.request_logs().empty()) {
    const std::optional<TimePoint> next = harness.engine().deadline();
    if (!next || *next - begin > std::chrono::hours(24 * 365)) return 0;
    harness.Advance(*next - harness.now());
  }
  if (run.request_logs().front().detail != "response_timeout") return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(harness.now() - begin).count();
}

class EngineExecutor : public ScenarioExecutor {
 public:
  explicit EngineExecutor(HttpVersion version) : version_(version) {}

  std::string_view name() const override {
    return version_ == HttpVersion::kHttp2 ? "engine, HTTP/2" : "engine, HTTP/1.1";
  }
  bool Speaks(const ScenarioProbe& probe) const override {
    if (version_ == HttpVersion::kHttp11) return true;
    return probe.http && !probe.http->http_10 &&
           std::ranges::none_of(probe.http->headers,
                                [](const auto& field) { return field.first == "connection"; });
  }
  bool Sees(std::string_view /*name*/) const override { return true; }
  size_t Chances(size_t weights) const override { return std::min<size_t>(2 * weights, 24); }

  Outcome Run(const std::shared_ptr<const Snapshot>& snapshot, const ScenarioProbe& probe,
              uint64_t random) override {
    bool in_process = false;
    Outcome outcome = Once(snapshot, probe, random, in_process);
    if (probe.expect.Has("mirrors") || outcome.unreachable) {
      // What no socket can be opened to shows what it would get in this process.
      const std::string_view why =
          outcome.unreachable ? "no socket can be opened to it" : "mirrors are watched there";
      in_process = true;
      outcome = Once(snapshot, probe, random, in_process);
      outcome.unseen["upstream bytes"] = StrCat("a Service stands in, as ", why);
    }
    if (probe.expect.Has("timeout_ms")) {
      outcome.timeout_ms = RouteTimeout(snapshot, probe, version_, in_process);
      if (!outcome.timeout_ms) outcome.unseen["timeout_ms"] = "a per-try timeout comes first";
    }
    if (probe.expect.Has("retry")) outcome.retries = TryRetries(snapshot, probe, version_);
    return outcome;
  }

 private:
  Outcome Once(const std::shared_ptr<const Snapshot>& snapshot, const ScenarioProbe& probe,
               uint64_t random, bool in_process) const {
    EngineRun run(snapshot, probe, version_, random, in_process);
    run.Connect();
    run.Answer();
    run.End();
    return Reader(run, probe).Read();
  }

  const HttpVersion version_;
};

}  // namespace

std::unique_ptr<ScenarioExecutor> MakeEngineExecutor(HttpVersion version) {
  return std::make_unique<EngineExecutor>(version);
}

}  // namespace postern
