#include "lib/validate/metadata_rules.h"

#include <string>

namespace postern {
namespace {

constexpr Rule kDryRun = {
    .id = "annotation-dry-run-unsupported",
    .what = "the annotation istio.io/dry-run is present, whatever its value",
    .why = "only an AuthorizationPolicy can be tried without effect",
    .istio = "GW-META-01, VS-META-01",
    .text = "<resource> has unsupported annotation istio.io/dry-run, please remove the annotation",
};
constexpr Rule kAlwaysReject = {
    .id = "annotation-always-reject-present",
    .what = "the annotation internal.istio.io/webhook-always-reject is present",
    .why = "it asks for the resource to be refused",
    .istio = "GW-META-02, VS-META-02",
    .text = "\"internal.istio.io/webhook-always-reject\" annotation found, rejecting",
};
constexpr Rule kParentNamespace = {
    .id = "annotation-parent-namespace-reserved",
    .what = "the annotation internal.istio.io/parent-namespace is present",
    .why = "it would let a resource use the credentials of another namespace",
    .istio = "GW-META-03, VS-META-03",
    .text = "\"internal.istio.io/parent-namespace\" annotation found, this may not be set by users",
};
constexpr Rule kParents = {
    .id = "annotation-parents-reserved",
    .what = "the annotation internal.istio.io/parents is present",
    .why = "it is for resources that Istio makes from others",
    .istio = "GW-META-04, VS-META-04",
    .text = "\"internal.istio.io/parents\" annotation found, this may not be set by users",
};

constexpr const Rule* kRules[] = {&kDryRun, &kAlwaysReject, &kParentNamespace, &kParents};

struct RefusedAnnotation {
  std::string_view key;
  const Rule* rule;
  std::string_view reason;
};

constexpr RefusedAnnotation kRefused[] = {
    {"istio.io/dry-run", &kDryRun, "is for an AuthorizationPolicy only"},
    {"internal.istio.io/webhook-always-reject", &kAlwaysReject, "asks for a refusal"},
    {"internal.istio.io/parent-namespace", &kParentNamespace, "may not be set by users"},
    {"internal.istio.io/parents", &kParents, "may not be set by users"},
};

}  // namespace

bool CheckMetadata(const FindingSink& sink) {
  if (sink.metadata().annotations.empty()) return true;
  const FieldPath metadata("metadata");
  const FieldPath annotations = metadata.Field("annotations");
  for (const auto& [key, rule, reason] : kRefused) {
    if (!sink.metadata().annotations.contains(std::string(key))) continue;
    sink.Report(*rule, annotations.Key(key), "annotation \"", key, "\" ", reason);
    return false;
  }
  return true;
}

bool HasAnnotation(const Metadata& metadata, std::string_view key, std::string_view value) {
  const auto annotation = metadata.annotations.find(std::string(key));
  return annotation != metadata.annotations.end() && annotation->second == value;
}

RuleList MetadataRules() { return kRules; }

}  // namespace postern
