#include "lib/validate/cross_rules.h"

#include <string>
#include <string_view>

#include "lib/base/string_map.h"
#include "lib/validate/finding_sink.h"

namespace postern {
namespace {

constexpr Rule kDuplicate = {
    .id = "resource-name-duplicate",
    .what = "two resources of one kind in one file have the same namespace and name",
    .why =
        "a cluster would hold only the one that was applied last; two files may be for two "
        "clusters",
    .severity = Severity::kWarning,
};

constexpr const Rule* kRules[] = {&kDuplicate};

template <typename Resource>
void CheckNames(std::string_view kind, const std::vector<Resource>& resources,
                FindingList* findings) {
  const FieldPath metadata("metadata");
  const FieldPath name = metadata.Field("name");
  StringMap<const Resource*> seen;
  for (const Resource& resource : resources) {
    const Metadata& envelope = resource.metadata;
    const std::string file = resource.source.Find("").file;
    const auto [first, inserted] =
        seen.try_emplace(StrCat(file, "\n", envelope.ns, "/", envelope.name), &resource);
    if (inserted) continue;
    const FindingSink sink(kind, envelope, resource.source, findings);
    const FindingSink other(kind, first->second->metadata, first->second->source, findings);
    sink.ReportAgainst(kDuplicate, name, other.PlaceOf(name), "name ", Quote(envelope.name),
                       " is that of another ", kind, " in namespace ", Quote(envelope.ns));
  }
}

}  // namespace

void CheckAcross(const Config& config, FindingList* findings) {
  CheckNames("Gateway", config.gateways, findings);
  CheckNames("VirtualService", config.virtual_services, findings);
  CheckNames("DestinationRule", config.destination_rules, findings);
  CheckNames("ServiceEntry", config.service_entries, findings);
  CheckNames("WorkloadEntry", config.workload_entries, findings);
  CheckNames("Secret", config.secrets, findings);
  CheckNames("ConfigMap", config.config_maps, findings);
  CheckNames("Service", config.services, findings);
  CheckNames("EndpointSlice", config.endpoint_slices, findings);
}

RuleList CrossRules() { return kRules; }

}  // namespace postern
