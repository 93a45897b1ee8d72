// What the steps of one Build share: the configuration, the tables being filled, the findings.
// Each step is in a file of its own; their order is in lib/compile/compile.cc.

#ifndef POSTERN_COMPILE_COMPILE_STATE_H_
#define POSTERN_COMPILE_COMPILE_STATE_H_

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/string_map.h"
#include "lib/compile/merge.h"
#include "lib/compile/report_rules.h"
#include "lib/compile/witness.h"
#include "lib/snapshot/tables.h"
#include "postern/config.h"
#include "postern/metadata.h"
#include "postern/snapshot.h"

namespace postern {

class ClusterCompiler;

// A CompileState borrows `config`, `options` and `tables`, which outlive it.
struct CompileState {
  CompileState(const Config& from, const SnapshotOptions& with, SnapshotTables& into);
  ~CompileState();
  CompileState(const CompileState&) = delete;
  CompileState& operator=(const CompileState&) = delete;

  const Config& config;
  const SnapshotOptions& options;
  SnapshotTables& tables;
  const std::unique_ptr<ClusterCompiler> clusters;  // Never null.
  std::vector<Reported> findings = {};
  std::deque<Route> dropped_routes = {};  // What sketches point to, beside the tables' routes.
  size_t route_count = 0;
  absl::Status status = {};  // Of the first limit that was passed.

  // default_retries is what rules without `retries` share, once there is one; the second is of
  // rules whose upstream is chosen by a consistent hash.
  std::array<const CompiledRetry*, 2> default_retries = {};
  // last_retries is the last `retries` of a rule and what they became; the second as above.
  std::array<std::pair<const HttpRetry*, const CompiledRetry*>, 2> last_retries = {};

  // Origin returns the Provenance of the value at `path` of a resource: "VirtualService",
  // metadata and source of it.
  Provenance Origin(std::string_view kind, const Metadata& metadata, const SourceMap& source,
                    std::string_view path);
  Provenance Origin(const ServerRef& server);

  // Report adds a finding about the place `at`, and how to come there if a client can.
  void Report(const ReportRule& rule, const Provenance& at, std::string message,
              std::optional<WitnessSketch> sketch = std::nullopt);

  // ReportLoss adds that what stands at `at` lost to what stands at `winner`.
  void ReportLoss(const ReportRule& rule, const Provenance& at, std::string message,
                  const Provenance& winner, std::optional<WitnessSketch> sketch = std::nullopt);

  // IsFirst returns whether it is asked about this rule and place for the first time: what is
  // compiled for several servers is reported once.
  bool IsFirst(const ReportRule& rule, const Provenance& at);

  // CountRoutes notes `count` more entries of route tables, and the passing of max_routes.
  void CountRoutes(size_t count);

  StringSet reported = {};  // For IsFirst.

  // last_place has the resource and file of the last Origin: mostly those of the next one, too.
  Provenance last_place = {};

  // lost is the servers that were to have a chain which is reported as dropped: "<resource>
  // <path>".
  StringSet lost = {};

  // is_pod says that `options` has the labels and namespace of a Pod: if no Service of the
  // configuration selects it, none does.
  bool is_pod = false;
};

}  // namespace postern

#endif  // POSTERN_COMPILE_COMPILE_STATE_H_
