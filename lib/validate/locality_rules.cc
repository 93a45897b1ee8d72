#include "lib/validate/locality_rules.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/validate/locality_list.h"

namespace postern {
namespace {

using LocalitySetting = LoadBalancerSettings::LocalityLoadBalancerSetting;
using ZoneAwareSetting = LoadBalancerSettings::ZoneAwareLbSetting;
using Failover = LoadBalancerSettings::Failover;

constexpr Rule kDistributeAndFailover = {
    .id = "locality-distribute-with-failover",
    .what = "`localityLbSetting` has both `distribute` and `failover`",
    .why = "both say where requests go if the own locality cannot take them",
    .istio = "DR-LOC-01",
    .text = "can not simultaneously specify 'distribute' and 'failover'",
};
constexpr Rule kFailoverAndTopology = {
    .id = "locality-failover-with-topology-label",
    .what =
        "`localityLbSetting` has `failover`, and `failoverPriority` names the label of a region, "
        "a zone or a subzone",
    .why = "both say which localities come first",
    .istio = "DR-LOC-02",
    .text =
        "can not simultaneously set 'failover' and topology label '<label>' in "
        "'failover_priority'",
};
constexpr Rule kWeightRange = {
    .id = "locality-weight-range",
    .what = "a weight of `distribute` is not in the range 1 to 100",
    .why = "it is a share in percent",
    .istio = "DR-LOC-03",
    .text = "locality weight must be in range [1, 100]",
};
constexpr Rule kWeightTotal = {
    .id = "locality-weights-total",
    .what = "the weights of an entry of `distribute` do not add up to 100",
    .why = "they are shares in percent",
    .istio = "DR-LOC-04",
    .text = "total locality weight <n> != 100",
};
constexpr Rule kWildcard = {
    .id = "locality-wildcard-misplaced",
    .what = "a locality has a \"*\" that is not its end, or several",
    .why = "only whole regions and zones can be meant",
    .istio = "DR-LOC-05",
    .text = "locality <l> wildcard '*' number can not exceed 1 and must be in the end",
};
constexpr Rule kPartEmpty = {
    .id = "locality-part-required",
    .what = "a locality has an empty region, zone or subzone",
    .why = "no endpoint could be there",
    .istio = "DR-LOC-06",
    .text = "locality <l> must not contain empty region/zone/subzone info",
};
constexpr Rule kOverlap = {
    .id = "locality-entries-overlap",
    .what = "a locality is within, or equal to, an earlier one of its list",
    .why = "which entry counts for an endpoint would be open",
    .istio = "DR-LOC-07",
    .text = "locality <l> overlap with previous specified ones",
};
constexpr Rule kFailoverWithoutOutlier = {
    .id = "locality-failover-without-outlier-detection",
    .what = "a policy has `failover` or `failoverPriority` and no `outlierDetection`",
    .why = "no endpoint is ever found unhealthy, so that requests never fail over",
    .istio = "DR-LOC-08, DR-ZON-02",
    .text = "outlier detection policy must be provided for failover",
    .severity = Severity::kWarning,
};
constexpr Rule kFailoverSame = {
    .id = "locality-failover-same-region",
    .what = "`failover` of `localityLbSetting` goes from a region to the same one",
    .why = "it would do nothing",
    .istio = "DR-LOC-09",
    .text = "locality lb failover settings must specify different regions",
};
constexpr Rule kFailoverZone = {
    .id = "locality-failover-not-region",
    .what = "`failover` of `localityLbSetting` names more than a region",
    .why = "zones and subzones fail over within their region of themselves",
    .istio = "DR-LOC-10",
    .text = "locality lb failover only specify region",
};
constexpr Rule kFailoverWildcard = {
    .id = "locality-failover-wildcard",
    .what = "`failover` of `localityLbSetting` has a \"*\"",
    .why = "it goes from one region to one other",
    .istio = "DR-LOC-11",
    .text = "locality lb failover region should not contain '*' wildcard",
};
constexpr Rule kZoneTopology = {
    .id = "zone-aware-topology-label",
    .what =
        "`failoverPriority` of `zoneAwareLbSetting` names the label of a region, a zone or a "
        "subzone",
    .why = "regions and zones are taken care of without it",
    .istio = "DR-ZON-01",
    .text =
        "'failover_priority' for zone aware lb must not use topology label '<label>'; region- "
        "and zone-level routing are handled automatically",
};
constexpr Rule kZoneSame = {
    .id = "zone-aware-failover-same-region",
    .what = "`failover` of `zoneAwareLbSetting` goes from a region to the same one",
    .why = "it would do nothing",
    .istio = "DR-ZON-03",
    .text = "zone aware lb failover settings must specify different regions",
};
constexpr Rule kZoneZone = {
    .id = "zone-aware-failover-not-region",
    .what = "`failover` of `zoneAwareLbSetting` names more than a region",
    .why = "zones and subzones are taken care of without it",
    .istio = "DR-ZON-04",
    .text =
        "zone aware lb failover only specifies region; zone and subzone failover are handled "
        "automatically",
};
constexpr Rule kZoneWildcard = {
    .id = "zone-aware-failover-wildcard",
    .what = "`failover` of `zoneAwareLbSetting` has a \"*\"",
    .why = "it goes from one region to one other",
    .istio = "DR-ZON-05",
    .text = "zone aware lb failover region should not contain '*' wildcard",
};

constexpr const Rule* kRules[] = {
    &kDistributeAndFailover,
    &kFailoverAndTopology,
    &kWeightRange,
    &kWeightTotal,
    &kWildcard,
    &kPartEmpty,
    &kOverlap,
    &kFailoverWithoutOutlier,
    &kFailoverSame,
    &kFailoverZone,
    &kFailoverWildcard,
    &kZoneTopology,
    &kZoneSame,
    &kZoneZone,
    &kZoneWildcard,
};

constexpr std::string_view kTopologyLabels[] = {
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "topology.istio.io/subzone",
};

bool IsTopologyLabel(std::string_view label) {
  return std::find(std::begin(kTopologyLabels), std::end(kTopologyLabels), label) !=
         std::end(kTopologyLabels);
}

const Rule& RuleOf(LocalityProblem problem) {
  switch (problem) {
    case LocalityProblem::kWildcardMisplaced:
      return kWildcard;
    case LocalityProblem::kPartEmpty:
      return kPartEmpty;
    case LocalityProblem::kOverlap:
      break;
  }
  return kOverlap;
}

// CheckLocality adds `locality` to `list` and reports what is wrong with it there.
void CheckLocality(std::string_view locality, LocalityList* list, const FieldPath& path,
                   const FindingSink& sink) {
  const std::optional<LocalityProblem> problem = list->Add(locality);
  if (!problem) return;
  sink.Report(RuleOf(*problem), path, "locality ", Quote(locality), " ", ClauseOf(*problem));
}

void CheckDistribute(const LocalitySetting& setting, const FieldPath& path,
                     const FindingSink& sink) {
  LocalityList from;
  for (size_t i = 0; i < setting.distribute.size(); ++i) {
    const FieldPath entry = path.Field("distribute", i);
    const FieldPath to = entry.Field("to");
    uint64_t total = 0;
    bool all_in_range = true;
    LocalityList targets;
    CheckLocality(setting.distribute[i].from, &from, entry.Field("from"), sink);
    for (const auto& [locality, weight] : setting.distribute[i].to) {
      if (weight < 1 || weight > 100) {
        all_in_range = false;
        sink.Report(kWeightRange, to.Key(locality), "weight ", weight,
                    " is not in the range 1 to 100");
      }
      total += weight;
      CheckLocality(locality, &targets, to.Key(locality), sink);
    }
    if (all_in_range && total != 100) {
      sink.Report(kWeightTotal, to, "weights add up to ", total, " and not to 100");
    }
  }
}

// A FailoverRules is what differs between the two settings that have a failover.
struct FailoverRules {
  const Rule& same;
  const Rule& zone;
  const Rule& wildcard;
};
constexpr FailoverRules kLocalityFailover = {kFailoverSame, kFailoverZone, kFailoverWildcard};
constexpr FailoverRules kZoneAwareFailover = {kZoneSame, kZoneZone, kZoneWildcard};

void CheckFailover(const std::vector<Failover>& failover, const FailoverRules& rules,
                   const FieldPath& path, const FindingSink& sink) {
  for (size_t i = 0; i < failover.size(); ++i) {
    const std::string& from = failover[i].from;
    const std::string& to = failover[i].to;
    const FieldPath place = path.Element(i);
    if (from == to) {
      sink.Report(rules.same, place, "failover from ", Quote(from), " to itself does nothing");
    }
    const auto either_has = [&](char c) {
      return from.find(c) != std::string::npos || to.find(c) != std::string::npos;
    };
    if (either_has('/')) {
      sink.Report(rules.zone, place, "failover from ", Quote(from), " to ", Quote(to),
                  " names more than regions");
    }
    if (either_has('*')) {
      sink.Report(rules.wildcard, place, "failover from ", Quote(from), " to ", Quote(to),
                  " has a \"*\"");
    }
  }
}

// CheckNeed warns of a failover that nothing sets off.
template <typename Setting>
void CheckNeed(const Setting& setting, bool has_outlier_detection, const FieldPath& path,
               const FindingSink& sink) {
  if (has_outlier_detection) return;
  if (setting.failover.empty() && setting.failover_priority.empty()) return;
  sink.Report(kFailoverWithoutOutlier, path, "a failover needs \"outlierDetection\" beside it");
}

}  // namespace

void CheckLocalitySetting(const LocalitySetting& setting, bool has_outlier_detection,
                          const FieldPath& path, const FindingSink& sink) {
  const FieldPath failover = path.Field("failover");
  if (!setting.distribute.empty() && !setting.failover.empty()) {
    sink.ReportAgainst(kDistributeAndFailover, failover, path.Field("distribute"),
                       "\"failover\" cannot stand together with \"distribute\"");
  }
  for (size_t i = 0; i < setting.failover_priority.size() && !setting.failover.empty(); ++i) {
    if (!IsTopologyLabel(setting.failover_priority[i])) continue;
    sink.ReportAgainst(kFailoverAndTopology, path.Field("failoverPriority", i), failover, "label ",
                       Quote(setting.failover_priority[i]),
                       " cannot stand together with \"failover\"");
  }
  CheckDistribute(setting, path, sink);
  CheckNeed(setting, has_outlier_detection, path, sink);
  CheckFailover(setting.failover, kLocalityFailover, failover, sink);
}

void CheckZoneAwareSetting(const ZoneAwareSetting& setting, bool has_outlier_detection,
                           const FieldPath& path, const FindingSink& sink) {
  for (size_t i = 0; i < setting.failover_priority.size(); ++i) {
    if (!IsTopologyLabel(setting.failover_priority[i])) continue;
    sink.Report(kZoneTopology, path.Field("failoverPriority", i), "label ",
                Quote(setting.failover_priority[i]), " has no place in a zone-aware setting");
  }
  CheckNeed(setting, has_outlier_detection, path, sink);
  CheckFailover(setting.failover, kZoneAwareFailover, path.Field("failover"), sink);
}

RuleList LocalityRules() { return kRules; }

}  // namespace postern
