#include "examples/postern/snapshot_arguments.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>

#include "examples/load.h"
#include "examples/stand_in_credentials.h"
#include "postern/config.h"

namespace postern {
namespace {

// ReadLabels reads "k=v,k=v"; nullopt if it is something else.
std::optional<std::map<std::string, std::string>> ReadLabels(std::string_view text) {
  std::map<std::string, std::string> labels;
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find(','));
    const size_t equals = label.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    labels.emplace(label.substr(0, equals), label.substr(equals + 1));
    text.remove_prefix(std::min(text.size(), label.size() + 1));
  }
  return labels;
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
    auto read = ReadLabels(*value);
    if (!read) {
      reader.Refuse("--labels wants key=value,...");
      return std::nullopt;
    }
    labels = *std::move(read);
  }
  return true;
}

std::shared_ptr<const Snapshot> SnapshotArguments::Build(
    const std::vector<std::string>& paths) const {
  const Config config = Config::FromFiles(paths);
  SnapshotOptions options = OptionsFor(config);
  if (!labels.empty()) options.labels = labels;
  if (ns) options.ns = *ns;
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
