#include "lib/snapshot/chain_decision.h"

#include <algorithm>
#include <tuple>

#include "lib/base/strings.h"
#include "lib/snapshot/action_text.h"
#include "lib/snapshot/trace_recorder.h"

namespace postern {
namespace {

// Pick returns the destination of `chain` that `random` falls on.
const Chain::Destination& Pick(const Chain& chain, uint64_t random) {
  const std::vector<Chain::Destination>& all = chain.destinations;
  if (all.size() == 1) return all.front();
  const uint64_t ticket = random % all.back().weight_end;
  return *std::upper_bound(all.begin(), all.end(), ticket,
                           [](uint64_t value, const Chain::Destination& destination) {
                             return value < destination.weight_end;
                           });
}

ChainDecision Refuse(std::string_view detail) {
  ChainDecision refused;
  refused.detail = detail;
  return refused;
}

// FindByEitherName returns what `find` finds of `key`: the listener of all addresses has two names.
template <typename Find>
auto FindByEitherName(const ListenerKey& key, Find find) {
  const auto found = find(key);
  if (found != nullptr) return found;
  if (key.bind.empty()) return find({"0.0.0.0", key.port});
  return key.bind == "0.0.0.0" ? find({"", key.port}) : nullptr;
}

std::string ServerNameText(const ConnectionFacts& facts) {
  if (!facts.tls) return "plaintext";
  return facts.sni.empty() ? std::string("TLS without a server name") : StrCat("SNI ", facts.sni);
}

}  // namespace

const ListenerTable* FindListener(const SnapshotTables& tables, const ListenerKey& key) {
  return FindByEitherName(key, [&tables](const ListenerKey& wanted) -> const ListenerTable* {
    const auto it = std::lower_bound(
        tables.listeners.begin(), tables.listeners.end(), wanted,
        [](const ListenerTable& listener, const ListenerKey& key) { return listener.key() < key; });
    return it != tables.listeners.end() && it->key() == wanted ? &*it : nullptr;
  });
}

const Listener* FindListenerInfo(const SnapshotTables& tables, const ListenerKey& key) {
  return FindByEitherName(key, [&tables](const ListenerKey& wanted) -> const Listener* {
    const auto order = [](const ListenerKey& k) { return std::tie(k.port, k.bind); };
    const std::vector<Listener>& infos = tables.listener_infos;
    const auto it = std::lower_bound(infos.begin(), infos.end(), wanted,
                                     [order](const Listener& listener, const ListenerKey& key) {
                                       return order(listener.key) < order(key);
                                     });
    return it != infos.end() && it->key == wanted ? &*it : nullptr;
  });
}

bool IsMisdirected(const SnapshotTables& tables, uint32_t chain, std::string_view host) {
  const Chain& own = tables.chains[chain];
  if (own.tls != ChainDecision::Tls::kTerminate) return false;
  const uint32_t other = tables.listeners[own.listener].FindName(host);
  return other != Chain::kNone && other != chain &&
         tables.chains[other].tls != ChainDecision::Tls::kNone;
}

ChainDecision Snapshot::Decide(const ConnectionFacts& connection, uint64_t random,
                               Trace* trace) const {
  using Stage = TraceStep::Stage;
  const SnapshotTables& tables = *tables_->shared;
  TraceRecorder record(trace);
  const ListenerTable* listener = FindListener(tables, connection.listener);
  if (record.on()) {
    record.Step(Stage::kListener, listener != nullptr, connection.listener.ToString(),
                listener == nullptr ? "no filter chain has this address and port" : "");
  }
  if (listener == nullptr) return Refuse("no_listener");

  const std::string_view sni = connection.tls ? connection.sni : std::string_view();
  const std::span<const std::string_view> alpn =
      connection.tls ? connection.alpn : std::span<const std::string_view>();
  const uint32_t number = listener->Find(sni, alpn);
  if (record.on()) {
    const std::string_view name = listener->Name(sni);
    const bool matched = !name.empty() || number != Chain::kNone;
    record.Step(
        Stage::kServerName, matched, name.empty() ? "any" : std::string(name),
        matched ? "" : StrCat("no chain has a server name for ", ServerNameText(connection)));
  }
  if (number == Chain::kNone) {
    if (record.on()) {
      const bool named = !listener->Name(sni).empty();
      record.Step(Stage::kChain, false, "filter_chain_not_found",
                  named ? "no chain of this server name takes the ALPN offered"
                        : StrCat("no chain takes ", ServerNameText(connection)));
    }
    return Refuse("filter_chain_not_found");
  }

  const Chain& chain = tables.chains[number];
  ChainDecision decision;
  decision.tls = chain.tls;
  decision.mode = chain.mode;
  decision.server = chain.server;
  decision.rule = chain.rule;
  decision.chain = number;
  if (chain.tls_server != Chain::kNone && tables_->contexts[chain.tls_server] == nullptr) {
    if (record.on()) {
      record.Step(Stage::kChain, false, "secret_not_ready",
                  "the credentials of this server are missing or unusable", chain.server);
    }
    decision.detail = "secret_not_ready";
    return decision;
  }
  decision.action = chain.action;
  if (record.on()) {
    record.Step(Stage::kChain, true, PlaceSubject(chain.server), "", chain.server);
  }
  if (chain.action == ChainDecision::Action::kTcp) {
    const Chain::Destination& destination = Pick(chain, random);
    decision.cluster = destination.cluster;
    decision.cluster_index = destination.cluster_index;
    decision.idle_timeout = chain.idle_timeout;
    decision.hash_source_ip = chain.hash_source_ip;
    if (record.on()) {
      record.Step(Stage::kAction, true, StrCat("forward ", ClusterText(destination.cluster)), "",
                  chain.rule);
    }
  }
  return decision;
}

}  // namespace postern
