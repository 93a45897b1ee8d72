#include "lib/compile/gateway_report.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/server_class.h"
#include "lib/match/host_names.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

std::string SelectorText(const std::map<std::string, std::string>& selector) {
  std::string text;
  for (const auto& [key, value] : selector) {
    StrAppend(&text, text.empty() ? "" : ",", key, "=", value);
  }
  return text;
}

Provenance HostOrigin(const ServerRef& ref, size_t host, CompileState& state) {
  return state.Origin("Gateway", ref.gateway->metadata, ref.gateway->source,
                      StrCat("spec.servers[", ref.index, "].hosts[", host, "]"));
}

std::string PlaceOf(const Provenance& at) { return StrCat(at.resource, " ", at.path); }

// PlaceOf returns the same of a server, of which nothing need be known to look it up.
std::string PlaceOf(const ServerRef& ref) {
  return StrCat("Gateway ", QualifiedName(ref.gateway->metadata), " spec.servers[", ref.index, "]");
}

// SketchOf returns how a client comes to a server that is not there: as it would if it were. A
// handshake that ends elsewhere is seen as such, so that TLS needs no request.
WitnessSketch SketchOf(const ServerRef& ref, ListenerKey listener) {
  WitnessSketch sketch;
  sketch.listener = std::move(listener);
  sketch.tls = IsTlsServer(ref.server());
  sketch.http = !sketch.tls && IsHttpServer(ref.server());
  sketch.hosts = ServerNames(ref.server().hosts);
  return sketch;
}

void ReportRejections(const MergeResult& merged, CompileState& state) {
  const SocketKeys keys = KeysOf(merged);
  for (const Rejection& rejection : merged.rejections) {
    const Provenance origin = state.Origin(rejection.ref);
    if (!rejection.winner) {
      state.Report(*rejection.rule, origin, rejection.message);
      continue;
    }
    const Server& lost = rejection.ref.server();
    const auto key = keys.find({rejection.port, lost.bind});
    const ListenerKey declared{lost.bind, static_cast<uint16_t>(lost.port->number)};
    state.ReportLoss(*rejection.rule, origin, rejection.message, state.Origin(*rejection.winner),
                     SketchOf(rejection.ref, key == keys.end() ? declared : key->second));
  }
}

void ReportSilentServers(const MergeResult& merged, const StringSet& served, CompileState& state) {
  const SocketKeys keys = KeysOf(merged);
  for (const MergedListener& listener : merged.listeners) {
    for (const MergedServer& server : listener.servers) {
      // Servers of one plaintext HTTP listener share the chain of the first.
      if (server.route_name.starts_with("http.")) continue;
      const std::string place = PlaceOf(server.ref);
      if (served.contains(place) || state.lost.contains(place)) continue;
      const Port& port = *server.ref.server().port;
      state.Report(kServerRoutesNone, state.Origin(server.ref),
                   StrCat("no rule of a VirtualService applies to port ", port.number,
                          ", protocol ", port.protocol, ": it does not listen for this server"),
                   SketchOf(server.ref, keys.find({listener.port, listener.bind})->second));
    }
  }
}

// ReportCrash reports the first host of a server that stops Istio's generator (observed.md 2).
void ReportCrash(const ServerRef& ref, CompileState& state) {
  const std::vector<std::string>& hosts = ref.server().hosts;
  const auto any = std::find(hosts.begin(), hosts.end(), "*/*");
  if (any == hosts.end()) return;
  const auto after = std::find_if(any + 1, hosts.end(), [](const std::string& host) {
    return host != "*/*" && (host.starts_with("./") || host.starts_with("*/"));
  });
  if (after == hosts.end()) return;
  state.Report(kServerHostsCrashIstio,
               HostOrigin(ref, static_cast<size_t>(after - hosts.begin()), state),
               StrCat(Quote(*after),
                      " behind \"*/*\" makes Istio's generator panic for each proxy "
                      "of the Gateway; here \"*/*\" stands for all"));
}

