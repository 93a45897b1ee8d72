#include "lib/validate/service_entry_rules.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/match/names.h"
#include "lib/model/names.h"
#include "lib/model/protocol.h"
#include "lib/validate/enum_rules.h"
#include "lib/validate/export_to_rules.h"
#include "lib/validate/metadata_rules.h"
#include "lib/validate/resolution_rules.h"
#include "lib/validate/selector_rules.h"
#include "lib/validate/service_port_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

using Resolution = ServiceEntry::Resolution;

constexpr Rule kSelectorEmpty = {
    .id = "service-entry-selector-labels-missing",
    .what = "`workloadSelector` of a ServiceEntry has no labels",
    .why = "it selects every workload of the namespace",
    .istio = "SE-03",
    .text =
        "service entry: workload selector specified without labels, will be applied to all "
        "services in namespace",
    .severity = Severity::kWarning,
};
constexpr Rule kSelectorAndEndpoints = {
    .id = "service-entry-selector-with-endpoints",
    .what = "a ServiceEntry has both `workloadSelector` and `endpoints`",
    .why = "endpoints are either listed or selected",
    .istio = "SE-04",
    .text = "only one of WorkloadSelector or Endpoints is allowed in Service Entry",
};
constexpr Rule kHostsRequired = {
    .id = "service-entry-hosts-required",
    .what = "a ServiceEntry has no hosts, and `resolution` is not DYNAMIC_DNS",
    .why = "no destination could refer to it",
    .istio = "SE-05",
    .text = "service entry must have at least one host",
};
constexpr Rule kHostAny = {
    .id = "service-entry-host-any",
    .what = "a host of a ServiceEntry is \"*\"",
    .why = "it would take over all traffic",
    .istio = "SE-06",
    .text = "invalid host *",
};
constexpr Rule kHostMalformed = {
    .id = "service-entry-host-malformed",
    .what =
        "a host of a ServiceEntry is no domain name, nor one with a wildcard in its first label",
    .why = "no client could ask for it",
    .istio = "SE-07",
    .text =
        "domain name \"<d>\" too long (max 255)\n"
        "empty domain name not allowed\n"
        "domain name \"<d>\" invalid (<why>)",
};
constexpr Rule kHostPartialWildcard = {
    .id = "service-entry-host-wildcard-partial",
    .what =
        "a host of a ServiceEntry has a \"*\" that is no whole first label, and `resolution` is "
        "not DYNAMIC_DNS",
    .why = "a server name in TLS is matched by whole labels",
    .istio = "SE-08",
    .text = "partial wildcard \"<host>\" not allowed",
    .severity = Severity::kWarning,
};
constexpr Rule kCidrAddress = {
    .id = "service-entry-address-cidr",
    .what = "an entry of `addresses` is a network, and `resolution` is neither NONE nor STATIC",
    .why = "a name that is resolved has addresses, not networks",
    .istio = "SE-10",
    .text = "CIDR addresses are allowed only for NONE/STATIC resolution types",
};
constexpr Rule kHostsOnTcp = {
    .id = "service-entry-hosts-on-tcp-port",
    .what =
        "a ServiceEntry with a resolution has several hosts and a port that is neither HTTP nor "
        "TLS",
    .why = "connections to the port could not be told apart by host",
    .istio = "SE-21",
    .text = "multiple hosts provided with non-HTTP, non-TLS ports",
};

constexpr const Rule* kRules[] = {
    &kSelectorEmpty, &kSelectorAndEndpoints, &kHostsRequired, &kHostAny,
    &kHostMalformed, &kHostPartialWildcard,  &kCidrAddress,   &kHostsOnTcp,
};

