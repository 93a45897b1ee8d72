#include "lib/validate/workload_entry_rules.h"

#include <algorithm>

#include "lib/match/names.h"
#include "lib/validate/metadata_rules.h"
#include "lib/validate/service_port_rules.h"
#include "lib/validate/unix_path.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kAddressRequired = {
    .id = "endpoint-address-required",
    .what = "an endpoint has neither `address` nor `network`",
    .why = "there is nothing to connect to",
    .istio = "SE-EP-02",
    .text = "address is required",
};
constexpr Rule kAddressUnset = {
    .id = "endpoint-address-missing",
    .what = "an endpoint has a `network` and no `address`",
    .why = "only the gateway of that network could reach it",
    .istio = "SE-EP-03",
    .text = "address is unset with network \"<network>\"",
    .severity = Severity::kWarning,
};
constexpr Rule kSocketPath = {
    .id = "endpoint-socket-path-malformed",
    .what =
        "the Unix socket of an endpoint is neither abstract (\"@name\") nor an absolute path to a "
        "file",
    .why = "a relative path would depend on the folder the server was started in",
    .istio = "SE-EP-04",
    .text =
        "<path> is not an absolute path to a file\n"
        "unix address must not be empty",
};
constexpr Rule kSocketPorts = {
    .id = "endpoint-socket-ports-superfluous",
    .what = "an endpoint on a Unix socket has `ports`",
    .why = "a Unix socket has no port",
    .istio = "SE-EP-05",
    .text = "unix endpoint <address> must not include ports",
};
constexpr Rule kAddressMalformed = {
    .id = "endpoint-address-malformed",
    .what =
        "the address of an endpoint is neither a Unix socket nor an IP address; a domain name is "
        "fine in a WorkloadEntry and where `resolution` asks DNS, which in turn takes no socket",
    .why = "there is nothing to connect to",
    .istio = "SE-EP-06, SE-DNS-03",
    .text =
        "endpoint address \"<a>\" is not a valid IP address\n"
        "endpoint address \"<a>\" is not a valid FQDN or an IP address",
};
constexpr Rule kPortUnknown = {
    .id = "endpoint-port-name-unknown",
    .what = "an endpoint gives a number to a port that its ServiceEntry does not have",
    .why = "it would be used by nothing",
    .istio = "SE-EP-07, SE-DNS-04",
    .text = "endpoint port <n> is not defined by the service entry",
};

constexpr const Rule* kRules[] = {&kAddressRequired, &kAddressUnset,     &kSocketPath,
                                  &kSocketPorts,     &kAddressMalformed, &kPortUnknown};

void CheckSocket(const WorkloadEntrySpec& endpoint, std::string_view socket, const FieldPath& path,
                 const FindingSink& sink) {
  const FieldPath address = path.Field("address");
  if (!IsSocketPath(socket)) {
    sink.Report(kSocketPath, address, Quote(socket), " is not an absolute path to a file");
  }
  if (!endpoint.ports.empty()) {
    sink.ReportAgainst(kSocketPorts, path.Field("ports"), address, "Unix socket ",
                       Quote(endpoint.address), " has no ports");
  }
}

// CheckPortsAndLabels checks ports against those of the ServiceEntry, if there is one.
void CheckPortsAndLabels(const WorkloadEntrySpec& endpoint, const std::vector<ServicePort>* ports,
                         const FieldPath& path, const FindingSink& sink) {
  const FieldPath map = path.Field("ports");
  for (const auto& [key, number] : endpoint.ports) {
    const std::string& name = key;  // Clang 14 captures no structured binding.
    const auto has_name = [&name](const ServicePort& port) { return port.name == name; };
    if (ports != nullptr && std::none_of(ports->begin(), ports->end(), has_name)) {
      sink.Report(kPortUnknown, map.Key(name), "the service entry has no port ", Quote(name));
    }
    CheckPortName(name, map.Key(name), sink);
    CheckPortNumber(number, map.Key(name), sink);
  }
  CheckLabels(endpoint.labels, path.Field("labels"), sink);
}

}  // namespace

void CheckWorkloadEntry(const WorkloadEntry& entry, const FindingSink& sink) {
  if (!CheckMetadata(sink)) return;
  CheckEndpoint(entry.spec, {.ports = nullptr, .allows_names = true}, FieldPath("spec"), sink);
}

void CheckEndpoint(const WorkloadEntrySpec& endpoint, const EndpointContext& context,
                   const FieldPath& path, const FindingSink& sink) {
  const FieldPath address = path.Field("address");
  if (endpoint.address.empty()) {
    if (endpoint.network.empty()) {
      sink.Report(kAddressRequired, address, "\"address\" is required");
      return;
    }
    sink.Report(kAddressUnset, address, "\"address\" is missing beside network ",
                Quote(endpoint.network));
  } else if (const std::optional<std::string_view> socket = UnixPath(endpoint.address)) {
    CheckSocket(endpoint, *socket, path, sink);
  } else if (!IsIpLiteral(endpoint.address) &&
             !(context.allows_names && !CheckFqdn(endpoint.address))) {
    sink.Report(kAddressMalformed, address, "address ", Quote(endpoint.address), " is neither ",
                context.allows_names ? "a domain name nor an IP address"
                                     : "an IP address nor a Unix socket");
  }
  CheckPortsAndLabels(endpoint, context.ports, path, sink);
}

void CheckNamedEndpoint(const WorkloadEntrySpec& endpoint, const std::vector<ServicePort>& ports,
                        const FieldPath& path, const FindingSink& sink) {
  if (!IsIpLiteral(endpoint.address) && CheckFqdn(endpoint.address)) {
    sink.Report(kAddressMalformed, path.Field("address"), "address ", Quote(endpoint.address),
                " is neither a domain name nor an IP address");
  }
  CheckPortsAndLabels(endpoint, &ports, path, sink);
}

RuleList WorkloadEntryRules() { return kRules; }

}  // namespace postern