// ReportFreeze reports a host that is another's in lower case, so that Envoy refuses the listener.
void ReportFreeze(const MergedServer& server, const ListenerKey& listener, const StringSet& served,
                  CompileState& state) {
  const std::vector<std::string>& hosts = server.ref.server().hosts;
  if (hosts.size() < 2 || !IsTlsServer(server.ref.server()) ||
      IsPassthroughServer(server.ref.server()) || !served.contains(PlaceOf(server.ref))) {
    return;
  }
  StringMap<std::string_view> seen;
  for (size_t i = 0; i < hosts.size(); ++i) {
    const std::string_view host = std::string_view(hosts[i]).substr(hosts[i].find('/') + 1);
    const auto [first, is_new] = seen.try_emplace(AsciiLower(host), host);
    if (is_new || first->second == host) continue;
    WitnessSketch sketch = SketchOf(server.ref, listener);
    sketch.hosts = {AsciiLower(host)};
    state.Report(kServerHostsFreezeEnvoy, HostOrigin(server.ref, i, state),
                 StrCat("hosts ", Quote(first->second), " and ", Quote(host),
                        " are one server name: Envoy refuses the whole listener; here they are "
                        "one"),
                 std::move(sketch));
    return;
  }
}

// ReportUnserved reports the servers of `gateways` whose port no Service of the proxy leads to.
void ReportUnserved(std::span<const Gateway* const> gateways, CompileState& state) {
  std::optional<std::set<uint32_t>> served = ServedPorts(state.config, state.options);
  if (!served && state.is_pod) served.emplace();
  if (!served) return;
  for (const Gateway* gateway : gateways) {
    for (size_t i = 0; i < gateway->servers.size(); ++i) {
      const Boxed<Port>& port = gateway->servers[i].port;
      if (!port || served->contains(port->number)) continue;
      state.Report(kServerPortUnserved, state.Origin({gateway, i}),
                   StrCat("no Service that selects the proxy leads to port ", port->number));
    }
  }
}

}  // namespace

SocketKeys KeysOf(const MergeResult& merged) {
  SocketKeys keys;
  SocketKeys sockets;  // The same by what is listened on.
  for (const MergedListener& listener : merged.listeners) {
    const auto socket =
        sockets.try_emplace({listener.port, listener.socket_bind()}, listener.key());
    keys.try_emplace({listener.port, listener.bind}, socket.first->second);
  }
  return keys;
}

void ReportGateways(std::span<const Gateway* const> selected, CompileState& state) {
  ReportUnserved(selected, state);
  std::vector<const Gateway*> sorted(selected.begin(), selected.end());
  std::sort(sorted.begin(), sorted.end());
  for (const Gateway& gateway : state.config.gateways) {
    if (std::binary_search(sorted.begin(), sorted.end(), &gateway)) continue;
    const Provenance at =
        state.Origin("Gateway", gateway.metadata, gateway.source, "spec.selector");
    if (IsSelected(gateway.selector, state.options.labels)) {
      state.Report(kGatewayMergingExcluded, at,
                   "a generated Gateway of another namespace has a service account, and keeps this "
                   "one off its proxy");
    } else {
      state.Report(kGatewaySelectorUnmatched, at,
                   StrCat("selector ", Quote(SelectorText(gateway.selector)),
                          " is no part of the labels of this proxy: the Gateway is for another"));
    }
  }
}

void ReportServers(const MergeResult& merged, CompileState& state) {
  StringSet served;
  for (const Chain& chain : state.tables.chains) served.insert(PlaceOf(chain.server));
  ReportRejections(merged, state);
  ReportSilentServers(merged, served, state);
  const SocketKeys keys = KeysOf(merged);
  for (const MergedListener& listener : merged.listeners) {
    const ListenerKey& key = keys.find({listener.port, listener.bind})->second;
    for (const MergedServer& server : listener.servers) {
      ReportCrash(server.ref, state);
      ReportFreeze(server, key, served, state);
    }
  }
  for (const ServerRef& ref : merged.frozen) {
    state.Report(kServerProtocolFreezeEnvoy, state.Origin(ref),
                 StrCat("protocol ", ref.server().port->protocol,
                        " is spelled otherwise than on the same bind before: Envoy refuses the "
                        "whole listener; here the servers merge"));
  }
}

}  // namespace postern
