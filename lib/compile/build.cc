// Snapshot::Build and Snapshot::WithCredentials: which Configs and which findings of the steps of
// lib/compile/compile.h make a Snapshot.

#include <algorithm>
#include <memory>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/compile/compile.h"
#include "lib/compile/compile_state.h"
#include "lib/compile/drop_invalid.h"
#include "lib/compile/snapshot_credentials.h"
#include "lib/compile/witness.h"
#include "lib/model/diagnostic.h"
#include "lib/snapshot/tables.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

// Report returns the report on `snapshot`, which has all but that: witnesses are asked of it.
std::vector<Finding> Report(const Snapshot& snapshot, const SnapshotParts& parts,
                            std::vector<Reported> findings) {
  std::vector<Finding> report = WithWitnesses(snapshot, *parts.shared, std::move(findings));
  std::stable_sort(report.begin(), report.end(), [](const Finding& a, const Finding& b) {
    return ComesBefore(a.diagnostic, b.diagnostic);
  });
  return report;
}

// IsConflict returns whether a finding is of one resource that lost to another.
bool IsConflict(const Diagnostic& finding) {
  return finding.rule.starts_with("server-rejected-") || finding.rule == kListenerChainDuplicate.id;
}

// CheckFindings returns what compiling found that no Snapshot may hold: what is written and cannot
// be carried out, and conflicts where they are to fail.
absl::Status CheckFindings(const std::vector<Reported>& findings, const SnapshotOptions& options) {
  std::vector<Diagnostic> errors;
  std::string conflicts;
  for (const auto& [finding, sketch] : findings) {
    if (finding.diagnostic.severity == Severity::kError) errors.push_back(finding.diagnostic);
    if (options.conflicts != SnapshotOptions::Conflicts::kStrict) continue;
    if (!IsConflict(finding.diagnostic)) continue;
    StrAppend(&conflicts, conflicts.empty() ? "" : "\n", finding.diagnostic.ToString());
  }
  std::stable_sort(errors.begin(), errors.end(), ComesBefore);
  POSTERN_RETURN_IF_ERROR(ToStatus(errors));
  return conflicts.empty() ? absl::OkStatus() : absl::FailedPreconditionError(conflicts);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::Build(const Config& config,
                                                                const SnapshotOptions& options,
                                                                CredentialSource* credentials) {
  POSTERN_ASSIGN_OR_RETURN(ValidConfig valid, DropInvalid(config, options));
  auto shared = std::make_shared<SnapshotTables>();
  shared->options = options;
  CompileState state{valid.config(), shared->options, *shared};
  for (Finding& finding : valid.findings) state.findings.push_back({std::move(finding), {}});
  POSTERN_RETURN_IF_ERROR(CompileTables(state));
  POSTERN_RETURN_IF_ERROR(CheckFindings(state.findings, options));
  shared->text.FinishAdding();

  auto tables = std::make_unique<Tables>();
  tables->shared = std::move(shared);
  std::unique_ptr<CredentialSource> from_config;
  if (credentials == nullptr) {
    from_config = MakeConfigCredentials(config);
    credentials = from_config.get();
  }
  LoadCredentials(*credentials, tables.get(), &state.findings);
  Tables& parts = *tables;
  std::shared_ptr<const Snapshot> snapshot(new Snapshot(std::move(tables)));
  parts.report = Report(*snapshot, parts, std::move(state.findings));
  return snapshot;
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::WithCredentials(
    std::span<const CredentialName> names, CredentialSource& credentials,
    std::optional<WallTime> wall_time) const {
  auto tables = std::make_unique<Tables>();
  tables->shared = tables_->shared;
  std::vector<Reported> findings;
  POSTERN_RETURN_IF_ERROR(
      ReloadCredentials(*tables_, names, credentials, wall_time, tables.get(), &findings));
  Tables& parts = *tables;
  std::shared_ptr<const Snapshot> snapshot(new Snapshot(std::move(tables)));
  parts.report = Report(*snapshot, parts, std::move(findings));
  return snapshot;
}

}  // namespace postern
