// Every finding that a connection can show has a witness, and the witness shows it: random
// configurations, each witness replayed. `--configs=N --seed=S` for longer runs.

#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "lib/compile/report_rules.h"
#include "postern/snapshot.h"
#include "tests/support/random_gateways.h"
#include "tests/support/random_routes.h"

namespace postern {
namespace {

using Witness = ReportRule::Witness;

uint64_t configs = 32000;
uint64_t seed = 20261124;
constexpr int kLeast = 1000;  // Of each kind that has witnesses.

// A Count is how many findings of one kind there were.
struct Count {
  int shown = 0;
  int unshown = 0;
};

bool Decides(const TraceStep& step, std::string_view resource, std::string_view path) {
  return step.matched && step.resource == resource && step.path == path;
}

// Problem returns what is wrong with what `trace` shows of `finding`; empty if nothing is.
std::string Problem(const Snapshot& snapshot, const Finding& finding, Witness shows,
                    const Trace& trace) {
  const Diagnostic& said = finding.diagnostic;
  const TraceStep& last = trace.steps.back();
  const bool nobody = !last.matched || last.subject.starts_with("reject ");
  bool winner = false;
  bool loser = false;
  bool server = false;
  for (const TraceStep& step : trace.steps) {
    loser |= Decides(step, said.resource, said.path);
    // A VirtualService whose hosts nobody exposes, or that nobody sees, must not appear at all.
    const bool of_all =
        said.path.starts_with("spec.hosts") || said.path.starts_with("spec.exportTo");
    loser |= of_all && step.matched && step.resource == said.resource;
    winner |= said.other && Decides(step, said.other->resource, said.other->path);
    server |= step.stage == TraceStep::Stage::kChain && step.resource == said.resource &&
              said.path.starts_with(step.path + ".");
  }
  if (shows == Witness::kReached) return server ? "" : "the server is not reached";
  if (loser) return "the loser decides";
  if (!said.other || winner || nobody) return "";
  // A winner without a chain of its own, because it lost to a third, decides nothing.
  const std::string chain = StrCat("# ", said.other->resource, " ", said.other->path);
  if (snapshot.Dump().find(chain) != std::string::npos) {
    return "somebody else than the winner decides";
  }
  return "";
}

std::string Text(const Config& config) {
  std::string text;
  for (const Gateway& gateway : config.gateways) StrAppend(&text, gateway.ToYaml(), "---\n");
  for (const VirtualService& service : config.virtual_services) {
    StrAppend(&text, service.ToYaml(), "---\n");
  }
  return text;
}

// A Tally counts the findings of many Snapshots by kind, and asks each witness.
class Tally {
 public:
  Tally() {
    for (const ReportRule* rule : ReportRules()) {
      if (rule->witness != Witness::kNone) counts_[rule->id];
    }
  }

  // Add replays the witnesses of `snapshot`, and returns what is wrong with one of them.
  std::string Add(const Snapshot& snapshot) {
    for (const Finding& finding : snapshot.report()) {
      const Diagnostic& said = finding.diagnostic;
      const ReportRule* rule = FindReportRule(said.rule);
      if (rule == nullptr) continue;  // Of Validate, about what was dropped.
      if (rule->witness == Witness::kNone) {
        if (finding.witness) return StrCat("a witness of ", said.ToString());
        continue;
      }
      Count& count = counts_[rule->id];
      ++(finding.witness ? count.shown : count.unshown);
      if (!finding.witness) continue;
      const Trace trace = snapshot.Explain(*finding.witness);
      const std::string problem = Problem(snapshot, finding, rule->witness, trace);
      if (!problem.empty()) return StrCat(problem, ": ", said.ToString(), "\n", trace.ToText());
    }
    return "";
  }

  void Expect() const {
    for (const auto& [rule, count] : counts_) {
      std::printf("%-36s %7d shown, %5d without a witness\n", std::string(rule).c_str(),
                  count.shown, count.unshown);
      EXPECT_GE(count.shown, kLeast) << rule;
      EXPECT_GT(count.shown, count.unshown) << rule;
    }
  }

 private:
  std::map<std::string_view, Count> counts_;
};

TEST(WitnessTest, EachFindingOfRandomConfigurationsIsShownByItsWitness) {
  RandomGateways gateways(seed);
  RandomRoutes routes(seed);
  RandomCredentials credentials;
  Tally tally;
  for (uint64_t i = 0; i < configs; ++i) {
    // Of the latter, each rule has matches enough that some hide others.
    const bool of_gateways = i % 8 != 0;
    const Config config = of_gateways ? gateways.DrawConfig() : routes.DrawConfig();
    const auto snapshot = of_gateways
                              ? Snapshot::Build(config, RandomGateways::Options(), &credentials)
                              : Snapshot::Build(config);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status() << "\n" << Text(config);
    const std::string problem = tally.Add(**snapshot);
    ASSERT_EQ(problem, "") << Text(config);
  }
  tally.Expect();
}

}  // namespace
}  // namespace postern

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--configs=")) {
      postern::configs =
          postern::ParseDecimal<uint64_t>(argument.substr(10)).value_or(postern::configs);
    } else if (argument.starts_with("--seed=")) {
      postern::seed = postern::ParseDecimal<uint64_t>(argument.substr(7)).value_or(postern::seed);
    }
  }
  return RUN_ALL_TESTS();
}
