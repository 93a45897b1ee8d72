#include "lib/compile/report_rules.h"

#include <algorithm>
#include <utility>

namespace postern {
namespace {

constexpr const ReportRule* kRules[] = {
    &kGatewaySelectorUnmatched,
    &kGatewayMergingExcluded,
    &kGatewayCredentialShared,
    &kServerPortMissing,
    &kServerHostTaken,
    &kServerProtocolConflict,
    &kServerPortNameTaken,
    &kServerSniHostTaken,
    &kServerRoutesNone,
    &kServerPortUnserved,
    &kServerHostsCrashIstio,
    &kServerHostsFreezeEnvoy,
    &kServerProtocolFreezeEnvoy,
    &kListenerChainDuplicate,
    &kListenerServerNameInvalid,
    &kVirtualHostNameInvalid,
    &kServerCredentialNotReady,
    &kServerCredentialInvalid,
    &kServerCredentialUnused,
    &kServerCertificateExpired,
    &kServerCertificateExpiring,
    &kServerCertificateEarly,
    &kServerHostUncovered,
    &kServerCertificateCoalescing,
    &kServerTlsClientRuleUnused,
    &kUpstreamCredentialNotReady,
    &kUpstreamCredentialInvalid,
    &kVirtualServiceGatewaysNone,
    &kVirtualServiceGatewayUnknown,
    &kVirtualServiceGatewayInternal,
    &kVirtualServiceGatewayElsewhere,
    &kVirtualServiceGatewayHostless,
    &kVirtualServiceExportHidden,
    &kVirtualServiceHostsUnexposed,
    &kVirtualServiceHostUnexposed,
    &kVirtualServiceRulesUnused,
    &kVirtualServiceMatchPortUnbound,
    &kVirtualServiceDelegateUnused,
    &kVirtualServiceMeshHostTaken,
    &kHttpDelegateMissing,
    &kHttpDelegateHidden,
    &kHttpDelegateConflict,
    &kHttpMatchRegexDropped,
    &kHttpMatchClaimUnverified,
    &kHttpRuleDropped,
    &kHttpFaultDelayPercentDeprecated,
    &kRouteShadowed,
    &kTcpRouteShadowed,
    &kL4ConditionUnused,
    &kDestinationHostUnknown,
    &kDestinationPortUnknown,
    &kDestinationPortAmbiguous,
    &kDestinationSubsetUnknown,
    &kDestinationSubsetElsewhere,
    &kDestinationRuleHostUnknown,
    &kDestinationRuleSubsetPodless,
    &kDestinationRuleSettingUnused,
    &kDestinationRuleTlsUnverified,
    &kServiceEntryAddressesUnset,
    &kServiceEntryProtocolConflict,
};

}  // namespace

Diagnostic MakeDiagnostic(const ReportRule& rule, const Provenance& at, std::string message) {
  Diagnostic diagnostic;
  diagnostic.severity = rule.severity;
  diagnostic.rule = rule.id;
  diagnostic.resource = at.resource;
  diagnostic.path = at.path;
  diagnostic.where = at.location();
  diagnostic.message = std::move(message);
  return diagnostic;
}

std::span<const ReportRule* const> ReportRules() { return kRules; }

const ReportRule* FindReportRule(std::string_view id) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules),
                                   [id](const ReportRule* rule) { return rule->id == id; });
  return found == std::end(kRules) ? nullptr : *found;
}

}  // namespace postern
