// What the steps of one Build share: the configuration, the tables being filled, the findings.
// Each step is in a file of its own; their order is in lib/compile/build.cc.

#ifndef POSTERN_COMPILE_COMPILE_STATE_H_
#define POSTERN_COMPILE_COMPILE_STATE_H_

#include <string_view>
#include <vector>

#include "lib/snapshot/tables.h"
#include "postern/config.h"
#include "postern/metadata.h"
#include "postern/snapshot.h"

namespace postern {

// A CompileState borrows `config`, `options` and `tables`, which outlive it.
struct CompileState {
  const Config& config;
  const SnapshotOptions& options;
  SnapshotTables& tables;
  std::vector<Finding> findings;

  // Origin returns the Provenance of the value at `path` of a resource: "VirtualService",
  // metadata and source of it.
  Provenance Origin(std::string_view kind, const Metadata& metadata, const SourceMap& source,
                    std::string_view path);

  // Report adds a finding without a witness about the place `at`.
  Finding& Report(Severity severity, std::string_view rule, const Provenance& at,
                  std::string message);
};

}  // namespace postern

#endif  // POSTERN_COMPILE_COMPILE_STATE_H_
