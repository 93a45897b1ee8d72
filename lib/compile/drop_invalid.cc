#include "lib/compile/drop_invalid.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/model/kinds.h"
#include "lib/model/resource_name.h"
#include "lib/validate/enum_rules.h"
#include "postern/diagnostic.h"

namespace postern {
namespace {

// The finding of lib/yaml about a resource that restricts access and is not carried out.
constexpr std::string_view kUnenforcedRule = "kind-unenforced";

bool IsAccepted(std::string_view resource, const SnapshotOptions& options) {
  const std::string_view kind = resource.substr(0, resource.find(' '));
  return std::find(options.accept_unenforced.begin(), options.accept_unenforced.end(), kind) !=
         options.accept_unenforced.end();
}

// Drop removes the resources that `invalid` names: "Gateway istio-system/web".
template <typename T>
void Drop(std::string_view kind, const StringSet& invalid, std::vector<T>* resources) {
  std::erase_if(*resources, [&](const T& resource) {
    return invalid.contains(StrCat(kind, " ", QualifiedName(resource.metadata)));
  });
}

std::unique_ptr<Config> WithoutInvalid(const Config& config, const StringSet& invalid) {
  auto rest = std::make_unique<Config>(config);
  ForEachKind([&](std::string_view /*group*/, std::string_view kind, auto resources) {
    Drop(kind, invalid, &(rest.get()->*resources));
  });
  return rest;
}

}  // namespace

absl::StatusOr<ValidConfig> DropInvalid(const Config& config, const SnapshotOptions& options) {
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> unenforced;
  for (Diagnostic& finding : Validate(config)) {
    if (finding.rule == kUnenforcedRule) {
      if (IsAccepted(finding.resource, options)) continue;
      finding.severity = Severity::kError;
      unenforced.push_back(std::move(finding));
    } else if (finding.severity == Severity::kError || finding.rule == kEnumValueUnknown.id) {
      // What a number without a name means is not defined: nothing is guessed.
      finding.severity = Severity::kError;
      errors.push_back(std::move(finding));
    }
  }
  const bool drop = options.invalid == SnapshotOptions::Invalid::kDropResource;
  if (!drop || !unenforced.empty()) {
    errors.insert(errors.end(), unenforced.begin(), unenforced.end());
    POSTERN_RETURN_IF_ERROR(ToStatus(errors));
  }

  ValidConfig valid;
  valid.whole = &config;
  if (errors.empty()) return valid;
  StringSet invalid;
  for (Diagnostic& error : errors) {
    invalid.insert(error.resource);
    // In the Snapshot that is built without it, it is an error no more.
    error.severity = Severity::kWarning;
    error.message = StrCat("resource dropped: ", error.message);
    valid.findings.push_back({std::move(error), std::nullopt});
  }
  valid.rest = WithoutInvalid(config, invalid);
  return valid;
}

}  // namespace postern