void CheckSelector(const ServiceEntry& entry, const FieldPath& spec, const FindingSink& sink) {
  if (!entry.workload_selector) return;
  const FieldPath selector = spec.Field("workloadSelector");
  if (entry.workload_selector->labels.empty()) {
    sink.Report(kSelectorEmpty, selector,
                "a workload selector without labels selects all of the namespace");
  }
  CheckSelectorLabels(entry.workload_selector->labels, selector.Field("labels"), sink);
  if (!entry.endpoints.empty()) {
    sink.ReportAgainst(kSelectorAndEndpoints, spec.Field("endpoints"), selector,
                       "\"endpoints\" cannot stand together with \"workloadSelector\"");
  }
}

void CheckHosts(const ServiceEntry& entry, const FieldPath& path, const FindingSink& sink) {
  if (entry.hosts.empty() && entry.resolution != Resolution::kDynamicDns) {
    sink.Report(kHostsRequired, path, "\"hosts\" must not be empty");
  }
  for (size_t i = 0; i < entry.hosts.size(); ++i) {
    const std::string_view host = entry.hosts[i];
    if (host == "*") {
      sink.Report(kHostAny, path.Element(i), "host \"*\" is no service");
      continue;
    }
    if (const auto problem = CheckWildcardDomain(host)) {
      sink.Report(kHostMalformed, path.Element(i), "host ", Quote(host), " ", problem->Clause());
    }
    if (host.find('*') != std::string_view::npos && !host.starts_with("*.") &&
        entry.resolution != Resolution::kDynamicDns) {
      sink.Report(kHostPartialWildcard, path.Element(i), "host ", Quote(host),
                  " has a \"*\" that is no whole first label");
    }
  }
}

void CheckAddresses(const ServiceEntry& entry, const FieldPath& path, const FindingSink& sink) {
  const bool allows_networks =
      entry.resolution == Resolution::kNone || entry.resolution == Resolution::kStatic;
  for (size_t i = 0; i < entry.addresses.size(); ++i) {
    CheckSubnet(entry.addresses[i], path.Element(i), sink);
    if (!allows_networks && entry.addresses[i].find('/') != std::string::npos) {
      sink.Report(kCidrAddress, path.Element(i), "network ", Quote(entry.addresses[i]),
                  " has no place with resolution ", NameOrNumberOf(entry.resolution));
    }
  }
}

void CheckHostsAgainstPorts(const ServiceEntry& entry, const FieldPath& spec,
                            const FindingSink& sink) {
  if (entry.hosts.size() < 2 || entry.resolution == Resolution::kNone) return;
  const auto port = std::find_if(entry.ports.begin(), entry.ports.end(), [](const ServicePort& p) {
    const Protocol protocol = ParseProtocol(p.protocol);
    return !IsHttpFamily(protocol) && !IsTlsFamily(protocol);
  });
  if (port == entry.ports.end()) return;
  const size_t index = static_cast<size_t>(port - entry.ports.begin());
  sink.ReportAgainst(kHostsOnTcp, spec.Field("hosts"), spec.Field("ports", index),
                     "several hosts cannot share port ", port->number, " of protocol ",
                     Quote(port->protocol));
}

}  // namespace

void CheckServiceEntry(const ServiceEntry& entry, const FindingSink& sink) {
  if (!CheckMetadata(sink)) return;
  const FieldPath spec("spec");
  CheckSelector(entry, spec, sink);
  CheckHosts(entry, spec.Field("hosts"), sink);
  CheckAddresses(entry, spec.Field("addresses"), sink);
  CheckServicePorts(entry, spec.Field("ports"), sink);
  // CheckResolution has a rule of its own for DYNAMIC_DNS.
  if (entry.resolution != ServiceEntry::Resolution::kDynamicDns) {
    CheckEnum(entry.location, spec.Field("location"), sink);
  }
  CheckResolution(entry, spec, sink);
  CheckHostsAgainstPorts(entry, spec, sink);
  CheckExportTo(entry.export_to, true, spec.Field("exportTo"), sink);
}

RuleList ServiceEntryRules() { return kRules; }

}  // namespace postern
