// A file of tests for a configuration: probes and what must come of them, in the form of the
// repository's scenarios (shared/spec/dataplane.md section 8.1). Running them is for
// examples/postern/probe_run.h.

#ifndef POSTERN_EXAMPLES_POSTERN_PROBE_FILE_H_
#define POSTERN_EXAMPLES_POSTERN_PROBE_FILE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/postern/yaml_node.h"
#include "postern/decision.h"
#include "postern/snapshot.h"

namespace postern {

// A ProbeTest is one connection, with or without a request, and what must come of it.
struct ProbeTest {
  enum class Certificate { kNone, kValid, kUntrusted };

  std::string name;  // "line 71: default route".
  Probe probe;       // Without a method if there is no request.
  bool http_10 = false;
  Certificate certificate = Certificate::kNone;  // That the client shows.
  YamlNode expect;
};

// A ProbeFile is what one file says.
struct ProbeFile {
  std::string name;
  std::optional<std::string> resources;  // The configuration, if the file is a whole scenario.
  std::optional<int64_t> rejected_servers;
  bool has_proxy = false;  // The file says for which proxy.
  SnapshotOptions options;
  std::map<std::string, std::string> secrets;  // "missing" or "invalid"; all others are valid.
  std::vector<ProbeTest> probes;

  // Read reads `text`. InvalidArgument with everything that is not understood, one a line, each
  // with its place: "4:2: ...".
  static absl::StatusOr<ProbeFile> Read(std::string_view text);
};

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_PROBE_FILE_H_
