#include "lib/compile/binding_report.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/gateway_report.h"
#include "lib/compile/server_class.h"
#include "lib/match/host_names.h"
#include "lib/model/resource_name.h"

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

// UnusedConditions returns the fields of a tcp or tls match that gateways do not look at.
template <typename Match>
std::vector<std::string_view> UnusedConditions(const Match& match) {
  std::vector<std::string_view> fields;
  if (!match.destination_subnets.empty()) fields.push_back("destinationSubnets");
  if constexpr (requires { match.source_subnet; }) {
    if (!match.source_subnet.empty()) fields.push_back("sourceSubnet");
  }
  if (!match.source_labels.empty()) fields.push_back("sourceLabels");
  if (!match.source_namespace.empty()) fields.push_back("sourceNamespace");
  return fields;
}

// IsForSidecars returns whether a match with these `gateways` is for no Gateway.
bool IsForSidecars(const std::vector<std::string>& gateways) {
  return !gateways.empty() &&
         std::all_of(gateways.begin(), gateways.end(),
                     [](const std::string& name) { return name == kMeshGateway; });
}

// A Bound is what the servers of the proxy make of one VirtualService.
struct Bound {
  std::set<uint32_t> ports;   // Declared, of the servers that take it.
  std::vector<bool> exposed;  // Which of its hosts a server exposes.
  bool takes_http = false;    // A server of it reads this kind of rules.
  bool takes_tls = false;
  bool takes_tcp = false;
};

// A Reporter knows the servers of the proxy and what is bound to them.
class Reporter {
 public:
  Reporter(const Binder& binder, const MergeResult& merged, CompileState& state)
      : binder_(binder), state_(state), bound_(binder.services().size()) {
    for (const Gateway& gateway : state.config.gateways) {
      known_.insert(QualifiedName(gateway.metadata));
    }
    const SocketKeys keys = KeysOf(merged);
    for (const MergedListener& listener : merged.listeners) {
      const ListenerKey& key = keys.find({listener.port, listener.bind})->second;
      for (const MergedServer& server : listener.servers) Note(server, key);
    }
  }

  void Report() {
    for (size_t i = 0; i < bound_.size(); ++i) {
      if (bound_[i].ports.empty()) {
        ReportUnbound(binder_.service(i));
      } else {
        ReportParts(binder_.service(i), bound_[i]);
      }
    }
    for (const VirtualService& service : state_.config.virtual_services) ReportHidden(service);
  }

 private:
  void Note(const MergedServer& server, const ListenerKey& key) {
    const Server& declared = server.ref.server();
    const bool http = IsHttpServer(declared);
    const bool passthrough = !http && IsPassthroughServer(declared);
    WitnessSketch sketch;
    sketch.listener = key;
    sketch.tls = IsTlsServer(declared);
    sketch.http = http;
    // A server of requests is asked rather than one of bytes, where a host means nothing.
    const auto [known, is_new] =
        servers_.try_emplace(QualifiedName(server.ref.gateway->metadata), sketch);
    if (!is_new && http && !known->second.http) known->second = sketch;
    for (const Binding& binding : binder_.Bind(server)) {
      Bound& bound = bound_[binding.service];
      bound.ports.insert(declared.port->number);
      bound.exposed.resize(binder_.service(binding.service).hosts.size());
      for (const uint32_t host : binding.own_hosts) bound.exposed[host] = true;
      bound.takes_http |= http;
      bound.takes_tls |= passthrough;
      bound.takes_tcp |= !http && !passthrough;
    }
  }

  // SketchOf returns how to ask a server of one of `gateways` for `hosts`.
  std::optional<WitnessSketch> SketchOf(const std::vector<std::string>& gateways,
                                        std::vector<std::string> hosts) const {
    for (const std::string& gateway : gateways) {
      const auto server = servers_.find(gateway);
      if (server == servers_.end()) continue;
      WitnessSketch sketch = server->second;
      sketch.hosts = std::move(hosts);
      return sketch;
    }
    return std::nullopt;
  }

  void ReportUnbound(const ResolvedVirtualService& service) {
    const VirtualService& source = *service.source;
    const Provenance gateways = OriginOf(source, "spec.gateways", state_);
    if (service.gateways.empty()) {
      state_.Report(kVirtualServiceGatewaysNone, gateways,
                    "names no Gateway, so it applies inside the mesh only");
    } else if (auto sketch = SketchOf(service.gateways, service.hosts)) {
      state_.Report(kVirtualServiceHostsUnexposed, OriginOf(source, "spec.hosts", state_),
                    "no server of its gateways exposes one of its hosts to its namespace: it "
                    "applies nowhere",
                    std::move(sketch));
    } else if (Knows(service.gateways)) {
      state_.Report(kVirtualServiceGatewayElsewhere, gateways,
                    StrCat("Gateway ", Quote(service.gateways.front()),
                           " has no server on this proxy: it applies nowhere here"));
    }
    ReportUnknown(source);
  }

  bool Knows(const std::vector<std::string>& gateways) const {
    return std::any_of(gateways.begin(), gateways.end(),
                       [this](const std::string& gateway) { return known_.contains(gateway); });
  }

  // ReportUnknown reports each Gateway that nobody has heard of, or that is Istio's own.
  void ReportUnknown(const VirtualService& service) {
    for (size_t i = 0; i < service.gateways.size(); ++i) {
      if (service.gateways[i] == kMeshGateway) continue;
      const std::string name = ResolveGatewayName(service.gateways[i], service.metadata.ns);
      const bool internal = IsInternalGateway(name);
      if (!internal && known_.contains(name)) continue;
      state_.Report(internal ? kVirtualServiceGatewayInternal : kVirtualServiceGatewayUnknown,
                    OriginOf(service, StrCat("spec.gateways[", i, "]"), state_),
                    internal
                        ? StrCat("Gateway ", Quote(name), " is one that Istio makes for itself")
                        : StrCat("no Gateway is called ", Quote(name)));
    }
  }

