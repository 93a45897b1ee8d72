#include "lib/compile/chain_compiler.h"

#include <algorithm>
#include <utility>

#include "lib/base/strings.h"
#include "lib/compile/auto_passthrough.h"
#include "lib/compile/cluster_compiler.h"
#include "lib/compile/server_class.h"
#include "lib/match/host_names.h"
#include "lib/model/protocol.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;

// Istio's idle timeout of proxied bytes, unless a DestinationRule has one.
constexpr Duration kTcpIdleTimeout = std::chrono::hours(1);

std::string GatewayName(const MergedServer& server) {
  return QualifiedName(server.ref.gateway->metadata);
}

// NamesGateway returns whether `gateways` of a match in a VirtualService of namespace `ns` is empty
// or holds the Gateway "ns/name".
bool NamesGateway(const std::vector<std::string>& gateways, std::string_view ns,
                  std::string_view gateway) {
  return gateways.empty() ||
         std::any_of(gateways.begin(), gateways.end(), [ns, gateway](const std::string& name) {
           return ResolveGatewayName(name, ns) == gateway;
         });
}

// Applies returns whether a match of a tcp or tls rule is for `server`. Istio's gateways look at no
// other of its conditions.
template <typename Match>
bool Applies(const Match& match, const MergedServer& server, std::string_view ns,
             std::string_view gateway) {
  return (match.port == 0 || match.port == server.ref.server().port->number) &&
         NamesGateway(match.gateways, ns, gateway);
}

}  // namespace

void ChainCompiler::Compile(const MergeResult& merged) {
  size_t servers = 0;
  for (const MergedListener& listener : merged.listeners) servers += listener.servers.size();
  state_.tables.chains.reserve(servers);
  state_.tables.tls_servers.reserve(servers);
  state_.tables.route_configs.reserve(servers);
  for (const MergedListener& listener : merged.listeners) {
    const MergedServer& first = listener.servers.front();
    ListenerTable& table = TableOf(listener, first);
    if (IsHttpFamily(ParseProtocol(listener.protocol))) {
      CompileHttp(listener, table);
      continue;
    }
    for (const MergedServer& server : listener.servers) {
      const Boxed<ServerTlsSettings>& tls = server.ref.server().tls;
      if (tls && tls->mode == TlsMode::kAutoPassthrough) {
        CompileAutoPassthrough(server, table);
      } else if (tls && tls->mode == TlsMode::kPassthrough) {
        CompilePassthrough(server, table);
      } else if (IsTerminatedHttps(server.ref.server())) {
        CompileTerminatedHttps(server, table);
      } else {
        CompileTcp(server, table);
      }
    }
  }
  Finish();
}

ListenerTable& ChainCompiler::TableOf(const MergedListener& listener, const MergedServer& server) {
  // A listener is known by the port that its first server declares, whatever a Service makes of it.
  const uint32_t declared = server.ref.server().port->number;
  const auto [it, is_new] =
      tables_.try_emplace({listener.port, listener.socket_bind()},
                          ListenerTable({listener.bind, static_cast<uint16_t>(declared)}));
  return it->second;
}

Chain ChainCompiler::StartChain(const MergedServer& server) {
  const Server& declared = server.ref.server();
  Chain chain;
  chain.server = state_.Origin(server.ref);
  if (!IsTlsServer(declared)) return chain;
  chain.mode = declared.tls->mode;
  chain.tls = IsPassthroughServer(declared) ? ChainDecision::Tls::kPassthrough
                                            : ChainDecision::Tls::kTerminate;
  return chain;
}

void ChainCompiler::SetNames(Chain* chain, std::span<const std::string> names) {
  if (std::find(names.begin(), names.end(), "*") != names.end()) return;
  for (const std::string& name : names) {
    chain->names.push_back(state_.tables.text.Intern(AsciiLower(name)));
  }
  std::sort(chain->names.begin(), chain->names.end());
  chain->names.erase(std::unique(chain->names.begin(), chain->names.end()), chain->names.end());
}

uint32_t ChainCompiler::AddTlsServer(const MergedServer& server, uint32_t chain) {
  const Server& declared = server.ref.server();
  SnapshotTables& tables = state_.tables;
  TlsServer added;
  added.credential_name = tables.text.Copy(declared.tls->credential_name);
  added.identity = tables.text.Copy(StrCat(GatewayName(server), " ", declared.bind, " ",
                                           declared.port->number, " ", declared.port->name));
  added.chain = chain;
  ServerTlsSettings common = *declared.tls;
  common.credential_name.clear();
  // The servers of one port mostly say the same.
  std::deque<ServerTlsSettings>& known = tables.tls_settings;
  if (known.empty() || known.back() != common) known.push_back(std::move(common));
  added.common = &known.back();
  tables.tls_servers.push_back(added);
  return static_cast<uint32_t>(tables.tls_servers.size() - 1);
}

