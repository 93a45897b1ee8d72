#include "lib/validate/virtual_service_rules.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lib/match/names.h"
#include "lib/model/resource_name.h"
#include "lib/validate/export_to_rules.h"
#include "lib/validate/gateway_name_rules.h"
#include "lib/validate/host_overlap.h"
#include "lib/validate/http_route_rules.h"
#include "lib/validate/metadata_rules.h"
#include "lib/validate/tcp_tls_route_rules.h"
#include "lib/validate/unreachable_rules.h"

namespace postern {
namespace {

constexpr Rule kDelegateGateways = {
    .id = "delegate-gateways-superfluous",
    .what = "a VirtualService without hosts, which is a delegate, has `gateways`",
    .why = "the root says where its routes are used",
    .istio = "VS-DEL-01",
    .text = "delegate virtual service must have no gateways specified",
};
constexpr Rule kDelegateTls = {
    .id = "delegate-tls-unsupported",
    .what = "a VirtualService without hosts, which is a delegate, has `tls`",
    .why = "only HTTP routes can be delegated",
    .istio = "VS-DEL-02",
    .text = "delegate virtual service must have no tls route specified",
    .also = "SNI host \"<sni>\" is not a compatible subset of any of the virtual service hosts: []",
};
constexpr Rule kDelegateTcp = {
    .id = "delegate-tcp-unsupported",
    .what = "a VirtualService without hosts, which is a delegate, has `tcp`",
    .why = "only HTTP routes can be delegated",
    .istio = "VS-DEL-03",
    .text = "delegate virtual service must have no tcp route specified",
};
constexpr Rule kHostMalformed = {
    .id = "virtual-service-host-malformed",
    .what =
        "a host is neither a domain name, nor one with a wildcard in its first label, nor an IP "
        "address",
    .why = "no client could ask for it",
    .istio = "VS-HOST-01, VS-HOST-02",
    .text =
        "domain name \"<d>\" too long (max 255)\n"
        "empty domain name not allowed\n"
        "domain name \"<d>\" invalid (<why>)<more>\n"
        "domain name <d> invalid, should follow 'outbound_.<PORT>_._.<HOSTNAME>' format",
};
constexpr Rule kHostAny = {
    .id = "virtual-service-host-any-in-mesh",
    .what = "a host is \"*\" and the VirtualService is not bound to gateways alone",
    .why = "it would take over all traffic of the mesh",
    .istio = "VS-HOST-03",
    .text = "wildcard host * is not allowed for virtual services bound to the mesh gateway",
};
constexpr Rule kHostOverlap = {
    .id = "virtual-service-hosts-overlap",
    .what = "some name fits two hosts of one VirtualService",
    .why = "Istio takes that for a duplicate",
    .istio = "VS-HOST-04",
    .text = "duplicate hosts in virtual service: <a> & <b>",
};
constexpr Rule kRoutesRequired = {
    .id = "virtual-service-routes-required",
    .what = "`http`, `tls` and `tcp` are all empty",
    .why = "the VirtualService would route nothing",
    .istio = "VS-TOP-01",
    .text = "http, tcp or tls must be provided in virtual service",
};
constexpr Rule kJwtWithoutGateway = {
    .id = "match-header-claim-without-gateway",
    .what =
        "a match looks at a claim of a token and the VirtualService is not bound to gateways "
        "alone",
    .why = "only gateways make claims available to routes",
    .istio = "VS-TOP-03",
    .text =
        "JWT claim based routing (key: <key>) is only supported for gateway, found no gateways: "
        "<gateways>",
};

constexpr const Rule* kRules[] = {
    &kDelegateGateways, &kDelegateTls, &kDelegateTcp,    &kHostMalformed,
    &kHostAny,          &kHostOverlap, &kRoutesRequired, &kJwtWithoutGateway,
};

bool NamesMesh(const VirtualService& service) {
  return std::find(service.gateways.begin(), service.gateways.end(), kMeshGateway) !=
         service.gateways.end();
}

void CheckDelegate(const VirtualService& service, const FieldPath& spec, const FindingSink& sink) {
  const auto refuse = [&](const Rule& rule, bool is_set, std::string_view field) {
    if (!is_set) return;
    sink.Report(rule, spec.Field(field), "\"", field,
                "\" has no place in a delegate, which a VirtualService without hosts is");
  };
  refuse(kDelegateGateways, !service.gateways.empty(), "gateways");
  refuse(kDelegateTls, !service.tls.empty(), "tls");
  refuse(kDelegateTcp, !service.tcp.empty(), "tcp");
}

template <typename Map>
void CheckClaims(const Map& headers, const FieldPath& path, const FindingSink& sink) {
  for (const auto& [key, match] : headers) {
    if (!IsJwtClaimKey(key)) continue;
    sink.Report(kJwtWithoutGateway, path.Key(key), "claim ", Quote(key),
                " can be matched only at gateways");
  }
}

void CheckClaimsOfRoutes(const VirtualService& service, const FieldPath& spec,
                         const FindingSink& sink) {
  for (size_t i = 0; i < service.http.size(); ++i) {
    const FieldPath route = spec.Field("http", i);
    for (size_t j = 0; j < service.http[i].match.size(); ++j) {
      const HttpMatchRequest& match = service.http[i].match[j];
      const FieldPath path = route.Field("match", j);
      CheckClaims(match.headers, path.Field("headers"), sink);
      CheckClaims(match.without_headers, path.Field("withoutHeaders"), sink);
    }
  }
}

bool MatchesSni(const VirtualService& service) {
  return std::any_of(service.tls.begin(), service.tls.end(), [](const TlsRoute& route) {
    return std::any_of(route.match.begin(), route.match.end(),
                       [](const TlsMatchAttributes& match) { return !match.sni_hosts.empty(); });
  });
}

void CheckHosts(const VirtualService& service, bool is_gateway_bound, const FieldPath& path,
                const FindingSink& sink) {
  const bool allows_sni_names = is_gateway_bound && MatchesSni(service);
  bool all_fine = true;
  for (size_t i = 0; i < service.hosts.size(); ++i) {
    const std::string& host = service.hosts[i];
    const auto problem = allows_sni_names ? CheckSniDomain(host) : CheckWildcardDomain(host);
    if (problem && !IsIpLiteral(host)) {
      sink.Report(kHostMalformed, path.Element(i), "host ", Quote(host), " ", problem->Clause());
      all_fine = false;
    } else if (host == "*" && !is_gateway_bound) {
      sink.Report(kHostAny, path.Element(i), "host \"*\" is for gateways only");
      all_fine = false;
    }
  }
  if (!all_fine) return;
  const size_t max_pairs = 64 + 4 * service.hosts.size();
  for (const auto& [first, second] : FindOverlaps(service.hosts, max_pairs)) {
    sink.ReportAgainst(kHostOverlap, path.Element(second), path.Element(first), "host ",
                       Quote(service.hosts[second]), " overlaps host ",
                       Quote(service.hosts[first]));
  }
}

}  // namespace

void CheckVirtualService(const VirtualService& service, const FindingSink& sink) {
  if (!CheckMetadata(sink)) return;
  const FieldPath spec("spec");
  const bool is_delegate = service.hosts.empty();
  const bool is_gateway_bound = !service.gateways.empty() && !NamesMesh(service);
  const bool is_generated =
      HasAnnotation(sink.metadata(), "internal.istio.io/route-semantics", "gateway");

  if (is_delegate) CheckDelegate(service, spec, sink);
  CheckGatewayNames(service.gateways, is_generated, spec.Field("gateways"), sink);
  if (!is_gateway_bound) CheckClaimsOfRoutes(service, spec, sink);
  CheckHosts(service, is_gateway_bound, spec.Field("hosts"), sink);
  if (service.http.empty() && service.tls.empty() && service.tcp.empty()) {
    sink.Report(kRoutesRequired, spec, "one of \"http\", \"tls\" and \"tcp\" must not be empty");
  }
  for (size_t i = 0; i < service.http.size(); ++i) {
    CheckHttpRoute(service.http[i], {is_delegate, is_generated}, spec.Field("http", i), sink);
  }
  const HostCover hosts(service.hosts);
  // An empty list of gateways allows the names that Istio generates, unlike for hosts.
  const TlsRouteContext context = {hosts, !NamesMesh(service), is_generated};
  for (size_t i = 0; i < service.tls.size(); ++i) {
    CheckTlsRoute(service.tls[i], context, spec.Field("tls", i), sink);
  }
  for (size_t i = 0; i < service.tcp.size(); ++i) {
    CheckTcpRoute(service.tcp[i], is_generated, spec.Field("tcp", i), sink);
  }
  CheckExportTo(service.export_to, false, spec.Field("exportTo"), sink);
  CheckReachability(service, spec, sink);
}

RuleList VirtualServiceRules() { return kRules; }

}  // namespace postern
