#include "lib/validate/resolution_rules.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "lib/match/names.h"
#include "lib/model/names.h"
#include "lib/model/protocol.h"
#include "lib/validate/unix_path.h"
#include "lib/validate/workload_entry_rules.h"

namespace postern {
namespace {

using Resolution = ServiceEntry::Resolution;

constexpr Rule kUnknown = {
    .id = "service-entry-resolution-unknown",
    .what = "`resolution` is a number that stands for nothing",
    .why = "where its endpoints come from would be open",
    .istio = "SE-22",
    .text = "unsupported resolution type <n>",
};
constexpr Rule kNoneEndpoints = {
    .id = "service-entry-none-with-endpoints",
    .what = "`resolution` is NONE, or absent, and there are `endpoints`",
    .why = "connections go to the address that the client had resolved",
    .istio = "SE-NONE-01",
    .text = "no endpoints should be provided for resolution type none",
};
constexpr Rule kNoneSelector = {
    .id = "service-entry-none-with-selector",
    .what = "`resolution` is NONE, or absent, and there is a `workloadSelector`",
    .why = "connections go to the address that the client had resolved",
    .istio = "SE-NONE-02",
    .text = "workloadSelector should not be set when resolution mode is NONE",
    .severity = Severity::kWarning,
};
constexpr Rule kSocketOnePort = {
    .id = "service-entry-socket-ports-count",
    .what = "an endpoint is a Unix socket and the ServiceEntry has not exactly one port",
    .why = "a socket serves one protocol",
    .istio = "SE-EP-10",
    .text = "exactly 1 service port required for unix endpoints",
};
constexpr Rule kDnsHost = {
    .id = "service-entry-dns-host-unresolvable",
    .what = "`resolution` asks DNS, there are no endpoints, and a host is no plain domain name",
    .why = "without endpoints the hosts themselves are resolved, and a wildcard cannot be",
    .istio = "SE-DNS-01",
    .text =
        "hosts must be FQDN or contain only prefix wildcards if no endpoints are provided for "
        "resolution mode <resolution>, <why>",
};
constexpr Rule kRoundRobinEndpoints = {
    .id = "service-entry-round-robin-endpoints",
    .what = "`resolution` is DNS_ROUND_ROBIN and there is more than one endpoint",
    .why = "each connection goes to the first address of one name",
    .istio = "SE-DNS-02",
    .text = "there must only be 0 or 1 endpoint for resolution mode DNS_ROUND_ROBIN",
};
constexpr Rule kAddressShared = {
    .id = "service-entry-dns-address-shared",
    .what = "`resolution` asks DNS, and several hosts share `addresses` and a TCP port",
    .why = "connections to the address could not be told apart by host",
    .istio = "SE-DNS-05",
    .text =
        "service entry can not have more than one host specified simultaneously with address "
        "and tcp port",
    .severity = Severity::kWarning,
};
constexpr Rule kDynamicHostsRequired = {
    .id = "service-entry-dynamic-hosts-required",
    .what = "`resolution` is DYNAMIC_DNS and there are no hosts",
    .why = "it is for wildcards",
    .istio = "SE-DYN-01",
    .text = "at least one wildcard host must be provided for resolution type DYNAMIC_DNS",
    .also = "service entry must have at least one host",
};
constexpr Rule kDynamicHost = {
    .id = "service-entry-dynamic-host-not-wildcard",
    .what = "`resolution` is DYNAMIC_DNS and a host does not begin with \"*\"",
    .why = "it is for wildcards; other names are resolved by DNS",
    .istio = "SE-DYN-02",
    .text = "host must be wildcarded for resolution mode DYNAMIC_DNS",
};
constexpr Rule kDynamicAddresses = {
    .id = "service-entry-dynamic-addresses-superfluous",
    .what = "`resolution` is DYNAMIC_DNS and there are `addresses`",
    .why = "the name that a client asks for says where to go",
    .istio = "SE-DYN-03",
    .text = "addresses cannot be set for resolution type DYNAMIC_DNS. <more>",
};
constexpr Rule kDynamicEndpoints = {
    .id = "service-entry-dynamic-endpoints-superfluous",
    .what = "`resolution` is DYNAMIC_DNS and there are `endpoints`",
    .why = "the name that a client asks for says where to go",
    .istio = "SE-DYN-04",
    .text = "endpoints cannot be set for resolution type DYNAMIC_DNS. <more>",
};
constexpr Rule kDynamicProtocol = {
    .id = "service-entry-dynamic-protocol",
    .what = "`resolution` is DYNAMIC_DNS and a port is none of HTTP, TLS, GRPC and HTTP2",
    .why = "with other protocols a client does not say which name it wants",
    .istio = "SE-DYN-05",
    .text =
        "only HTTP, TLS, GRPC, and HTTP2 protocols are supported for resolution type DYNAMIC_DNS",
};
constexpr Rule kDynamicLocation = {
    .id = "service-entry-dynamic-location",
    .what = "`resolution` is DYNAMIC_DNS and `location` a number without a name",
    .why = "whether the hosts are inside the mesh would be open",
    .istio = "observed",
    .text = "location must be MESH_EXTERNAL or MESH_INTERNAL for resolution type DYNAMIC_DNS",
};
constexpr Rule kDynamicWaypoint = {
    .id = "service-entry-dynamic-waypoint",
    .what =
        "`resolution` is DYNAMIC_DNS, `location` MESH_INTERNAL, and the label "
        "istio.io/use-waypoint names a waypoint",
    .why = "a waypoint would not know the endpoints",
    .istio = "SE-DYN-06",
    .text =
        "location MESH_INTERNAL with resolution type DYNAMIC_DNS is not supported when using "
        "waypoints",
};

constexpr const Rule* kRules[] = {
    &kUnknown,         &kNoneEndpoints,       &kNoneSelector,     &kSocketOnePort,
    &kDnsHost,         &kRoundRobinEndpoints, &kAddressShared,    &kDynamicHostsRequired,
    &kDynamicHost,     &kDynamicAddresses,    &kDynamicEndpoints, &kDynamicProtocol,
    &kDynamicLocation, &kDynamicWaypoint,
};

void CheckNone(const ServiceEntry& entry, const FieldPath& spec, const FindingSink& sink) {
  if (!entry.endpoints.empty()) {
    sink.Report(kNoneEndpoints, spec.Field("endpoints"),
                "\"endpoints\" have no place with resolution NONE");
  }
  if (entry.workload_selector) {
    sink.Report(kNoneSelector, spec.Field("workloadSelector"),
                "\"workloadSelector\" has no place with resolution NONE");
  }
}

void CheckStatic(const ServiceEntry& entry, const FieldPath& spec, const FindingSink& sink) {
  for (size_t i = 0; i < entry.endpoints.size(); ++i) {
    const FieldPath path = spec.Field("endpoints", i);
    CheckEndpoint(entry.endpoints[i], {&entry.ports, /*allows_names=*/false}, path, sink);
    if (entry.ports.size() == 1 || !UnixPath(entry.endpoints[i].address)) continue;
    sink.ReportAgainst(kSocketOnePort, path.Field("address"), spec.Field("ports"), "Unix socket ",
                       Quote(entry.endpoints[i].address), " needs exactly 1 port and not ",
                       entry.ports.size());
  }
}

void CheckDns(const ServiceEntry& entry, const FieldPath& spec, const FindingSink& sink) {
  const std::string_view resolution = NameOf(entry.resolution);
  const FieldPath hosts = spec.Field("hosts");
  for (size_t i = 0; i < entry.hosts.size() && entry.endpoints.empty(); ++i) {
    const auto problem = CheckFqdn(entry.hosts[i]);
    if (!problem) continue;
    sink.Report(kDnsHost, hosts.Element(i), "host ", Quote(entry.hosts[i]),
                " cannot be resolved for lack of endpoints: it ", problem->Clause());
  }
  if (entry.resolution == Resolution::kDnsRoundRobin && entry.endpoints.size() > 1) {
    sink.Report(kRoundRobinEndpoints, spec.Field("endpoints"), entry.endpoints.size(),
                " endpoints are more than the one that resolution ", resolution, " takes");
  }
  for (size_t i = 0; i < entry.endpoints.size(); ++i) {
    CheckNamedEndpoint(entry.endpoints[i], entry.ports, spec.Field("endpoints", i), sink);
  }
  const bool has_tcp_port = std::any_of(
      entry.ports.begin(), entry.ports.end(),
      [](const ServicePort& port) { return IsTcpFamily(ParseProtocol(port.protocol)); });
  if (!entry.addresses.empty() && entry.hosts.size() > 1 && has_tcp_port) {
    sink.ReportAgainst(kAddressShared, spec.Field("addresses"), hosts,
                       "several hosts share \"addresses\" and a TCP port");
  }
}

bool IsDynamicProtocol(Protocol protocol) {
  return protocol == Protocol::kHttp || protocol == Protocol::kTls || protocol == Protocol::kGrpc ||
         protocol == Protocol::kHttp2;
}

bool UsesWaypoint(const Metadata& metadata) {
  const auto label = metadata.labels.find("istio.io/use-waypoint");
  return label != metadata.labels.end() && !label->second.empty() &&
         !EqualsIgnoreCase(label->second, "none");
}

void CheckDynamic(const ServiceEntry& entry, const FieldPath& spec, const FindingSink& sink) {
  const FieldPath hosts = spec.Field("hosts");
  if (entry.hosts.empty()) {
    sink.Report(kDynamicHostsRequired, hosts, "resolution DYNAMIC_DNS needs a wildcard host");
  }
  for (size_t i = 0; i < entry.hosts.size(); ++i) {
    if (entry.hosts[i].starts_with('*')) continue;
    sink.Report(kDynamicHost, hosts.Element(i), "host ", Quote(entry.hosts[i]),
                " is no wildcard, which resolution DYNAMIC_DNS asks for");
  }
  const auto refuse = [&](const Rule& rule, bool is_set, std::string_view field) {
    if (!is_set) return;
    sink.Report(rule, spec.Field(field), "\"", field,
                "\" has no place with resolution DYNAMIC_DNS");
  };
  refuse(kDynamicAddresses, !entry.addresses.empty(), "addresses");
  refuse(kDynamicEndpoints, !entry.endpoints.empty(), "endpoints");
  for (size_t i = 0; i < entry.ports.size(); ++i) {
    if (IsDynamicProtocol(ParseProtocol(entry.ports[i].protocol))) continue;
    const FieldPath port = spec.Field("ports", i);
    sink.Report(kDynamicProtocol, port.Field("protocol"), "protocol ",
                Quote(entry.ports[i].protocol), " does not go with resolution DYNAMIC_DNS");
  }
  if (NameOf(entry.location).empty()) {
    sink.Report(kDynamicLocation, spec.Field("location"), "number ",
                static_cast<int32_t>(entry.location),
                " stands for no location, which resolution DYNAMIC_DNS depends on");
  }
  if (entry.location == ServiceEntry::Location::kMeshInternal && UsesWaypoint(entry.metadata)) {
    sink.Report(kDynamicWaypoint, spec.Field("location"),
                "location MESH_INTERNAL and resolution DYNAMIC_DNS do not go with a waypoint");
  }
}

}  // namespace

void CheckResolution(const ServiceEntry& entry, const FieldPath& path, const FindingSink& sink) {
  switch (entry.resolution) {
    case Resolution::kNone:
      return CheckNone(entry, path, sink);
    case Resolution::kStatic:
      return CheckStatic(entry, path, sink);
    case Resolution::kDns:
    case Resolution::kDnsRoundRobin:
      return CheckDns(entry, path, sink);
    case Resolution::kDynamicDns:
      return CheckDynamic(entry, path, sink);
  }
  sink.Report(kUnknown, path.Field("resolution"), "number ", static_cast<int32_t>(entry.resolution),
              " stands for no resolution");
}

RuleList ResolutionRules() { return kRules; }

}  // namespace postern
