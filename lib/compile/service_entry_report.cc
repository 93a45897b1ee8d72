#include "lib/compile/service_entry_report.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"
#include "lib/compile/select.h"

namespace postern {
namespace {

// A Claim is one port of one ServiceEntry.
struct Claim {
  const ServiceEntry* entry;
  size_t port;
  std::string protocol;  // In lower case.

  const std::string& declared() const { return entry->ports[port].protocol; }
};

// Meets returns whether some namespace sees both resources.
bool Meets(const ServiceEntry& a, const ServiceEntry& b) {
  const auto sees = [](const ServiceEntry& entry, std::string_view ns) {
    return VisibilityTo(ns, entry.export_to, entry.metadata.ns) != Visibility::kHidden;
  };
  std::vector<std::string_view> namespaces = {a.metadata.ns, b.metadata.ns};
  for (const ServiceEntry* entry : {&a, &b}) {
    for (const std::string& to : entry->export_to) {
      if (to != "." && to != "*" && to != "~") namespaces.push_back(to);
    }
  }
  return std::any_of(namespaces.begin(), namespaces.end(),
                     [&](std::string_view ns) { return sees(a, ns) && sees(b, ns); });
}

Provenance OriginOf(const Claim& claim, CompileState& state) {
  return state.Origin("ServiceEntry", claim.entry->metadata, claim.entry->source,
                      StrCat("spec.ports[", claim.port, "]"));
}

// ReportConflicts reports each of `claims`, all of the host and port `name`, that another one
// contradicts: the first of them decides.
void ReportConflicts(std::string_view name, const std::vector<Claim>& claims, CompileState& state) {
  const auto differs = [&claims](const Claim& claim) {
    return claim.protocol != claims.front().protocol;
  };
  if (std::none_of(claims.begin(), claims.end(), differs)) return;
  for (const Claim& claim : claims) {
    const auto other = std::find_if(claims.begin(), claims.end(), [&claim](const Claim& one) {
      return one.protocol != claim.protocol && one.entry != claim.entry &&
             Meets(*one.entry, *claim.entry);
    });
    if (other == claims.end()) continue;
    state.ReportLoss(kServiceEntryProtocolConflict, OriginOf(claim, state),
                     StrCat("protocol ", Quote(claim.declared()), " of ", Quote(name), " is ",
                            Quote(other->declared()), " elsewhere"),
                     OriginOf(*other, state));
  }
}

void ReportProtocols(CompileState& state) {
  std::map<std::string, std::vector<Claim>> by_name;  // "host:port".
  for (const ServiceEntry& entry : state.config.service_entries) {
    // A host may stand twice in its list.
    for (const std::string& host : std::set<std::string>(entry.hosts.begin(), entry.hosts.end())) {
      for (size_t i = 0; i < entry.ports.size(); ++i) {
        by_name[StrCat(host, ":", entry.ports[i].number)].push_back(
            {&entry, i, AsciiLower(entry.ports[i].protocol)});
      }
    }
  }
  for (const auto& [name, claims] : by_name) ReportConflicts(name, claims, state);
}

void ReportAddresses(CompileState& state) {
  for (const ServiceEntry& entry : state.config.service_entries) {
    if (!entry.addresses.empty()) continue;
    for (size_t i = 0; i < entry.ports.size(); ++i) {
      const ServicePort& port = entry.ports[i];
      if (!port.protocol.empty() && !EqualsIgnoreCase(port.protocol, "TCP")) continue;
      state.Report(
          kServiceEntryAddressesUnset,
          state.Origin("ServiceEntry", entry.metadata, entry.source, StrCat("spec.ports[", i, "]")),
          StrCat("port ", port.number, " of protocol ", Quote(port.protocol),
                 " needs \"addresses\", and the mesh allocates none"));
    }
  }
}

}  // namespace

void ReportServiceEntries(CompileState& state, bool dns_auto_allocate) {
  ReportProtocols(state);
  if (!dns_auto_allocate) ReportAddresses(state);
}

}  // namespace postern
