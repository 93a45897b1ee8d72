// A trace says all that decides: what comes of a request is found again from its steps alone, on
// random configurations.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/snapshot.h"
#include "tests/support/random_gateways.h"
#include "tests/support/random_routes.h"

namespace postern {
namespace {

using Stage = TraceStep::Stage;

constexpr uint64_t kSeed = 20261124;
constexpr int kConfigs = 400;
constexpr int kProbesPerConfig = 25;

// A Verdict is what came of a probe, in words that traces and decisions share.
struct Verdict {
  std::string server;
  std::string virtual_host;
  std::string rule;
  std::string action;
};

std::string PlaceText(std::string_view resource, std::string_view path) {
  return resource.empty() ? std::string() : StrCat(resource, " ", path);
}

// Read follows the steps: what matched goes on, and the last step is the end.
Verdict Read(const Trace& trace) {
  Verdict verdict;
  for (const TraceStep& step : trace.steps) {
    if (step.stage == Stage::kChain) verdict.server = PlaceText(step.resource, step.path);
    if (!step.matched) continue;
    if (step.stage == Stage::kVirtualHost) verdict.virtual_host = step.subject;
    if (step.stage == Stage::kRoute && step.subject != "httpsRedirect") {
      // Of a rule's match, the rule.
      verdict.rule = PlaceText(step.resource, step.path.substr(0, step.path.find(".match")));
    }
  }
  const TraceStep& last = trace.steps.back();
  verdict.action = last.matched ? last.subject : StrCat("close ", last.subject);
  return verdict;
}

std::string ClusterText(const ClusterName& cluster) {
  return StrCat("forward ", cluster.host, ":", cluster.port);
}

std::string ActionText(const RouteDecision& decision) {
  if (const auto* reject = std::get_if<Reject>(&decision.action)) {
    return StrCat("reject ", reject->status);
  }
  if (const auto* redirect = std::get_if<Redirect>(&decision.action)) {
    return StrCat("redirect ", redirect->status, " ", redirect->location);
  }
  if (const auto* forward = std::get_if<Forward>(&decision.action)) {
    return ClusterText(forward->cluster);
  }
  return "another action";
}

// Decide asks for the decisions, without a trace.
Verdict Decide(const Snapshot& snapshot, const Probe& probe, uint64_t random) {
  ConnectionFacts facts;
  facts.listener = probe.listener;
  facts.tls = probe.sni.has_value();
  if (probe.sni) facts.sni = *probe.sni;
  const ChainDecision chain = snapshot.Decide(facts, random);
  Verdict verdict;
  verdict.server = PlaceText(chain.server.resource, chain.server.path);
  if (chain.action == ChainDecision::Action::kRefuse) {
    const bool closed = chain.detail == "no_listener";
    verdict.action =
        StrCat("close ", closed ? probe.listener.ToString() : std::string(chain.detail));
    return verdict;
  }
  if (chain.action == ChainDecision::Action::kTcp) {
    verdict.action = ClusterText(chain.cluster);
    return verdict;
  }
  std::vector<HeaderView> headers;
  for (const auto& [name, value] : probe.headers) headers.push_back({name, value});
  RequestHead head;
  head.version = probe.scheme.empty() ? HttpVersion::kHttp11 : HttpVersion::kHttp2;
  head.method = probe.method;
  head.scheme = probe.scheme;
  head.authority = probe.authority;
  head.path = probe.path;
  head.headers = headers;
  const RouteDecision decision = snapshot.Decide(chain, head, random);
  verdict.virtual_host = decision.virtual_host;
  verdict.rule = PlaceText(decision.rule.resource, decision.rule.path);
  verdict.action = ActionText(decision);
  return verdict;
}

Probe ProbeOf(const OracleRequest& request) {
  Probe probe;
  probe.listener = {"", 80};
  probe.method = request.method;
  probe.scheme = request.scheme;
  probe.authority = request.authority;
  probe.path = request.path;
  probe.headers = request.headers;
  return probe;
}

void ExpectTraceSaysAll(const Snapshot& snapshot, const Probe& probe, uint64_t random) {
  const Trace trace = snapshot.Explain(probe, random);
  const Verdict read = Read(trace);
  const Verdict decided = Decide(snapshot, snapshot.Cleaned(probe), random);
  ASSERT_EQ(read.server, decided.server) << trace.ToText();
  ASSERT_EQ(read.virtual_host, decided.virtual_host) << trace.ToText();
  ASSERT_EQ(read.rule, decided.rule) << trace.ToText();
  ASSERT_EQ(read.action, decided.action) << trace.ToText();
}

TEST(TraceTest, TheStepsOfARequestGiveItsDecision) {
  RandomRoutes draw(kSeed);
  for (int i = 0; i < kConfigs; ++i) {
    const auto snapshot = Snapshot::Build(draw.DrawConfig());
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    for (int k = 0; k < kProbesPerConfig; ++k) {
      ExpectTraceSaysAll(**snapshot, ProbeOf(draw.DrawRequest()), static_cast<uint64_t>(k));
    }
  }
}

TEST(TraceTest, TheStepsOfAConnectionGiveItsDecision) {
  RandomGateways gateways(kSeed);
  RandomRoutes requests(kSeed);
  RandomCredentials credentials;
  constexpr const char* kNames[] = {"a.com", "x.a.com", "b.com", "c.org", "q.org", ""};
  constexpr uint16_t kPorts[] = {80, 443, 9000};
  for (int i = 0; i < kConfigs; ++i) {
    const auto snapshot =
        Snapshot::Build(gateways.DrawConfig(), RandomGateways::Options(), &credentials);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    for (const uint16_t port : kPorts) {
      for (const char* name : kNames) {
        Probe probe = ProbeOf(requests.DrawRequest());
        probe.listener.port = port;
        if (port != 80) probe.sni = name;
        ExpectTraceSaysAll(**snapshot, probe, 0);
      }
    }
  }
}

}  // namespace
}  // namespace postern
