#include "lib/validate/service_port_rules.h"

#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "lib/base/string_map.h"
#include "lib/match/names.h"
#include "lib/model/protocol.h"
#include "lib/validate/metadata_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kNameDuplicate = {
    .id = "service-port-name-duplicate",
    .what = "two ports of a ServiceEntry have the same name",
    .why = "endpoints refer to ports by name",
    .istio = "SE-12",
    .text = "service entry port name \"<name>\" already defined",
};
constexpr Rule kNumberDuplicate = {
    .id = "service-port-number-duplicate",
    .what = "two ports of a ServiceEntry have the same number",
    .why = "destinations refer to ports by number",
    .istio = "SE-13",
    .text = "service entry port <n> already defined",
};
constexpr Rule kAddressesRequired = {
    .id = "service-entry-addresses-missing",
    .what =
        "a port of protocol TCP, or of none, on a ServiceEntry that has no `addresses` and gets "
        "none by itself",
    .why = "inside a mesh its connections could not be told from others",
    .istio = "SE-15",
    .text =
        "addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation "
        "is not enabled",
    .severity = Severity::kWarning,
};
constexpr Rule kNameMalformed = {
    .id = "service-port-name-malformed",
    .what = "the name of a port, of a ServiceEntry or of its endpoint, is not a DNS label",
    .why = "names of ports are labels in Kubernetes, too",
    .istio = "SE-16",
    .text = "invalid port name: <name>",
};
constexpr Rule kProtocolUnknown = {
    .id = "service-port-protocol-unknown",
    .what = "the protocol of a port of a ServiceEntry is neither empty nor known",
    .why = "how to speak to the service would be open",
    .istio = "SE-17",
    .text = "unsupported protocol: <p>",
};

constexpr const Rule* kRules[] = {&kNameDuplicate, &kNumberDuplicate, &kAddressesRequired,
                                  &kNameMalformed, &kProtocolUnknown};

// GetsAddresses says that Istio gives addresses of its own to `entry`.
bool GetsAddresses(const ServiceEntry& entry) {
  constexpr std::string_view kLabel = "networking.istio.io/enable-autoallocate-ip";
  if (entry.resolution == ServiceEntry::Resolution::kNone) return false;
  const auto label = entry.metadata.labels.find(std::string(kLabel));
  return label == entry.metadata.labels.end() || !EqualsIgnoreCase(label->second, "false");
}

void CheckServicePort(const ServicePort& port, const FieldPath& path, const FindingSink& sink) {
  CheckPortName(port.name, path.Field("name"), sink);
  if (!port.protocol.empty() && ParseProtocol(port.protocol) == Protocol::kUnsupported) {
    sink.Report(kProtocolUnknown, path.Field("protocol"), "protocol ", Quote(port.protocol),
                " is not known");
  }
  CheckPortNumber(port.number, path.Field("number"), sink);
  if (port.target_port != 0) CheckPortNumber(port.target_port, path.Field("targetPort"), sink);
}

}  // namespace

void CheckPortName(std::string_view name, const FieldPath& path, const FindingSink& sink) {
  if (IsDnsLabel(name)) return;
  sink.Report(kNameMalformed, path, Quote(name), " cannot be the name of a port");
}

void CheckServicePorts(const ServiceEntry& entry, const FieldPath& path, const FindingSink& sink) {
  StringViewMap<size_t> by_name;
  absl::flat_hash_map<uint32_t, size_t> by_number;
  const bool needs_addresses = entry.addresses.empty() && !GetsAddresses(entry);
  for (size_t i = 0; i < entry.ports.size(); ++i) {
    const ServicePort& port = entry.ports[i];
    const FieldPath place = path.Element(i);
    if (const auto [first, inserted] = by_name.try_emplace(port.name, i); !inserted) {
      const FieldPath first_port = path.Element(first->second);
      sink.ReportAgainst(kNameDuplicate, place.Field("name"), first_port.Field("name"),
                         "port name ", Quote(port.name), " is that of port ", first->second,
                         " already");
    }
    if (const auto [first, inserted] = by_number.try_emplace(port.number, i); !inserted) {
      const FieldPath first_port = path.Element(first->second);
      sink.ReportAgainst(kNumberDuplicate, place.Field("number"), first_port.Field("number"),
                         "port number ", port.number, " is that of port ", first->second,
                         " already");
    }
    if (needs_addresses && (port.protocol.empty() || port.protocol == "TCP")) {
      sink.Report(kAddressesRequired, place.Field("protocol"), "port ", port.number,
                  " of protocol ", Quote(port.protocol), " needs \"addresses\"");
    }
    CheckServicePort(port, place, sink);
  }
}

RuleList ServicePortRules() { return kRules; }

}  // namespace postern
