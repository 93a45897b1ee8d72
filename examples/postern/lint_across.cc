#include "examples/postern/lint_across.h"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "examples/stand_in_credentials.h"
#include "lib/compile/certificate_report.h"
#include "lib/compile/cross_report.h"
#include "lib/compile/report_rules.h"
#include "lib/model/diagnostic.h"

namespace postern {
namespace {

std::vector<Diagnostic> FindingsAcross(const Config& config) {
  const std::vector<ProxyIdentity> proxies = ProxiesOf(config);
  if (!config.secrets.empty()) {
    return FindAcross(
        config, proxies, *MakeConfigCredentials(config, "/"),
        std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()));
  }
  StandInCredentials credentials(config);
  std::vector<Diagnostic> findings = FindAcross(config, proxies, credentials, std::nullopt);
  std::erase_if(findings,
                [](const Diagnostic& finding) { return IsAboutCertificates(finding.rule); });
  return findings;
}

// IsOfAnotherFile returns whether `finding` misses resources of a kind of which there are none:
// these are kept somewhere else.
bool IsOfAnotherFile(const Diagnostic& finding, const Config& config) {
  if (finding.rule == kVirtualServiceGatewayUnknown.id) return config.gateways.empty();
  return finding.rule == kServerRoutesNone.id && config.virtual_services.empty();
}

}  // namespace

void AddFindingsAcross(LintReport* report) {
  std::set<std::string> broken;
  for (const Diagnostic& finding : report->findings) {
    if (finding.severity == Severity::kError) broken.insert(finding.resource);
  }
  for (Diagnostic& finding : FindingsAcross(report->config)) {
    if (finding.severity == Severity::kInfo || broken.contains(finding.resource)) continue;
    if (IsOfAnotherFile(finding, report->config)) continue;
    report->findings.push_back(std::move(finding));
  }
  SortFindings(&report->findings);
}

}  // namespace postern
