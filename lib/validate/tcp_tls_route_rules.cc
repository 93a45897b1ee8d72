#include "lib/validate/tcp_tls_route_rules.h"

#include <string>
#include <vector>

#include "lib/match/names.h"
#include "lib/validate/destination_rules.h"
#include "lib/validate/gateway_name_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kTlsMatchRequired = {
    .id = "tls-route-match-required",
    .what = "a TLS route has no `match`",
    .why = "it is by the name that a client asks for that such routes are told apart",
    .istio = "VS-TLS-01",
    .text = "TLS route must have at least one match condition",
};
constexpr Rule kTlsRouteRequired = {
    .id = "tls-route-destinations-required",
    .what = "a TLS route has no `route`",
    .why = "its connections would go nowhere",
    .istio = "VS-TLS-02",
    .text = "TLS route is required",
};
constexpr Rule kSniRequired = {
    .id = "tls-match-sni-required",
    .what = "a match of a TLS route has no `sniHosts`",
    .why = "it is by the name that a client asks for that such routes are told apart",
    .istio = "VS-TLS-04",
    .text = "TLS match must have at least one SNI host",
};
constexpr Rule kSniMalformed = {
    .id = "tls-match-sni-malformed",
    .what =
        "an entry of `sniHosts` is neither a domain name nor one with a wildcard in its first "
        "label",
    .why = "no client could ask for it",
    .istio = "VS-TLS-05",
    .text =
        "domain name \"<d>\" too long (max 255)\n"
        "empty domain name not allowed\n"
        "domain name \"<d>\" invalid (<why>)<more>\n"
        "domain name <d> invalid, should follow 'outbound_.<PORT>_._.<HOSTNAME>' format",
};
constexpr Rule kSniAddress = {
    .id = "tls-match-sni-address",
    .what = "an entry of `sniHosts` is an IP address",
    .why = "clients send names only (RFC 6066 section 3)",
    .istio = "VS-TLS-06",
    .text =
        "using an IP address (\"<host>\") goes against SNI spec and most clients do not support "
        "this",
    .severity = Severity::kWarning,
};
constexpr Rule kSniOutside = {
    .id = "tls-match-sni-outside-hosts",
    .what = "an entry of `sniHosts` is not within any entry of the VirtualService's `hosts`",
    .why = "`hosts` says what the VirtualService is for",
    .istio = "VS-TLS-07",
    .text =
        "SNI host \"<sni>\" is not a compatible subset of any of the virtual service hosts: "
        "[<hosts>]",
};
constexpr Rule kTcpRouteRequired = {
    .id = "tcp-route-destinations-required",
    .what = "a TCP route has no `route`",
    .why = "its connections would go nowhere",
    .istio = "VS-TCP-01",
    .text = "TCP route is required",
};

constexpr const Rule* kRules[] = {&kTlsMatchRequired, &kTlsRouteRequired, &kSniRequired,
                                  &kSniMalformed,     &kSniAddress,       &kSniOutside,
                                  &kTcpRouteRequired};

void CheckSniHost(const std::string& host, const TlsRouteContext& context, const FieldPath& path,
                  const FindingSink& sink) {
  const auto problem = context.allows_sni_names ? CheckSniDomain(host) : CheckWildcardDomain(host);
  if (problem && IsIpLiteral(host)) {
    sink.Report(kSniAddress, path, "IP address ", Quote(host), " is none that clients ask for");
  } else if (problem) {
    sink.Report(kSniMalformed, path, "SNI host ", Quote(host), " ", problem->Clause());
  } else if (!context.hosts.empty() && !context.hosts.Covers(host)) {
    sink.Report(kSniOutside, path, "SNI host ", Quote(host),
                " is not within any host of the VirtualService");
  }
}

// CheckConditions checks what the matches of both kinds have in common.
template <typename Match>
void CheckConditions(const Match& match, const FieldPath& path, const FindingSink& sink) {
  const FieldPath subnets = path.Field("destinationSubnets");
  for (size_t i = 0; i < match.destination_subnets.size(); ++i) {
    CheckSubnet(match.destination_subnets[i], subnets.Element(i), sink);
  }
  if (match.port != 0) CheckPortNumber(match.port, path.Field("port"), sink);
  CheckLabels(match.source_labels, path.Field("sourceLabels"), sink);
  CheckGatewayNames(match.gateways, false, path.Field("gateways"), sink);
}

}  // namespace

void CheckTlsRoute(const TlsRoute& route, const TlsRouteContext& context, const FieldPath& path,
                   const FindingSink& sink) {
  if (route.match.empty()) {
    sink.Report(kTlsMatchRequired, path.Field("match"), "\"match\" must not be empty");
  }
  for (size_t i = 0; i < route.match.size(); ++i) {
    const TlsMatchAttributes& match = route.match[i];
    const FieldPath place = path.Field("match", i);
    const FieldPath sni_hosts = place.Field("sniHosts");
    if (match.sni_hosts.empty()) {
      sink.Report(kSniRequired, sni_hosts, "\"sniHosts\" must not be empty");
    }
    for (size_t j = 0; j < match.sni_hosts.size(); ++j) {
      CheckSniHost(match.sni_hosts[j], context, sni_hosts.Element(j), sink);
    }
    CheckConditions(match, place, sink);
  }
  if (route.route.empty()) {
    sink.Report(kTlsRouteRequired, path.Field("route"), "\"route\" must not be empty");
  }
  CheckRouteDestinations(route.route, context.is_generated, path.Field("route"), sink);
}

void CheckTcpRoute(const TcpRoute& route, bool is_generated, const FieldPath& path,
                   const FindingSink& sink) {
  for (size_t i = 0; i < route.match.size(); ++i) {
    CheckConditions(route.match[i], path.Field("match", i), sink);
  }
  if (route.route.empty()) {
    sink.Report(kTcpRouteRequired, path.Field("route"), "\"route\" must not be empty");
  }
  CheckRouteDestinations(route.route, is_generated, path.Field("route"), sink);
}

RuleList TcpTlsRouteRules() { return kRules; }

}  // namespace postern
