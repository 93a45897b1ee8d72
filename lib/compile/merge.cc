#include "lib/compile/merge.h"

#include <map>
#include <tuple>
#include <utility>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/server_class.h"
#include "lib/match/host_names.h"
#include "lib/model/protocol.h"

namespace postern {
namespace {

// RouteName returns the name of the route table of `server`; empty if it has none.
std::string RouteName(const ServerRef& ref, uint32_t port) {
  const Server& server = ref.server();
  std::string name;
  if (IsHttpFamily(ParseProtocol(server.port->protocol))) {
    name = StrCat("http.", port);
  } else if (IsTerminatedHttps(server)) {
    name = StrCat("https.", server.port->number, ".", server.port->name, ".",
                  ref.gateway->metadata.name, ".", ref.gateway->metadata.ns);
  } else {
    return name;
  }
  if (!server.bind.empty()) StrAppend(&name, ".", server.bind);
  return name;
}

std::string BindText(std::string_view bind) {
  return bind.empty() ? std::string("all addresses") : Quote(bind);
}

// A Merger holds the state of validation.md 3.8.
class Merger {
 public:
  explicit Merger(const PortMap& ports) : ports_(ports) {}

  void Add(const ServerRef& ref) {
    const Server& server = ref.server();
    if (!server.port) {
      Reject(ref, kServerPortMissing, "server has no port", std::nullopt, 0);
      return;
    }
    const uint32_t number = ports_.Resolve(server.port->number);
    MergedServer merged{ref, ResolveServerHosts(server.hosts, ref.gateway->metadata.ns), number,
                        RouteName(ref, number)};
    PortState& port = port_states_[number];
    if (server.tls && !TakeHosts(merged, &port)) return;
    if (!port.seen) {
      Register(std::move(merged), number, &port);
    } else if (port.plain) {
      AddBesidePlain(std::move(merged), number, &port);
    } else {
      AddBesideTls(std::move(merged), number, &port);
    }
  }

  MergeResult Finish() && { return std::move(result_); }

 private:
  // A Key is what Istio groups servers by. The protocol is as written.
  using Key = std::tuple<uint32_t, std::string, std::string>;

  struct Taken {
    std::string bind;
    ServerRef by;
  };
  struct PortState {
    bool seen = false;
    std::optional<ServerRef> plain;  // The latest server without TLS.
    StringMap<Taken> tls_hosts;      // Only the last bind of a host is remembered.
  };

  static Key KeyOf(const Server& server, uint32_t number) {
    return {number, server.port->protocol, server.bind};
  }

  void Reject(const ServerRef& ref, const ReportRule& rule, std::string message,
              std::optional<ServerRef> winner, uint32_t port) {
    result_.rejections.push_back({ref, &rule, std::move(message), winner, port});
  }

  // TakeHosts notes the hosts of `merged`, or rejects it if one is taken on the same bind. Hosts
  // stay noted also if the server is rejected later.
  bool TakeHosts(const MergedServer& merged, PortState* port) {
    const Server& server = merged.ref.server();
    for (const std::string& host : merged.hosts) {
      const auto it = port->tls_hosts.find(host);
      if (it == port->tls_hosts.end() || it->second.bind != server.bind) continue;
      if (it->second.by.gateway == merged.ref.gateway && it->second.by.index == merged.ref.index) {
        continue;
      }
      Reject(merged.ref, kServerHostTaken,
             StrCat("host ", Quote(host), " is taken on port ", server.port->number,
                    ": the server is dropped, with all of its hosts"),
             it->second.by, merged.port);
      return false;
    }
    for (const std::string& host : merged.hosts) {
      port->tls_hosts.insert_or_assign(host, Taken{server.bind, merged.ref});
    }
    return true;
  }

  // Register gives `merged` a listener of its own.
  void Register(MergedServer merged, uint32_t number, PortState* port) {
    const Server& server = merged.ref.server();
    port->seen = true;
    if (!IsTlsServer(server)) port->plain = merged.ref;
    keys_.insert_or_assign(KeyOf(server, number), result_.listeners.size());
    if (IsHttpFamily(ParseProtocol(server.port->protocol))) {
      http_.try_emplace({number, server.bind}, result_.listeners.size());
    }
    result_.listeners.push_back({server.bind, number, server.port->protocol, {}});
    Append(std::move(merged), result_.listeners.size() - 1);
  }

