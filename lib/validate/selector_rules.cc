#include "lib/validate/selector_rules.h"

namespace postern {
namespace {

constexpr Rule kKeyRequired = {
    .id = "selector-key-required",
    .what = "a workload selector has an empty key",
    .why = "no label has that name",
    .istio = "DR-TOP-10, SE-01",
    .text = "empty key is not supported in selector: \"<label>\"",
};
constexpr Rule kWildcard = {
    .id = "selector-wildcard-unsupported",
    .what = "a workload selector has a \"*\" in a key or a value",
    .why = "labels are compared whole",
    .istio = "DR-TOP-11, SE-02",
    .text = "wildcard is not supported in selector: \"<label>\"",
};

constexpr const Rule* kRules[] = {&kKeyRequired, &kWildcard};

}  // namespace

void CheckSelectorLabels(const std::map<std::string, std::string>& labels, const FieldPath& path,
                         const FindingSink& sink) {
  for (const auto& [key, value] : labels) {
    if (key.empty()) {
      sink.Report(kKeyRequired, path.Key(key), "the key of a selector must not be empty");
    }
    if (key.find('*') != std::string::npos || value.find('*') != std::string::npos) {
      sink.Report(kWildcard, path.Key(key), "selector ", Quote(StrCat(key, "=", value)),
                  " has a \"*\", which has no meaning here");
    }
  }
}

RuleList SelectorRules() { return kRules; }

}  // namespace postern
