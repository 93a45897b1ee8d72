#include "lib/validate/destination_rule_rules.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "lib/base/string_map.h"
#include "lib/match/names.h"
#include "lib/validate/export_to_rules.h"
#include "lib/validate/metadata_rules.h"
#include "lib/validate/selector_rules.h"
#include "lib/validate/traffic_policy_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kHostMalformed = {
    .id = "destination-rule-host-malformed",
    .what =
        "`host` is no domain name, nor one with a wildcard in its first label; an IP address is "
        "none",
    .why = "no service has that name",
    .istio = "DR-TOP-01",
    .text =
        "domain name \"<d>\" too long (max 255)\n"
        "empty domain name not allowed\n"
        "domain name \"<d>\" invalid (<why>)",
};
constexpr Rule kSubsetDuplicate = {
    .id = "subset-name-duplicate",
    .what = "two subsets have the same name",
    .why = "which of them a destination means would be open",
    .istio = "DR-TOP-03",
    .text = "duplicate subset names: <name>",
};
constexpr Rule kSubsetRequired = {
    .id = "subset-name-required",
    .what = "the name of a subset is empty",
    .why = "no destination could refer to it",
    .istio = "DR-TOP-04",
    .text = "subset name cannot be empty",
};
constexpr Rule kSubsetMalformed = {
    .id = "subset-name-malformed",
    .what = "the name of a subset is not a DNS label",
    .why = "no destination could refer to it",
    .istio = "DR-TOP-05",
    .text = "subset name is invalid: <name>",
};
constexpr Rule kExportedWithMore = {
    .id = "destination-rule-export-with-selector",
    .what =
        "a DestinationRule with a workload selector is exported to its own namespace and others",
    .why = "a selector looks at workloads of the own namespace only",
    .istio = "DR-TOP-08",
    .text = "destination rule with workload selector cannot have multiple entries in exportTo",
};
constexpr Rule kExportedElsewhere = {
    .id = "destination-rule-export-beyond-namespace",
    .what = "a DestinationRule with a workload selector is not exported to its own namespace",
    .why = "a selector looks at workloads of the own namespace only",
    .istio = "DR-TOP-09",
    .text = "destination rule with workload selector cannot have exportTo beyond current namespace",
};
constexpr Rule kSelectorEmpty = {
    .id = "destination-rule-selector-labels-missing",
    .what = "`workloadSelector` has no labels",
    .why = "it selects every workload, as if it were absent",
    .istio = "DR-TOP-12",
    .text = "workload selector specified without labels",
    .severity = Severity::kWarning,
};

constexpr const Rule* kRules[] = {
    &kHostMalformed,    &kSubsetDuplicate,   &kSubsetRequired, &kSubsetMalformed,
    &kExportedWithMore, &kExportedElsewhere, &kSelectorEmpty,
};

void CheckSubsets(const DestinationRule& rule, const FieldPath& spec, const FindingSink& sink) {
  StringViewMap<size_t> seen;
  for (size_t i = 0; i < rule.subsets.size(); ++i) {
    const Subset& subset = rule.subsets[i];
    const FieldPath path = spec.Field("subsets", i);
    const FieldPath name = path.Field("name");
    if (subset.name.empty()) {
      sink.Report(kSubsetRequired, name, "\"name\" of the subset must not be empty");
    } else if (!IsDnsLabel(subset.name)) {
      sink.Report(kSubsetMalformed, name, Quote(subset.name), " cannot be the name of a subset");
    }
    if (const auto [first, inserted] = seen.try_emplace(subset.name, i); !inserted) {
      const FieldPath first_subset = spec.Field("subsets", first->second);
      sink.ReportAgainst(kSubsetDuplicate, name, first_subset.Field("name"), "subset name ",
                         Quote(subset.name), " is that of subset ", first->second, " already");
    }
    CheckLabels(subset.labels, path.Field("labels"), sink);
    if (subset.traffic_policy) {
      CheckTrafficPolicy(*subset.traffic_policy, path.Field("trafficPolicy"), sink);
    }
  }
}

void CheckSelector(const DestinationRule& rule, const StringViewMap<size_t>& namespaces,
                   const FieldPath& spec, const FindingSink& sink) {
  if (!rule.workload_selector) return;
  const FieldPath selector = spec.Field("workloadSelector");
  const FieldPath export_to = spec.Field("exportTo");
  const std::string_view own = sink.metadata().ns;
  if (!namespaces.empty() && !namespaces.contains(own)) {
    sink.ReportAgainst(kExportedElsewhere, export_to, selector,
                       "a rule with a workload selector must stay in its namespace ", Quote(own));
  } else if (namespaces.size() > 1) {
    sink.ReportAgainst(kExportedWithMore, export_to, selector,
                       "a rule with a workload selector can have one entry only");
  }
  const std::map<std::string, std::string>& labels = rule.workload_selector->match_labels;
  if (labels.empty()) {
    sink.Report(kSelectorEmpty, selector, "a workload selector without labels selects all");
  }
  CheckSelectorLabels(labels, selector.Field("matchLabels"), sink);
}

}  // namespace

void CheckDestinationRule(const DestinationRule& rule, const FindingSink& sink) {
  if (!CheckMetadata(sink)) return;
  const FieldPath spec("spec");
  if (const auto problem = CheckWildcardDomain(rule.host)) {
    sink.Report(kHostMalformed, spec.Field("host"), "host ", Quote(rule.host), " ",
                problem->Clause());
  }
  if (rule.traffic_policy) {
    CheckTrafficPolicy(*rule.traffic_policy, spec.Field("trafficPolicy"), sink);
  }
  CheckSubsets(rule, spec, sink);
  const StringViewMap<size_t> namespaces =
      CheckExportTo(rule.export_to, false, spec.Field("exportTo"), sink);
  CheckSelector(rule, namespaces, spec, sink);
}

RuleList DestinationRuleRules() { return kRules; }

}  // namespace postern