WitnessSketch ChainCompiler::SketchOf(const ListenerTable& table, const Chain& chain) {
  WitnessSketch sketch;
  sketch.listener = table.key();
  sketch.tls = chain.tls != ChainDecision::Tls::kNone;
  sketch.hosts.assign(chain.names.begin(), chain.names.end());
  if (!chain.alpn.empty()) sketch.alpn = chain.alpn.front();
  return sketch;
}

void ChainCompiler::NoteLost(const Chain& chain) {
  state_.lost.insert(StrCat(chain.server.resource, " ", chain.server.path));
}

void ChainCompiler::Add(Chain chain, const MergedServer& server, ListenerTable& table) {
  SnapshotTables& tables = state_.tables;
  const Provenance origin = chain.rule.resource.empty() ? chain.server : chain.rule;
  if (const uint32_t taken = table.Taken(chain); taken != Chain::kNone) {
    const Chain& winner = tables.chains[taken];
    WitnessSketch sketch = SketchOf(table, chain);
    NoteLost(chain);
    state_.ReportLoss(kListenerChainDuplicate, origin,
                      StrCat("filter chain of ", table.key().ToString(),
                             " matches what another chain matches: it is dropped, where Istio "
                             "would lose the whole listener"),
                      winner.rule.resource.empty() ? winner.server : winner.rule,
                      std::move(sketch));
    return;
  }
  const auto number = static_cast<uint32_t>(tables.chains.size());
  if (const absl::Status added = table.Add(chain, number); !added.ok()) {
    NoteLost(chain);
    state_.Report(kListenerServerNameInvalid, origin,
                  StrCat("filter chain of ", table.key().ToString(),
                         " is dropped: ", ToStd(added.message())));
    return;
  }
  if (chain.tls == ChainDecision::Tls::kTerminate) chain.tls_server = AddTlsServer(server, number);
  tables.chains.push_back(std::move(chain));
}

void ChainCompiler::CompileHttp(const MergedListener& listener, ListenerTable& table) {
  // As in Istio, the first server speaks for the listener.
  const Server& first = listener.servers.front().ref.server();
  std::vector<const MergedServer*> servers;
  for (const MergedServer& server : listener.servers) servers.push_back(&server);
  Chain chain = StartChain(listener.servers.front());
  chain.grpc_web = ParseProtocol(first.port->protocol) == Protocol::kGrpcWeb;
  chain.route_config = virtual_hosts_.Compile(listener.servers.front().route_name, servers);
  Add(std::move(chain), listener.servers.front(), table);
}

void ChainCompiler::CompileTerminatedHttps(const MergedServer& server, ListenerTable& table) {
  Chain chain = StartChain(server);
  SetNames(&chain, ServerNames(server.hosts));
  const MergedServer* const one = &server;
  chain.route_config = virtual_hosts_.Compile(server.route_name, {&one, 1});
  Add(std::move(chain), server, table);
}

bool ChainCompiler::SetDestinations(Chain* chain, const ResolvedVirtualService& service,
                                    const std::vector<RouteDestination>& route,
                                    const MergedServer& server) {
  chain->action = ChainDecision::Action::kTcp;
  const std::string& ns = service.source->metadata.ns;
  // The first destination is asked even if it has no weight.
  const std::string first =
      route.front().destination
          ? ResolveShortHost(route.front().destination->host, ns, state_.options.cluster_domain)
          : std::string();
  chain->idle_timeout = state_.clusters->IdleTimeout(first).value_or(kTcpIdleTimeout);
  const bool alone = route.size() == 1;
  std::string_view subset;
  if (alone && route.front().destination) subset = route.front().destination->subset;
  chain->hash_source_ip = state_.clusters->HashesSourceIp(first, subset);
  uint64_t weight_end = 0;
  for (const RouteDestination& destination : route) {
    if (!destination.destination) continue;
    // One destination gets all, whatever its weight; of several, those without weight get nothing.
    if (!alone && destination.weight <= 0) continue;
    weight_end += alone ? 1 : static_cast<uint64_t>(destination.weight);
    const uint32_t cluster =
        state_.clusters->Resolve(*destination.destination, ns, server.ref.server().port->number,
                                 ClusterCompiler::Traffic::kBytes);
    chain->destinations.push_back({state_.tables.clusters[cluster].name, cluster, weight_end});
  }
  return !chain->destinations.empty();
}

