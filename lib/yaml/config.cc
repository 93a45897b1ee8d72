// The public functions that read text and files.

#include "postern/config.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/strings.h"
#include "lib/model/kinds.h"
#include "lib/yaml/config_reader.h"
#include "lib/yaml/decode_rules.h"

namespace postern {
namespace {

// ReadOne reads the one resource that `yaml` holds, which is of the kind in `resources`.
template <typename T>
absl::StatusOr<T> ReadOne(std::string_view yaml, std::string_view kind,
                          std::vector<T> Config::*resources) {
  Config config = ReadText(yaml, "", DecodeOptions());
  size_t others = 0;
  for (const Diagnostic& finding : config.findings) {
    if (finding.severity == Severity::kError) {
      const std::string text = finding.ToString();
      const bool is_limit = finding.rule.starts_with("text-");
      return is_limit ? absl::ResourceExhaustedError(text) : absl::InvalidArgumentError(text);
    }
    if (finding.rule == kKindUnknown || finding.rule == kKindUnenforced) ++others;
  }
  const size_t found = (config.*resources).size();
  ForEachKind([&](std::string_view /*group*/, std::string_view /*kind*/, auto of_kind) {
    others += (config.*of_kind).size();
  });
  others -= found;
  if (found == 1 && others == 0) return std::move((config.*resources).front());
  return InvalidArgument("1:1: error: must hold one ", kind, ", but holds ", found, " and ", others,
                         " other documents [", kDocumentCountInvalid, "]");
}

void AddUnreadable(std::string_view path, const absl::Status& status, Config* config) {
  Diagnostic finding;
  finding.rule = kFileUnreadable;
  finding.where.file = path;
  finding.message = ToStd(status.message());
  config->findings.push_back(std::move(finding));
}

// AddFile adds what reading the file at `path` gave.
void AddFile(const std::string& path, const absl::StatusOr<std::string>& text,
             const DecodeOptions& options, Config* config) {
  if (text.ok()) return Append(ReadText(*text, path, options), config);
  if (!absl::IsResourceExhausted(text.status())) return AddUnreadable(path, text.status(), config);
  AddUnreadable(path, text.status(), config);
  config->findings.back().rule = kTextBytesLimit;
}

}  // namespace

Config Config::FromYaml(std::string_view yaml, const DecodeOptions& options) {
  return ReadText(yaml, "", options);
}

Config Config::FromFiles(const std::vector<std::string>& paths, const DecodeOptions& options) {
  Config config;
  for (const std::string& path : paths) {
    if (!IsFolder(path)) {
      AddFile(path, ReadFileOrStream(path, options.max_bytes), options, &config);
      continue;
    }
    const absl::StatusOr<std::vector<std::string>> files = ConfigurationFilesBelow(path);
    if (!files.ok()) {
      AddUnreadable(path, files.status(), &config);
      continue;
    }
    for (const std::string& file : *files) {
      AddFile(file, ReadFile(file, options.max_bytes), options, &config);
    }
  }
  return config;
}

absl::StatusOr<Gateway> Gateway::FromYaml(std::string_view yaml) {
  return ReadOne(yaml, "Gateway", &Config::gateways);
}

absl::StatusOr<VirtualService> VirtualService::FromYaml(std::string_view yaml) {
  return ReadOne(yaml, "VirtualService", &Config::virtual_services);
}

absl::StatusOr<DestinationRule> DestinationRule::FromYaml(std::string_view yaml) {
  return ReadOne(yaml, "DestinationRule", &Config::destination_rules);
}

absl::StatusOr<ServiceEntry> ServiceEntry::FromYaml(std::string_view yaml) {
  return ReadOne(yaml, "ServiceEntry", &Config::service_entries);
}

absl::StatusOr<WorkloadEntry> WorkloadEntry::FromYaml(std::string_view yaml) {
  return ReadOne(yaml, "WorkloadEntry", &Config::workload_entries);
}

}  // namespace postern
