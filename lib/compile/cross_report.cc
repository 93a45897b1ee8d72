#include "lib/compile/cross_report.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/compile.h"
#include "lib/compile/gateway_host_report.h"
#include "lib/compile/mesh_host_report.h"
#include "lib/compile/reference_report.h"
#include "lib/compile/report_rules.h"
#include "lib/compile/select.h"
#include "lib/compile/service_entry_report.h"
#include "lib/compile/shared_credential_report.h"
#include "lib/compile/snapshot_credentials.h"
#include "lib/compile/unused_credential_report.h"
#include "lib/compile/virtual_service_report.h"
#include "lib/model/diagnostic.h"

namespace postern {
namespace {

// Findings that say "not on this proxy": others may serve what one does not.
constexpr const ReportRule* kOfOneProxy[] = {
    &kGatewaySelectorUnmatched,     &kVirtualServiceGatewayElsewhere,
    &kVirtualServiceExportHidden,   &kVirtualServiceHostUnexposed,
    &kVirtualServiceRulesUnused,    &kVirtualServiceMatchPortUnbound,
    &kVirtualServiceDelegateUnused, &kServerPortUnserved,
    &kServerCredentialUnused,
};

// Those of them by which a proxy has nothing more to say about the resource.
constexpr const ReportRule* kNothingToSay[] = {
    &kGatewaySelectorUnmatched, &kVirtualServiceGatewayElsewhere, &kVirtualServiceExportHidden};

bool IsOneOf(std::span<const ReportRule* const> rules, std::string_view id) {
  return std::any_of(rules.begin(), rules.end(),
                     [id](const ReportRule* rule) { return rule->id == id; });
}

std::string KeyOf(const Diagnostic& finding) {
  return StrCat(finding.rule, "\n", finding.resource, "\n", finding.path);
}

// A ProxyReport is what one proxy says.
struct ProxyReport {
  std::vector<Diagnostic> findings;
  StringSet keys;
  StringSet silent;  // Resources it has nothing more to say about.

  void Add(Diagnostic finding) {
    keys.insert(KeyOf(finding));
    if (IsOneOf(kNothingToSay, finding.rule)) silent.insert(finding.resource);
    findings.push_back(std::move(finding));
  }

  // Agrees returns whether the proxy says as `finding` does, or has nothing to say.
  bool Agrees(const Diagnostic& finding) const {
    return keys.contains(KeyOf(finding)) || silent.contains(finding.resource);
  }
};

// ReportReferencesOf reports what looks the same from all of `proxies`.
void ReportReferencesOf(CompileState& state, std::span<const ProxyIdentity> proxies,
                        bool dns_auto_allocate) {
  ReportReferences(state, proxies);
  ReportServiceEntries(state, dns_auto_allocate);
  ReportSharedCredentials(state);
  ReportVirtualServices(state);
  ReportMeshHosts(state);
  ReportGatewayHosts(state);
}

// ReportOf compiles `config` for `proxy`, without asking whether it is valid. `add` adds to the
// findings of compiling.
template <typename Add>
ProxyReport ReportOf(const Config& config, const ProxyIdentity& proxy, const Add& add,
                     CredentialSource& credentials, std::optional<WallTime> wall_time) {
  SnapshotParts parts;
  auto shared = std::make_shared<SnapshotTables>();
  shared->options.labels = proxy.labels;
  shared->options.ns = proxy.ns;
  shared->options.wall_time = wall_time;
  CompileState state(config, shared->options, *shared);
  state.is_pod = proxy.is_pod;
  // A limit that is passed ends the tables, not the findings.
  CompileTables(state).IgnoreError();
  ReportUnusedCredentials(credentials, state);
  add(state);
  parts.shared = std::move(shared);
  LoadCredentials(credentials, &parts, &state.findings);
  ProxyReport report;
  for (Reported& reported : state.findings) report.Add(std::move(reported.finding.diagnostic));
  return report;
}

bool Counts(const Diagnostic& finding, const std::vector<ProxyReport>& reports) {
  // It is said of each Gateway by itself.
  if (finding.rule == kVirtualServiceHostsUnexposed.id) return false;
  return !IsOneOf(kOfOneProxy, finding.rule) ||
         std::all_of(reports.begin(), reports.end(),
                     [&finding](const ProxyReport& report) { return report.Agrees(finding); });
}

}  // namespace

std::vector<ProxyIdentity> ProxiesOf(const Config& config) {
  std::vector<ProxyIdentity> proxies;
  for (const Gateway& gateway : config.gateways) {
    const auto covers = [&gateway](const ProxyIdentity& proxy) {
      return IsSelected(gateway.selector, proxy.labels);
    };
    if (std::any_of(proxies.begin(), proxies.end(), covers)) continue;
    std::erase_if(proxies, [&gateway](const ProxyIdentity& proxy) {
      return IsSelected(proxy.labels, gateway.selector);
    });
    proxies.push_back({gateway.selector, gateway.metadata.ns});
  }
  if (proxies.empty()) proxies.push_back({{}, SnapshotOptions().ns});
  return proxies;
}

std::vector<Diagnostic> FindAcross(const Config& config, std::span<const ProxyIdentity> proxies,
                                   CredentialSource& credentials, std::optional<WallTime> wall_time,
                                   bool dns_auto_allocate) {
  std::vector<ProxyReport> reports;
  for (const ProxyIdentity& proxy : proxies) {
    const auto add = [&](CompileState& state) {
      if (reports.empty()) ReportReferencesOf(state, proxies, dns_auto_allocate);
    };
    reports.push_back(ReportOf(config, proxy, add, credentials, wall_time));
  }
  std::vector<Diagnostic> findings;
  StringSet seen;
  for (const ProxyReport& report : reports) {
    for (const Diagnostic& finding : report.findings) {
      if (Counts(finding, reports) && seen.insert(finding.ToString()).second) {
        findings.push_back(finding);
      }
    }
  }
  SortFindings(&findings);
  return findings;
}

}  // namespace postern