void ChainCompiler::CompileTcp(const MergedServer& server, ListenerTable& table) {
  const std::string gateway = GatewayName(server);
  std::optional<Provenance> winner;
  for (const Binding& binding : binder_.Bind(server)) {
    const ResolvedVirtualService& service = binder_.service(binding.service);
    const VirtualService& source = *service.source;
    for (size_t i = 0; i < source.tcp.size(); ++i) {
      const TcpRoute& rule = source.tcp[i];
      const bool applies =
          rule.match.empty() ||
          std::any_of(rule.match.begin(), rule.match.end(), [&](const L4MatchAttributes& match) {
            return Applies(match, server, source.metadata.ns, gateway);
          });
      if (!applies || rule.route.empty()) continue;
      Chain chain = StartChain(server);
      if (chain.tls == ChainDecision::Tls::kTerminate) {
        SetNames(&chain, ServerNames(server.hosts));
      }
      chain.rule = state_.Origin("VirtualService", source.metadata, source.source,
                                 StrCat("spec.tcp[", i, "]"));
      // The first rule that applies takes all connections of the server.
      if (winner) {
        if (!state_.IsFirst(kTcpRouteShadowed, chain.rule)) continue;
        state_.ReportLoss(kTcpRouteShadowed, chain.rule,
                          StrCat("an earlier rule takes all connections of port ",
                                 server.ref.server().port->number),
                          *winner, SketchOf(table, chain));
        continue;
      }
      winner = chain.rule;
      if (SetDestinations(&chain, service, rule.route, server)) {
        Add(std::move(chain), server, table);
      }
    }
  }
}

bool ChainCompiler::TakeSniHosts(const MergedServer& server, const TlsMatchAttributes& match,
                                 const Provenance& origin, const ListenerTable& table) {
  const Server& declared = server.ref.server();
  auto& known = sni_hosts_[server.port];
  const auto taken = std::find_if(match.sni_hosts.begin(), match.sni_hosts.end(),
                                  [&known, &declared](const std::string& name) {
                                    const auto it = known.find(name);
                                    return it != known.end() && it->second.first == declared.bind;
                                  });
  if (taken == match.sni_hosts.end()) {
    for (const std::string& name : match.sni_hosts) {
      known.insert_or_assign(name, std::pair(declared.bind, origin));
    }
    return true;
  }
  const Provenance& winner = known.find(*taken)->second.second;
  const Chain lost = StartChain(server);
  NoteLost(lost);
  // Through another server the same match may have them: then it is this server that loses.
  const bool same = winner.resource == origin.resource && winner.path == origin.path;
  WitnessSketch sketch = SketchOf(table, lost);
  sketch.hosts = {*taken};
  state_.ReportLoss(kServerSniHostTaken, same ? lost.server : origin,
                    StrCat("SNI host ", Quote(*taken), " is taken on port ", declared.port->number,
                           ": the match is dropped, with all of its names"),
                    winner, std::move(sketch));
  return false;
}

void ChainCompiler::CompilePassthrough(const MergedServer& server, ListenerTable& table) {
  const std::string gateway = GatewayName(server);
  for (const Binding& binding : binder_.Bind(server)) {
    const ResolvedVirtualService& service = binder_.service(binding.service);
    const VirtualService& source = *service.source;
    for (size_t i = 0; i < source.tls.size(); ++i) {
      const TlsRoute& rule = source.tls[i];
      if (rule.route.empty()) continue;
      for (size_t k = 0; k < rule.match.size(); ++k) {
        const TlsMatchAttributes& match = rule.match[k];
        if (!Applies(match, server, source.metadata.ns, gateway)) continue;
        Chain chain = StartChain(server);
        SetNames(&chain, match.sni_hosts);
        chain.rule = state_.Origin("VirtualService", source.metadata, source.source,
                                   StrCat("spec.tls[", i, "].match[", k, "]"));
        if (TakeSniHosts(server, match, chain.rule, table) &&
            SetDestinations(&chain, service, rule.route, server)) {
          Add(std::move(chain), server, table);
        }
      }
    }
  }
}

void ChainCompiler::CompileAutoPassthrough(const MergedServer& server, ListenerTable& table) {
  for (const AutoPassthroughName& name : AutoPassthroughNames(server.hosts, *state_.clusters)) {
    Chain chain = StartChain(server);
    chain.names = {state_.tables.text.Intern(AsciiLower(name.sni))};
    for (const std::string_view alpn : kMeshAlpn) {
      chain.alpn.push_back(state_.tables.text.Intern(alpn));
    }
    chain.action = ChainDecision::Action::kTcp;
    const ClusterName cluster = state_.tables.clusters[name.cluster].name;
    chain.idle_timeout = state_.clusters->IdleTimeout(cluster.host).value_or(kTcpIdleTimeout);
    chain.hash_source_ip = state_.clusters->HashesSourceIp(cluster.host, cluster.subset);
    chain.destinations = {{cluster, name.cluster, 1}};
    Add(std::move(chain), server, table);
  }
}

void ChainCompiler::Finish() {
  SnapshotTables& tables = state_.tables;
  for (auto& [key, table] : tables_) {
    if (!table.empty()) tables.listeners.push_back(std::move(table));
  }
  std::sort(tables.listeners.begin(), tables.listeners.end(),
            [](const ListenerTable& a, const ListenerTable& b) { return a.key() < b.key(); });
  for (uint32_t i = 0; i < tables.listeners.size(); ++i) {
    for (const uint32_t chain : tables.listeners[i].chains()) tables.chains[chain].listener = i;
  }
}

}  // namespace postern
