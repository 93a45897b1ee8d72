// What the steps of one Build share: the configuration, the tables being filled, the findings.
// Each step is in a file of its own; their order is in lib/compile/build.cc.

#ifndef POSTERN_COMPILE_COMPILE_STATE_H_
#define POSTERN_COMPILE_COMPILE_STATE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/compile/merge.h"
#include "lib/snapshot/tables.h"
#include "postern/config.h"
#include "postern/metadata.h"
#include "postern/snapshot.h"

namespace postern {

class ClusterCompiler;

// A CompileState borrows `config`, `options` and `tables`, which outlive it.
struct CompileState {
  const Config& config;
  const SnapshotOptions& options;
  SnapshotTables& tables;
  ClusterCompiler* clusters = nullptr;  // Set before anything asks for a cluster.
  std::vector<Finding> findings = {};
  size_t route_count = 0;
  absl::Status status = {};  // Of the first limit that was passed.

  // Origin returns the Provenance of the value at `path` of a resource: "VirtualService",
  // metadata and source of it.
  Provenance Origin(std::string_view kind, const Metadata& metadata, const SourceMap& source,
                    std::string_view path);
  Provenance Origin(const ServerRef& server);

  // Report adds a finding without a witness about the place `at`. The reference lives until the
  // next.
  Finding& Report(Severity severity, std::string_view rule, const Provenance& at,
                  std::string message);

  // ReportLoss adds a warning that what stands at `at` lost to what stands at `winner`.
  Finding& ReportLoss(std::string_view rule, const Provenance& at, std::string message,
                      const Provenance& winner);

  // CountRoutes notes `count` more entries of route tables, and the passing of max_routes.
  void CountRoutes(size_t count);
};

}  // namespace postern

#endif  // POSTERN_COMPILE_COMPILE_STATE_H_
