// Snapshot::Build and Snapshot::WithCredentials: the order of the steps. What each does is in the
// file of its name.

#include <algorithm>
#include <memory>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/compile/bind.h"
#include "lib/compile/binding_report.h"
#include "lib/compile/chain_compiler.h"
#include "lib/compile/cluster_compiler.h"
#include "lib/compile/compile_state.h"
#include "lib/compile/drop_invalid.h"
#include "lib/compile/listener_info.h"
#include "lib/compile/merge.h"
#include "lib/compile/select.h"
#include "lib/compile/server_credentials.h"
#include "lib/compile/virtual_service_resolver.h"
#include "lib/model/diagnostic.h"
#include "lib/snapshot/tables.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

void SortReport(std::vector<Finding>* report) {
  std::stable_sort(report->begin(), report->end(), [](const Finding& a, const Finding& b) {
    return ComesBefore(a.diagnostic, b.diagnostic);
  });
}

// IsConflict returns whether a finding is of one resource that lost to another.
bool IsConflict(const Diagnostic& finding) {
  return finding.rule.starts_with("server-rejected-") || finding.rule == "listener-chain-duplicate";
}

// CheckFindings returns what compiling found that no Snapshot may hold: what is written and cannot
// be carried out, and conflicts where they are to fail.
absl::Status CheckFindings(const std::vector<Finding>& findings, const SnapshotOptions& options) {
  std::vector<Diagnostic> errors;
  std::string conflicts;
  for (const Finding& finding : findings) {
    if (finding.diagnostic.severity == Severity::kError) errors.push_back(finding.diagnostic);
    if (options.conflicts != SnapshotOptions::Conflicts::kStrict) continue;
    if (!IsConflict(finding.diagnostic)) continue;
    StrAppend(&conflicts, conflicts.empty() ? "" : "\n", finding.diagnostic.ToString());
  }
  std::stable_sort(errors.begin(), errors.end(), ComesBefore);
  POSTERN_RETURN_IF_ERROR(ToStatus(errors));
  return conflicts.empty() ? absl::OkStatus() : absl::FailedPreconditionError(conflicts);
}

// Compile fills the tables of `state` from its configuration, which is valid.
absl::Status Compile(CompileState& state) {
  const Config& config = state.config;
  ClusterCompiler clusters(state);
  state.clusters = &clusters;
  const std::vector<const Gateway*> gateways = SelectGateways(config, state.options.labels);
  const std::vector<ResolvedVirtualService> services =
      ResolveVirtualServices(SelectVirtualServices(config, state.options.ns), state);
  const MergeResult merged = MergeGateways(gateways, PortMap(config, state.options));
  const Binder binder(services);
  ReportRejections(merged, state);
  ChainCompiler(binder, state).Compile(merged);
  ReportBindings(binder, merged, state);
  ReportSilentPorts(merged, state);
  state.tables.listener_infos = ListenerInfos(state.tables);
  state.tables.cluster_infos = clusters.Infos();
  state.clusters = nullptr;
  POSTERN_RETURN_IF_ERROR(state.status);
  return CheckFindings(state.findings, state.options);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::Build(const Config& config,
                                                                const SnapshotOptions& options,
                                                                CredentialSource* credentials) {
  POSTERN_ASSIGN_OR_RETURN(ValidConfig valid, DropInvalid(config, options));
  auto shared = std::make_shared<SnapshotTables>();
  shared->options = options;
  CompileState state{valid.config(), shared->options, *shared};
  state.findings = std::move(valid.findings);
  POSTERN_RETURN_IF_ERROR(Compile(state));
  shared->text.FinishAdding();

  auto tables = std::make_unique<Tables>();
  tables->shared = std::move(shared);
  tables->report = std::move(state.findings);
  std::unique_ptr<CredentialSource> from_config;
  if (credentials == nullptr) {
    from_config = MakeConfigCredentials(config);
    credentials = from_config.get();
  }
  LoadServerCredentials(*credentials, tables.get());
  SortReport(&tables->report);
  return std::shared_ptr<const Snapshot>(new Snapshot(std::move(tables)));
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::WithCredentials(
    std::span<const CredentialName> names, CredentialSource& credentials) const {
  auto tables = std::make_unique<Tables>();
  tables->shared = tables_->shared;
  POSTERN_RETURN_IF_ERROR(ReloadServerCredentials(*tables_, names, credentials, tables.get()));
  SortReport(&tables->report);
  return std::shared_ptr<const Snapshot>(new Snapshot(std::move(tables)));
}

}  // namespace postern
