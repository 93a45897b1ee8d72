#include <string_view>
#include <utility>
#include <vector>

#include "lib/model/diagnostic.h"
#include "lib/validate/cross_rules.h"
#include "lib/validate/destination_rule_rules.h"
#include "lib/validate/finding_list.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/gateway_rules.h"
#include "lib/validate/service_entry_rules.h"
#include "lib/validate/virtual_service_rules.h"
#include "lib/validate/workload_entry_rules.h"
#include "postern/config.h"

namespace postern {
namespace {

template <typename Resource>
void CheckAll(std::string_view kind, const std::vector<Resource>& resources,
              void (*check)(const Resource&, const FindingSink&), FindingList* findings) {
  for (const Resource& resource : resources) {
    check(resource, FindingSink(kind, resource.metadata, resource.source, findings));
  }
}

}  // namespace

std::vector<Diagnostic> Validate(const Config& config) {
  FindingList list(config.findings);
  CheckAll("Gateway", config.gateways, CheckGateway, &list);
  CheckAll("VirtualService", config.virtual_services, CheckVirtualService, &list);
  CheckAll("DestinationRule", config.destination_rules, CheckDestinationRule, &list);
  CheckAll("ServiceEntry", config.service_entries, CheckServiceEntry, &list);
  CheckAll("WorkloadEntry", config.workload_entries, CheckWorkloadEntry, &list);
  CheckAcross(config, &list);
  std::vector<Diagnostic> findings = std::move(list).Build();
  SortFindings(&findings);
  return findings;
}

}  // namespace postern
