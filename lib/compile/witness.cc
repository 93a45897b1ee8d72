#include "lib/compile/witness.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/report_rules.h"
#include "lib/compile/route_probe.h"
#include "lib/match/host_names.h"
#include "lib/snapshot/request_decision.h"

namespace postern {
namespace {

using Stage = TraceStep::Stage;

// What stands for the "*" of a pattern: the second and third for where another pattern has the
// name with the first.
constexpr std::string_view kLabels[] = {"w", "witness", "w.w"};

// More hosts than this of one server are not tried: each costs a decision.
constexpr size_t kMaxHosts = 16;

std::string HostOfPattern(std::string_view pattern, std::string_view label) {
  if (pattern == "*") return StrCat(label, ".invalid");
  if (!IsWildcardHost(pattern)) return std::string(pattern);
  return StrCat(label, pattern.substr(1));
}

// IsPartOf returns whether `path` is `whole` or a field below it.
bool IsPartOf(std::string_view path, std::string_view whole) {
  return path.starts_with(whole) &&
         (path.size() == whole.size() || path[whole.size()] == '.' || path[whole.size()] == '[');
}

// A Replay is what a trace says about a finding.
struct Replay {
  bool lost_reached = false;    // The place of the finding decides something.
  bool winner_reached = false;  // The other place does.
  bool refused = false;         // In the end nobody serves.
};

Replay ReplayOf(const Trace& trace, const Diagnostic& finding) {
  // A finding about hosts, or about who sees the resource, is about all of the resource.
  const bool whole =
      finding.path.starts_with("spec.hosts") || finding.path.starts_with("spec.exportTo");
  Replay replay;
  for (const TraceStep& step : trace.steps) {
    if (!step.matched || step.resource.empty()) continue;
    replay.lost_reached |=
        step.resource == finding.resource && (whole || step.path == finding.path);
    replay.winner_reached |= finding.other && step.resource == finding.other->resource &&
                             step.path == finding.other->path;
  }
  const TraceStep& last = trace.steps.back();
  replay.refused = !last.matched || last.subject.starts_with("reject ");
  return replay;
}

// ReachesServer returns whether the connection of `trace` gets the server that `finding` is about,
// if only to be refused by it.
bool ReachesServer(const Trace& trace, const Diagnostic& finding) {
  return std::any_of(trace.steps.begin(), trace.steps.end(), [&finding](const TraceStep& step) {
    return step.stage == Stage::kChain && step.resource == finding.resource &&
           IsPartOf(finding.path, step.path);
  });
}

// A Searcher looks for witnesses on one Snapshot.
class Searcher {
 public:
  Searcher(const Snapshot& snapshot, const SnapshotTables& tables)
      : snapshot_(snapshot), tables_(tables), chains_(tables.route_configs.size()) {
    for (const Chain& chain : tables.chains) {
      if (chain.route_config != Chain::kNone) chains_[chain.route_config] = &chain;
      serving_.insert(PlaceOf(chain.server.resource, chain.server.path));
      serving_.insert(PlaceOf(chain.rule.resource, chain.rule.path));
    }
  }

  // AddWitness sets the witness of `finding`, and the other place if somebody else turns out to
  // take what a shadowed route asks for.
  void AddWitness(WitnessSketch sketch, Finding* finding) const {
    const ReportRule* rule = FindReportRule(finding->diagnostic.rule);
    if (rule == nullptr || rule->witness == ReportRule::Witness::kNone) return;
    if (sketch.route_config != Chain::kNone && !Place(&sketch)) return;
    if (sketch.hosts.empty()) sketch.hosts = {"*"};
    sketch.hosts.resize(std::min(sketch.hosts.size(), kMaxHosts));
    std::optional<Probe> refused;
    for (const std::string& host : sketch.hosts) {
      for (const std::string_view label : kLabels) {
        std::optional<Probe> probe = ProbeOf(sketch, HostOfPattern(host, label));
        if (!probe) continue;
        const Trace trace = snapshot_.Explain(*probe);
        if (rule->witness == ReportRule::Witness::kReached) {
          if (!ReachesServer(trace, finding->diagnostic)) continue;
          finding->witness = std::move(probe);
          return;
        }
        const Replay replay = ReplayOf(trace, finding->diagnostic);
        if (replay.lost_reached) continue;
        const bool routed =
            sketch.route != nullptr && !replay.winner_reached && NameWinner(trace, finding);
        if (replay.winner_reached || routed) {
          finding->witness = std::move(probe);
          return;
        }
        const bool shows =
            sketch.route == nullptr && (replay.refused || !WinnerServes(finding->diagnostic));
        if (shows && !refused) refused = std::move(probe);
        if (!IsWildcardHost(host)) break;
      }
    }
    finding->witness = std::move(refused);
  }

 private:
  // Place sets where the chain of the sketch's routes is; false if it was dropped.
  bool Place(WitnessSketch* sketch) const {
    const Chain* chain = chains_[sketch->route_config];
    if (chain == nullptr) return false;
    sketch->listener = tables_.listeners[chain->listener].key();
    sketch->tls = chain->tls != ChainDecision::Tls::kNone;
    sketch->http = true;
    return true;
  }

  static std::string PlaceOf(std::string_view resource, std::string_view path) {
    return StrCat(resource, " ", path);
  }

  // WinnerServes returns whether the other place of `finding` has a chain: who took a host and then
  // lost, too, gets nothing, nor does one of several servers that share a chain by itself.
  bool WinnerServes(const Diagnostic& finding) const {
    return finding.other &&
           serving_.contains(PlaceOf(finding.other->resource, finding.other->path));
  }

  std::optional<Probe> ProbeOf(const WitnessSketch& sketch, std::string host) const {
    Probe probe;
    probe.listener = sketch.listener;
    if (!sketch.alpn.empty()) probe.alpn = {sketch.alpn};
    if (sketch.tls) probe.sni = sketch.server_name.empty() ? host : sketch.server_name;
    if (!sketch.http) probe.method = "";
    probe.authority = std::move(host);
    if (sketch.route == nullptr) return probe;
    std::optional<Probe> of_route = ProbeOfRoute(*sketch.route, tables_.options, std::move(probe));
    if (of_route && of_route->sni) of_route->sni = HostOf(of_route->authority);
    return of_route;
  }

  // NameWinner makes the route that `trace` ends on the other place of the finding: a route may
  // take what the covering one would, before it. False if there is none.
  static bool NameWinner(const Trace& trace, Finding* finding) {
    for (const TraceStep& step : trace.steps) {
      if (step.stage != Stage::kRoute || !step.matched) continue;
      finding->diagnostic.other = Diagnostic::Place{step.resource, step.path, step.where};
      return true;
    }
    return false;
  }

  const Snapshot& snapshot_;
  const SnapshotTables& tables_;
  std::vector<const Chain*> chains_;  // By route table.
  StringSet serving_;                 // The places that chains are of.
};

}  // namespace

std::vector<Finding> WithWitnesses(const Snapshot& snapshot, const SnapshotTables& tables,
                                   std::vector<Reported> reported) {
  const Searcher searcher(snapshot, tables);
  std::vector<Finding> findings;
  findings.reserve(reported.size());
  for (Reported& one : reported) {
    if (one.sketch) searcher.AddWitness(*std::move(one.sketch), &one.finding);
    findings.push_back(std::move(one.finding));
  }
  return findings;
}

}  // namespace postern
