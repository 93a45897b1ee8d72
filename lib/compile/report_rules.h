// The kinds of findings that building a Snapshot makes, and which of them a witness can show. What
// is wrong with a resource by itself is for lib/validate/rules.h.

#ifndef POSTERN_COMPILE_REPORT_RULES_H_
#define POSTERN_COMPILE_REPORT_RULES_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "postern/decision.h"
#include "postern/diagnostic.h"

namespace postern {

// A ReportRule is one kind of finding of Snapshot::report().
struct ReportRule {
  // What replaying the witness shows. kLost: a connection or request that asks for the place of
  // the finding is decided by the other place, or by nobody. kReached: it gets the server that the
  // finding is about. kNone: no connection can show it, as nothing was compiled to be met.
  enum class Witness : uint8_t { kNone, kLost, kReached };

  std::string_view id;  // Never renamed.
  Witness witness = Witness::kNone;
  std::string_view what;
  Severity severity = Severity::kWarning;
};

inline constexpr ReportRule kGatewaySelectorUnmatched = {
    "gateway-selector-unmatched", ReportRule::Witness::kNone,
    "the Gateway's selector is no part of this proxy's labels", Severity::kInfo};
inline constexpr ReportRule kGatewayMergingExcluded = {
    "gateway-merging-excluded", ReportRule::Witness::kNone,
    "a generated Gateway with a service account keeps Gateways of other namespaces off its proxy"};
inline constexpr ReportRule kGatewayCredentialShared = {
    "gateway-credential-shared", ReportRule::Witness::kNone,
    "a server presents the credential of another Gateway on the same proxies; of lint"};

inline constexpr ReportRule kServerPortMissing = {"server-rejected-port-missing",
                                                  ReportRule::Witness::kNone,
                                                  "a server without a port reached the merging"};
inline constexpr ReportRule kServerHostTaken = {
    "server-rejected-host-taken", ReportRule::Witness::kLost,
    "a host of a server with `tls` is taken on its port and bind, and all of the server falls"};
inline constexpr ReportRule kServerProtocolConflict = {
    "server-rejected-protocol-conflict", ReportRule::Witness::kLost,
    "a server does not merge with the plaintext server of its port and bind"};
inline constexpr ReportRule kServerPortNameTaken = {
    "server-rejected-port-name-taken", ReportRule::Witness::kLost,
    "two HTTPS servers of one Gateway have the same port name and number"};
inline constexpr ReportRule kServerSniHostTaken = {
    "server-rejected-sni-host-taken", ReportRule::Witness::kLost,
    "an SNI host of a passthrough match is taken on its port and bind, and the match falls"};
inline constexpr ReportRule kServerRoutesNone = {
    "server-routes-none", ReportRule::Witness::kLost,
    "no rule gives a server of bytes a filter chain, so it does not listen"};
inline constexpr ReportRule kServerPortUnserved = {
    "server-port-unserved", ReportRule::Witness::kNone,
    "no Service of the proxy leads to the port of a server"};
inline constexpr ReportRule kServerHostsCrashIstio = {
    "server-hosts-crash-istio", ReportRule::Witness::kNone,
    "a \"./host\" or \"*/host\" behind \"*/*\" makes Istio's generator panic"};
inline constexpr ReportRule kServerHostsFreezeEnvoy = {
    "server-hosts-freeze-envoy", ReportRule::Witness::kReached,
    "two hosts of a TLS server differ in case only, for which Envoy refuses the listener"};
inline constexpr ReportRule kServerProtocolFreezeEnvoy = {
    "server-protocol-freeze-envoy", ReportRule::Witness::kNone,
    "an HTTP server whose protocol is spelled otherwise joins a bind that is not the port's "
    "latest, for which Envoy refuses the listener"};

inline constexpr ReportRule kListenerChainDuplicate = {
    "listener-chain-duplicate", ReportRule::Witness::kLost,
    "two filter chains match the same, for which Envoy refuses the listener"};
inline constexpr ReportRule kListenerServerNameInvalid = {
    "listener-server-name-invalid", ReportRule::Witness::kNone,
    "a filter chain has a server name that no client can send, or that Envoy refuses with all of "
    "its listener: the chain is dropped"};
inline constexpr ReportRule kVirtualHostNameInvalid = {
    "virtual-host-name-invalid", ReportRule::Witness::kNone,
    "a virtual host has a name that cannot be served", Severity::kError};

inline constexpr ReportRule kServerCredentialNotReady = {
    "server-credential-not-ready", ReportRule::Witness::kReached,
    "the certificate, key or CA of a TLS server is missing or denied"};
inline constexpr ReportRule kServerCredentialInvalid = {
    "server-credential-invalid", ReportRule::Witness::kReached,
    "the certificate, key or CA of a TLS server is there and unusable"};
inline constexpr ReportRule kServerCredentialUnused = {
    "server-credential-unused", ReportRule::Witness::kNone,
    "a server names a credential that does not exist and that it would not present; of lint"};
inline constexpr ReportRule kServerCertificateExpired = {
    "server-certificate-expired", ReportRule::Witness::kReached,
    "a server presents a certificate that has expired"};
inline constexpr ReportRule kServerCertificateExpiring = {
    "server-certificate-expiring", ReportRule::Witness::kReached,
    "a server presents a certificate that expires within 30 days"};
inline constexpr ReportRule kServerCertificateEarly = {
    "server-certificate-early", ReportRule::Witness::kReached,
    "a server presents a certificate that is not valid yet"};
inline constexpr ReportRule kServerHostUncovered = {
    "server-host-uncovered", ReportRule::Witness::kReached,
    "no certificate of a server covers one of its hosts"};
inline constexpr ReportRule kServerCertificateCoalescing = {
    "server-certificate-coalescing", ReportRule::Witness::kLost,
    "another server of the port presents a certificate that covers a host of this one, so that "
    "clients may send requests for it there"};

inline constexpr ReportRule kServerTlsClientRuleUnused = {
    "server-tls-client-rule-unused", ReportRule::Witness::kNone,
    "a server names pins or names of clients' certificates that its handshakes do not ask for"};
inline constexpr ReportRule kUpstreamCredentialNotReady = {
    "upstream-credential-not-ready", ReportRule::Witness::kNone,
    "the certificate, key or CA for the TLS of an upstream is missing or denied"};
inline constexpr ReportRule kUpstreamCredentialInvalid = {
    "upstream-credential-invalid", ReportRule::Witness::kNone,
    "the certificate, key or CA for the TLS of an upstream is there and unusable"};

inline constexpr ReportRule kVirtualServiceGatewaysNone = {
    "virtual-service-gateways-none", ReportRule::Witness::kNone,
    "a VirtualService names no Gateway", Severity::kInfo};
inline constexpr ReportRule kVirtualServiceGatewayUnknown = {
    "virtual-service-gateway-unknown", ReportRule::Witness::kNone,
    "a VirtualService names a Gateway that the configuration does not hold"};
inline constexpr ReportRule kVirtualServiceGatewayInternal = {
    "virtual-service-gateway-internal", ReportRule::Witness::kNone,
    "a VirtualService names a Gateway that Istio generates for itself"};
inline constexpr ReportRule kVirtualServiceGatewayElsewhere = {
    "virtual-service-gateway-elsewhere", ReportRule::Witness::kNone,
    "all Gateways that a VirtualService names are for other proxies", Severity::kInfo};
inline constexpr ReportRule kVirtualServiceGatewayHostless = {
    "virtual-service-gateway-hostless", ReportRule::Witness::kNone,
    "a Gateway that a VirtualService names exposes none of its hosts to it; of lint"};
inline constexpr ReportRule kVirtualServiceExportHidden = {
    "virtual-service-export-hidden", ReportRule::Witness::kLost,
    "a VirtualService is not exported to the namespace of the proxy whose Gateway it names"};
inline constexpr ReportRule kVirtualServiceHostsUnexposed = {
    "virtual-service-hosts-unexposed", ReportRule::Witness::kLost,
    "no server of a Gateway that a VirtualService names exposes one of its hosts to it"};
inline constexpr ReportRule kVirtualServiceHostUnexposed = {
    "virtual-service-host-unexposed", ReportRule::Witness::kLost,
    "no server of its Gateways exposes one host of a VirtualService that applies otherwise"};
inline constexpr ReportRule kVirtualServiceRulesUnused = {
    "virtual-service-rules-unused", ReportRule::Witness::kNone,
    "no server of its Gateways takes rules of one kind: http, tls or tcp"};
inline constexpr ReportRule kVirtualServiceMatchPortUnbound = {
    "virtual-service-match-port-unbound", ReportRule::Witness::kNone,
    "a match is for a port that no server of its Gateways has"};
inline constexpr ReportRule kVirtualServiceDelegateUnused = {
    "virtual-service-delegate-unused", ReportRule::Witness::kNone,
    "no rule that this proxy sees delegates to a VirtualService without hosts", Severity::kInfo};

inline constexpr ReportRule kVirtualServiceMeshHostTaken = {
    "virtual-service-mesh-host-taken", ReportRule::Witness::kNone,
    "two VirtualServices for sidecars have one host, seen from one namespace"};

inline constexpr ReportRule kHttpDelegateMissing = {
    "http-delegate-missing", ReportRule::Witness::kNone,
    "a rule delegates to a VirtualService that is not there"};
inline constexpr ReportRule kHttpDelegateHidden = {
    "http-delegate-hidden", ReportRule::Witness::kNone,
    "a rule delegates to a VirtualService that is not exported to its namespace"};
inline constexpr ReportRule kHttpDelegateConflict = {
    "http-delegate-conflict", ReportRule::Witness::kNone,
    "a match of a delegate fits no match of the rule that delegates to it"};
inline constexpr ReportRule kHttpMatchRegexDropped = {
    "http-match-regex-dropped", ReportRule::Witness::kNone,
    "an expression of a match is beyond its budget"};
inline constexpr ReportRule kHttpMatchClaimUnverified = {
    "http-match-claim-unverified", ReportRule::Witness::kNone,
    "a match asks for a claim of a token, and nothing here verifies tokens"};
inline constexpr ReportRule kHttpRuleDropped = {
    "http-rule-dropped", ReportRule::Witness::kNone,
    "a rule has nowhere to send requests, or an expression beyond its budget"};
inline constexpr ReportRule kHttpFaultDelayPercentDeprecated = {
    "http-fault-delay-percent-deprecated", ReportRule::Witness::kNone,
    "a fault sets `percent` of its delay, which `percentage` has replaced; of lint"};
inline constexpr ReportRule kRouteShadowed = {
    "route-shadowed", ReportRule::Witness::kLost,
    "no request reaches a match, as earlier ones take all of its requests"};
inline constexpr ReportRule kTcpRouteShadowed = {
    "tcp-route-shadowed", ReportRule::Witness::kLost,
    "the first tcp rule that applies takes all connections of a server"};

inline constexpr ReportRule kL4ConditionUnused = {
    "l4-condition-unused", ReportRule::Witness::kNone,
    "a tcp or tls match has conditions that gateways do not look at, so that it takes more than it "
    "says"};

inline constexpr ReportRule kDestinationHostUnknown = {
    "destination-host-unknown", ReportRule::Witness::kNone,
    "a destination is no service that the configuration describes, while it describes others"};
inline constexpr ReportRule kDestinationPortUnknown = {
    "destination-port-unknown", ReportRule::Witness::kNone,
    "a destination names a port that its service does not have"};
inline constexpr ReportRule kDestinationPortAmbiguous = {
    "destination-port-ambiguous", ReportRule::Witness::kNone,
    "a destination names no port of a service that has several"};
inline constexpr ReportRule kDestinationSubsetUnknown = {
    "destination-subset-unknown", ReportRule::Witness::kNone,
    "a destination names a subset that no DestinationRule of its host has"};
inline constexpr ReportRule kDestinationSubsetElsewhere = {
    "destination-subset-elsewhere", ReportRule::Witness::kNone,
    "a destination behind a Gateway has no subset, while the VirtualService of its host chooses "
    "one for sidecars; of lint"};
inline constexpr ReportRule kDestinationRuleHostUnknown = {
    "destination-rule-host-unknown", ReportRule::Witness::kNone,
    "a DestinationRule is for no service that the configuration describes, while it describes "
    "others; of lint"};
inline constexpr ReportRule kDestinationRuleSubsetPodless = {
    "destination-rule-subset-podless", ReportRule::Witness::kNone,
    "the labels of a subset fit none of the Pods that are known"};
inline constexpr ReportRule kDestinationRuleSettingUnused = {
    "destination-rule-setting-unused", ReportRule::Witness::kNone,
    "a DestinationRule sets what Postern does not carry out yet"};
inline constexpr ReportRule kDestinationRuleTlsUnverified = {
    "destination-rule-tls-unverified", ReportRule::Witness::kNone,
    "a DestinationRule asks for TLS without a CA to verify the upstream by"};
inline constexpr ReportRule kServiceEntryAddressesUnset = {
    "service-entry-addresses-unset", ReportRule::Witness::kNone,
    "a ServiceEntry of bytes has no addresses, in a mesh that allocates none; of lint"};
inline constexpr ReportRule kServiceEntryProtocolConflict = {
    "service-entry-protocol-conflict", ReportRule::Witness::kNone,
    "two ServiceEntries give one port of one host different protocols"};

// MakeDiagnostic returns the finding of `rule` at `at` that says `message`.
Diagnostic MakeDiagnostic(const ReportRule& rule, const Provenance& at, std::string message);

// ReportRules returns every rule above, in the order of their subjects.
std::span<const ReportRule* const> ReportRules();

// FindReportRule returns the rule called `id`, or null.
const ReportRule* FindReportRule(std::string_view id);

}  // namespace postern

#endif  // POSTERN_COMPILE_REPORT_RULES_H_