  void ReportParts(const ResolvedVirtualService& service, const Bound& bound) {
    const VirtualService& source = *service.source;
    ReportUnknown(source);
    for (size_t k = 0; k < service.hosts.size(); ++k) {
      if (bound.exposed[k]) continue;
      state_.Report(kVirtualServiceHostUnexposed,
                    OriginOf(source, StrCat("spec.hosts[", k, "]"), state_),
                    StrCat("no server of its gateways exposes the host ", Quote(service.hosts[k]),
                           " to its namespace"),
                    SketchOf(service.gateways, {service.hosts[k]}));
    }
    // The sidecars of the mesh may take what the servers of this proxy do not.
    const bool mesh = std::find(source.gateways.begin(), source.gateways.end(), kMeshGateway) !=
                      source.gateways.end();
    ReportRules(source, "http", source.http, bound.takes_http || mesh, bound);
    ReportRules(source, "tls", source.tls, bound.takes_tls || mesh, bound);
    ReportRules(source, "tcp", source.tcp, bound.takes_tcp || mesh, bound);
    if (bound.takes_tls) ReportConditions(source, "tls", source.tls);
    if (bound.takes_tcp) ReportConditions(source, "tcp", source.tcp);
  }

  // ReportRules reports `rules` if no server takes their kind, else each match of them whose port
  // no server of the service's has.
  template <typename Rule>
  void ReportRules(const VirtualService& service, std::string_view field,
                   const std::vector<Rule>& rules, bool taken, const Bound& bound) {
    if (!taken && !rules.empty()) {
      state_.Report(kVirtualServiceRulesUnused, OriginOf(service, StrCat("spec.", field), state_),
                    StrCat("no server of its gateways takes ", field, " rules, on ports ",
                           PortsText(bound.ports)));
      return;
    }
    for (size_t i = 0; i < rules.size(); ++i) {
      for (size_t k = 0; k < rules[i].match.size(); ++k) {
        const uint32_t port = rules[i].match[k].port;
        if (port == 0 || bound.ports.contains(port)) continue;
        state_.Report(
            kVirtualServiceMatchPortUnbound,
            OriginOf(service, StrCat("spec.", field, "[", i, "].match[", k, "].port"), state_),
            StrCat("no server of its gateways has port ", port, ", only ", PortsText(bound.ports),
                   ": the match never applies"));
      }
    }
  }

  // ReportConditions reports each match of `rules` with conditions that no server of the service's
  // looks at: who it was to keep out comes in.
  template <typename Rule>
  void ReportConditions(const VirtualService& service, std::string_view field,
                        const std::vector<Rule>& rules) {
    for (size_t i = 0; i < rules.size(); ++i) {
      for (size_t k = 0; k < rules[i].match.size(); ++k) {
        if (IsForSidecars(rules[i].match[k].gateways)) continue;
        std::string unused;
        for (const std::string_view condition : UnusedConditions(rules[i].match[k])) {
          StrAppend(&unused, unused.empty() ? "" : ", ", condition);
        }
        if (unused.empty()) continue;
        state_.Report(
            kL4ConditionUnused,
            OriginOf(service, StrCat("spec.", field, "[", i, "].match[", k, "]"), state_),
            StrCat("gateways take connections without a look at these conditions: ", unused));
      }
    }
  }

  // ReportHidden reports a VirtualService that is not exported to the namespace of the proxy whose
  // Gateway it names, and the Gateways that are not there.
  void ReportHidden(const VirtualService& service) {
    const std::string& ns = service.metadata.ns;
    const bool hidden =
        VisibilityTo(state_.options.ns, service.export_to, ns) == Visibility::kHidden;
    // A delegate is bound to nothing, and no Gateway may be named by one.
    if (hidden || service.hosts.empty()) ReportUnknown(service);
    if (!hidden || service.hosts.empty()) return;
    std::vector<std::string> gateways;
    for (const std::string& gateway : service.gateways) {
      if (gateway != kMeshGateway) gateways.push_back(ResolveGatewayName(gateway, ns));
    }
    std::vector<std::string> hosts;
    for (const std::string& host : service.hosts) {
      hosts.push_back(ResolveShortHost(host, ns, state_.options.cluster_domain));
    }
    auto sketch = SketchOf(gateways, std::move(hosts));
    if (!sketch) return;
    state_.Report(kVirtualServiceExportHidden, OriginOf(service, "spec.exportTo", state_),
                  StrCat("is not exported to namespace ", Quote(state_.options.ns),
                         " of the proxy: it applies nowhere here"),
                  std::move(sketch));
  }

  const Binder& binder_;
  CompileState& state_;
  std::vector<Bound> bound_;          // By number of the service.
  StringSet known_;                   // Gateways of the configuration, "ns/name".
  StringMap<WitnessSketch> servers_;  // One server of each Gateway of the proxy.
};

}  // namespace

bool IsInternalGateway(std::string_view name) {
  return name.find("~istio-autogenerated-k8s-gateway~", name.find('/')) != std::string_view::npos;
}

void ReportBindings(const Binder& binder, const MergeResult& merged, CompileState& state) {
  Reporter(binder, merged, state).Report();
}

}  // namespace postern
