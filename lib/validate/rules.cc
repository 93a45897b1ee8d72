#include "lib/validate/rules.h"

#include "lib/validate/client_tls_rules.h"
#include "lib/validate/connection_pool_rules.h"
#include "lib/validate/cors_rules.h"
#include "lib/validate/cross_rules.h"
#include "lib/validate/destination_rule_rules.h"
#include "lib/validate/destination_rules.h"
#include "lib/validate/enum_rules.h"
#include "lib/validate/export_to_rules.h"
#include "lib/validate/fault_rules.h"
#include "lib/validate/gateway_name_rules.h"
#include "lib/validate/gateway_rules.h"
#include "lib/validate/header_rules.h"
#include "lib/validate/http_route_rules.h"
#include "lib/validate/load_balancer_rules.h"
#include "lib/validate/locality_rules.h"
#include "lib/validate/match_rules.h"
#include "lib/validate/metadata_rules.h"
#include "lib/validate/mirror_rules.h"
#include "lib/validate/outlier_rules.h"
#include "lib/validate/port_rules.h"
#include "lib/validate/redirect_rules.h"
#include "lib/validate/resolution_rules.h"
#include "lib/validate/retry_rules.h"
#include "lib/validate/rewrite_rules.h"
#include "lib/validate/selector_rules.h"
#include "lib/validate/server_host_rules.h"
#include "lib/validate/server_rules.h"
#include "lib/validate/server_tls_rules.h"
#include "lib/validate/service_entry_rules.h"
#include "lib/validate/service_port_rules.h"
#include "lib/validate/tcp_tls_route_rules.h"
#include "lib/validate/traffic_policy_rules.h"
#include "lib/validate/unreachable_rules.h"
#include "lib/validate/value_rules.h"
#include "lib/validate/virtual_service_rules.h"
#include "lib/validate/workload_entry_rules.h"

namespace postern {
namespace {

constexpr RuleSubject kSubjects[] = {
    {"Any resource", MetadataRules},
    {"Several resources", CrossRules},
    {"Values of many fields", ValueRules},
    {"Enums", EnumRules},
    {"exportTo", ExportToRules},
    {"Workload selectors", SelectorRules},
    {"Gateway", GatewayRules},
    {"Gateway: servers", ServerRules},
    {"Gateway: ports", PortRules},
    {"Gateway: hosts", ServerHostRules},
    {"Gateway: TLS", ServerTlsRules},
    {"VirtualService", VirtualServiceRules},
    {"VirtualService: gateways", GatewayNameRules},
    {"VirtualService: HTTP routes", HttpRouteRules},
    {"VirtualService: HTTP matches", MatchRules},
    {"VirtualService: destinations", DestinationRules},
    {"VirtualService: header operations", HeaderRules},
    {"VirtualService: CORS", CorsRules},
    {"VirtualService: faults", FaultRules},
    {"VirtualService: mirrors", MirrorRules},
    {"VirtualService: redirects and direct responses", RedirectRules},
    {"VirtualService: rewrites", RewriteRules},
    {"VirtualService: retries", RetryRules},
    {"VirtualService: TLS and TCP routes", TcpTlsRouteRules},
    {"VirtualService: routes that are never used", UnreachableRules},
    {"DestinationRule", DestinationRuleRules},
    {"DestinationRule: traffic policies", TrafficPolicyRules},
    {"DestinationRule: outlier detection", OutlierRules},
    {"DestinationRule: connection pools", ConnectionPoolRules},
    {"DestinationRule: load balancing", LoadBalancerRules},
    {"DestinationRule: localities", LocalityRules},
    {"DestinationRule: TLS", ClientTlsRules},
    {"ServiceEntry", ServiceEntryRules},
    {"ServiceEntry: ports", ServicePortRules},
    {"ServiceEntry: resolutions", ResolutionRules},
    {"ServiceEntry and WorkloadEntry: endpoints", WorkloadEntryRules},
};

}  // namespace

std::span<const RuleSubject> AllRules() { return kSubjects; }

const Rule* FindRule(std::string_view id) {
  for (const RuleSubject& subject : kSubjects) {
    for (const Rule* rule : subject.rules()) {
      if (rule->id == id) return rule;
    }
  }
  return nullptr;
}

}  // namespace postern