  void Append(MergedServer merged, size_t listener) {
    if (!merged.route_name.empty()) route_names_.try_emplace(merged.route_name, merged.ref);
    result_.listeners[listener].servers.push_back(std::move(merged));
  }

  void AddBesidePlain(MergedServer merged, uint32_t number, PortState* port) {
    const Server& server = merged.ref.server();
    const Server& plain = port->plain->server();
    const bool http = IsHttpFamily(ParseProtocol(server.port->protocol));
    const bool plain_http = IsHttpFamily(ParseProtocol(plain.port->protocol));
    if (server.bind == plain.bind) {
      if (!http || !plain_http) {
        Reject(merged.ref, kServerProtocolConflict,
               StrCat("protocol ", server.port->protocol, " does not merge with ",
                      plain.port->protocol, " on port ", server.port->number, " of ",
                      BindText(server.bind)),
               port->plain, number);
        return;
      }
      Append(std::move(merged), keys_.find(KeyOf(plain, number))->second);
      return;
    }
    if (const auto known = keys_.find(KeyOf(server, number)); known != keys_.end()) {
      Append(std::move(merged), known->second);
      return;
    }
    // With another spelling of its protocol, Istio makes a second listener for a bind that has one
    // and so has Envoy refuse both. They merge here, as they do where the spelling is the same.
    if (const auto same = http_.find({number, server.bind}); http && same != http_.end()) {
      result_.frozen.push_back(merged.ref);
      keys_.emplace(KeyOf(server, number), same->second);
      port->plain = merged.ref;
      Append(std::move(merged), same->second);
      return;
    }
    Register(std::move(merged), number, port);
  }

  void AddBesideTls(MergedServer merged, uint32_t number, PortState* port) {
    const Server& server = merged.ref.server();
    if (!IsTlsServer(server)) {
      Register(std::move(merged), number, port);
      return;
    }
    if (!merged.route_name.empty()) {
      if (const auto known = route_names_.find(merged.route_name); known != route_names_.end()) {
        Reject(merged.ref, kServerPortNameTaken,
               StrCat("port name ", Quote(server.port->name), " is taken in this Gateway"),
               known->second, number);
        return;
      }
    }
    const auto [key, is_new] = keys_.try_emplace(KeyOf(server, number), result_.listeners.size());
    if (is_new) {
      result_.listeners.push_back({server.bind, number, server.port->protocol, {}});
    }
    Append(std::move(merged), key->second);
  }

  const PortMap& ports_;
  MergeResult result_;
  std::map<uint32_t, PortState> port_states_;
  std::map<Key, size_t> keys_;                               // Of result_.listeners.
  std::map<std::pair<uint32_t, std::string>, size_t> http_;  // The same, of plaintext HTTP.
  StringMap<ServerRef> route_names_;
};

}  // namespace

MergeResult MergeGateways(std::span<const Gateway* const> gateways, const PortMap& ports) {
  Merger merger(ports);
  for (const Gateway* gateway : gateways) {
    for (size_t i = 0; i < gateway->servers.size(); ++i) merger.Add({gateway, i});
  }
  return std::move(merger).Finish();
}

RouteNameParts ParseRouteName(std::string_view name) {
  const std::vector<std::string_view> parts = Split(name, '.');
  RouteNameParts parsed;
  if (parts.size() >= 2 && parts[0] == "http") {
    parsed.port = ParseDecimal<uint32_t>(parts[1]).value_or(0);
  } else if (parts.size() >= 5 && parts[0] == "https") {
    const std::optional<uint32_t> port = ParseDecimal<uint32_t>(parts[1]);
    if (!port) return parsed;
    parsed = {*port, std::string(parts[2]), StrCat(parts[4], "/", parts[3])};
  }
  return parsed;
}

}  // namespace postern
