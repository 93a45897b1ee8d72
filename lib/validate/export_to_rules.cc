#include "lib/validate/export_to_rules.h"

#include <algorithm>
#include <string_view>

#include "lib/base/string_map.h"
#include "lib/match/names.h"

namespace postern {
namespace {

constexpr Rule kDuplicateOwn = {
    .id = "export-to-own-duplicate",
    .what = "`exportTo` has \".\" after the own namespace or another \".\"",
    .why = "both stand for the same namespace",
    .istio = "VS-EXP-01, DR-TOP-07, SE-19",
    .text = "duplicate entries in exportTo: . and current namespace <ns>",
};
constexpr Rule kDuplicate = {
    .id = "export-to-entry-duplicate",
    .what = "an entry of `exportTo` stands there twice; \".\" is the own namespace",
    .why = "one of them was meant to be another",
    .istio = "VS-EXP-02, DR-TOP-07, SE-19",
    .text = "duplicate entries in exportTo for entry <entry>",
};
constexpr Rule kNone = {
    .id = "export-to-none-unsupported",
    .what = "`exportTo` has \"~\" in another resource than a ServiceEntry",
    .why = "a resource that nobody sees does nothing",
    .istio = "VS-EXP-03, DR-TOP-07",
    .text = "exportTo ~ (none) is not allowed for Istio configuration objects",
};
constexpr Rule kMalformed = {
    .id = "export-to-entry-malformed",
    .what = "an entry of `exportTo` is neither \".\", \"*\" nor a DNS label",
    .why = "no namespace could have that name",
    .istio = "VS-EXP-04, DR-TOP-07, SE-19",
    .text = "only .,*, or a valid DNS 1123 label is allowed as exportTo entry",
};
constexpr Rule kPublicAndMore = {
    .id = "export-to-public-mixed",
    .what = "`exportTo` has \"*\" and other entries",
    .why = "\"*\" includes them, so that one of the two is not meant",
    .istio = "VS-EXP-05, DR-TOP-07, SE-19",
    .text = "cannot have both public (*) and non-public exportTo values for a resource",
};
constexpr Rule kNoneAndMore = {
    .id = "export-to-none-mixed",
    .what = "`exportTo` of a ServiceEntry has \"~\" and other entries",
    .why = "it cannot be for no one and for someone",
    .istio = "SE-20",
    .text = "cannot export service entry to no one (~) and someone",
};

constexpr const Rule* kRules[] = {&kDuplicateOwn, &kDuplicate,     &kNone,
                                  &kMalformed,    &kPublicAndMore, &kNoneAndMore};

}  // namespace

StringViewMap<size_t> CheckExportTo(const std::vector<std::string>& export_to, bool allows_none,
                                    const FieldPath& path, const FindingSink& sink) {
  StringViewMap<size_t> seen;
  for (size_t i = 0; i < export_to.size(); ++i) {
    const std::string_view written = export_to[i];
    const FieldPath place = path.Element(i);
    const std::string_view entry = written == "." ? sink.metadata().ns : written;
    if (const auto first = seen.find(entry); first != seen.end()) {
      sink.ReportAgainst(entry != written ? kDuplicateOwn : kDuplicate, place,
                         path.Element(first->second), "namespace ", Quote(entry),
                         " is listed already");
    } else if (entry == "~" && !(allows_none && written == entry)) {
      sink.Report(kNone, place, "\"~\" would export the resource to no one");
    } else if (entry != "~" && entry != "*" && entry != "." && !IsDnsLabel(entry)) {
      sink.Report(kMalformed, place, Quote(entry), " cannot be a namespace");
    } else {
      seen.emplace(entry, i);
    }
  }
  if (export_to.size() < 2) return seen;
  if (seen.contains("*")) {
    sink.Report(kPublicAndMore, path, "\"*\" cannot stand together with other entries");
  }
  if (allows_none && std::find(export_to.begin(), export_to.end(), "~") != export_to.end()) {
    sink.Report(kNoneAndMore, path, "\"~\" cannot stand together with other entries");
  }
  return seen;
}

RuleList ExportToRules() { return kRules; }

}  // namespace postern
