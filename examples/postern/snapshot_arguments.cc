#include "examples/postern/snapshot_arguments.h"

#include <sys/stat.h>

#include <cstdio>

#include "examples/load.h"
#include "examples/stand_in_credentials.h"
#include "lib/base/strings.h"
#include "lib/yaml/decode_rules.h"
#include "postern/config.h"

namespace postern {
namespace {

// ReadLabels adds "k=v,k=v" to `labels`; false if it is something else, or gives a key twice.
bool ReadLabels(std::string_view text, std::map<std::string, std::string>* labels) {
  for (const std::string_view label : Split(text, ',')) {
    const size_t equals = label.find('=');
    if (equals == std::string_view::npos || equals == 0) return false;
    if (!labels->emplace(label.substr(0, equals), label.substr(equals + 1)).second) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> ArgumentReader::Next() {
  if (next_ == arguments_.size()) return std::nullopt;
  return arguments_[next_++];
}

std::optional<std::string> ArgumentReader::ValueOf(std::string_view name) {
  std::optional<std::string> value = Next();
  if (!value) Refuse(std::string(name) + " wants a value");
  return value;
}

bool ArgumentReader::IsThere(const std::string& path) const {
  struct stat status;
  if (stat(path.c_str(), &status) == 0) return true;
  Refuse(path + " cannot be read");
  return false;
}

void ArgumentReader::Refuse(std::string_view problem) const {
  std::fprintf(stderr, "postern %s: %s\n", command_.c_str(), std::string(problem).c_str());
}

std::optional<bool> SnapshotArguments::Take(const std::string& argument, ArgumentReader& reader) {
  if (argument != "-f" && argument != "--labels" && argument != "--ns") return false;
  std::optional<std::string> value = reader.ValueOf(argument);
  if (!value) return std::nullopt;
  if (argument == "-f") {
    if (!reader.IsThere(*value)) return std::nullopt;
    files.push_back(*std::move(value));
  } else if (argument == "--ns") {
    ns = *std::move(value);
  } else {
    if (!ReadLabels(*value, &labels)) {
      reader.Refuse("--labels wants key=value,..., each key once");
      return std::nullopt;
    }
  }
  return true;
}

void AcceptUnenforced(const Config& config, SnapshotOptions* options) {
  for (const Diagnostic& finding : config.findings) {
    if (finding.rule != kKindUnenforced) continue;
    options->accept_unenforced.push_back(finding.resource.substr(0, finding.resource.find(' ')));
    std::fprintf(stderr, "%s\n", finding.ToString().c_str());
  }
}

std::shared_ptr<const Snapshot> SnapshotArguments::Build(
    const std::vector<std::string>& paths) const {
  const Config config = Config::FromFiles(paths);
  SnapshotOptions options = OptionsFor(config);
  if (!labels.empty()) options.labels = labels;
  if (ns) options.ns = *ns;
  AcceptUnenforced(config, &options);
  StandInCredentials credentials(config);
  const auto snapshot = Snapshot::Build(config, options, &credentials);
  for (const std::string& name : credentials.missing()) {
    std::fprintf(stderr, "stood in for: %s\n", name.c_str());
  }
  if (!snapshot.ok()) {
    std::fprintf(stderr, "%s\n", std::string(snapshot.status().message()).c_str());
    return nullptr;
  }
  return *snapshot;
}

}  // namespace postern
