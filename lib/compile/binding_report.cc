#include "lib/compile/binding_report.h"

#include <algorithm>
#include <set>
#include <string>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

Provenance OriginOf(const VirtualService& service, std::string_view path, CompileState& state) {
  return state.Origin("VirtualService", service.metadata, service.source, path);
}

// PortsText lists `ports`: "80, 443".
std::string PortsText(const std::set<uint32_t>& ports) {
  std::string text;
  for (const uint32_t port : ports) StrAppend(&text, text.empty() ? "" : ", ", port);
  return text;
}

// A Bound is what the servers of the proxy make of one VirtualService.
struct Bound {
  std::set<uint32_t> ports;        // Declared, of the servers that take it.
  std::set<std::string> gateways;  // "ns/name", of the same.
  std::set<uint32_t> hosts;        // Which of its hosts a server exposes.
};

// ReportRulePorts reports each match of `rules` whose port no server of the service's has.
template <typename Rule>
void ReportRulePorts(const VirtualService& service, std::string_view field,
                     const std::vector<Rule>& rules, const Bound& bound, CompileState& state) {
  for (size_t i = 0; i < rules.size(); ++i) {
    for (size_t k = 0; k < rules[i].match.size(); ++k) {
      const uint32_t port = rules[i].match[k].port;
      if (port == 0 || bound.ports.contains(port)) continue;
      state.Report(
          Severity::kWarning, "virtual-service-match-port-unbound",
          OriginOf(service, StrCat("spec.", field, "[", i, "].match[", k, "].port"), state),
          StrCat("no server of its gateways has port ", port, ", only ", PortsText(bound.ports),
                 ": the match never applies"));
    }
  }
}

void ReportUnbound(const ResolvedVirtualService& service, const StringSet& gateways,
                   CompileState& state) {
  const VirtualService& source = *service.source;
  const bool known =
      std::any_of(service.gateways.begin(), service.gateways.end(),
                  [&gateways](const std::string& gateway) { return gateways.contains(gateway); });
  if (service.gateways.empty()) {
    state.Report(Severity::kInfo, "virtual-service-gateways-none",
                 OriginOf(source, "spec.gateways", state),
                 "names no Gateway, so it applies inside the mesh only");
  } else if (!known) {
    state.Report(Severity::kWarning, "virtual-service-gateway-unknown",
                 OriginOf(source, "spec.gateways", state),
                 StrCat("no Gateway of this proxy is called ", Quote(service.gateways.front()),
                        ": it applies nowhere"));
  } else {
    state.Report(Severity::kWarning, "virtual-service-hosts-unexposed",
                 OriginOf(source, "spec.hosts", state),
                 "no server of its gateways exposes one of its hosts to its namespace: it applies "
                 "nowhere");
  }
}

}  // namespace

void ReportRejections(const MergeResult& merged, CompileState& state) {
  for (const Rejection& rejection : merged.rejections) {
    const Provenance origin = state.Origin(rejection.ref);
    if (rejection.winner) {
      state.ReportLoss(rejection.rule, origin, rejection.message, state.Origin(*rejection.winner));
    } else {
      state.Report(Severity::kWarning, rejection.rule, origin, rejection.message);
    }
  }
}

void ReportBindings(const Binder& binder, const MergeResult& merged, CompileState& state) {
  std::vector<Bound> bound(binder.services().size());
  StringSet gateways;
  for (const MergedListener& listener : merged.listeners) {
    for (const MergedServer& server : listener.servers) {
      const Metadata& metadata = server.ref.gateway->metadata;
      gateways.insert(StrCat(metadata.ns, "/", metadata.name));
      for (const Binding& binding : binder.Bind(server)) {
        Bound& service = bound[binding.service];
        service.ports.insert(server.ref.server().port->number);
        service.hosts.insert(binding.own_hosts.begin(), binding.own_hosts.end());
      }
    }
  }
  for (size_t i = 0; i < bound.size(); ++i) {
    const ResolvedVirtualService& service = binder.service(i);
    const VirtualService& source = *service.source;
    if (bound[i].ports.empty()) {
      ReportUnbound(service, gateways, state);
      continue;
    }
    for (uint32_t k = 0; k < service.hosts.size(); ++k) {
      if (bound[i].hosts.contains(k)) continue;
      state.Report(Severity::kWarning, "virtual-service-host-unexposed",
                   OriginOf(source, StrCat("spec.hosts[", k, "]"), state),
                   StrCat("no server of its gateways exposes the host ", Quote(service.hosts[k]),
                          " to its namespace"));
    }
    ReportRulePorts(source, "http", source.http, bound[i], state);
    ReportRulePorts(source, "tls", source.tls, bound[i], state);
    ReportRulePorts(source, "tcp", source.tcp, bound[i], state);
  }
}

void ReportSilentPorts(const MergeResult& merged, CompileState& state) {
  StringSet served;
  for (const Chain& chain : state.tables.chains) {
    served.insert(StrCat(chain.server.resource, " ", chain.server.path));
  }
  for (const MergedListener& listener : merged.listeners) {
    for (const MergedServer& server : listener.servers) {
      // Servers of one plaintext HTTP listener share the chain of the first.
      if (server.route_name.starts_with("http.")) continue;
      const Provenance origin = state.Origin(server.ref);
      if (served.contains(StrCat(origin.resource, " ", origin.path))) continue;
      const Port& port = *server.ref.server().port;
      state.Report(Severity::kWarning, "server-routes-none", origin,
                   StrCat("no rule of a VirtualService applies to port ", port.number,
                          ", protocol ", port.protocol, ": it does not listen for this server"));
    }
  }
}

}  // namespace postern
