// Diff: what two Snapshots decide differently. How it is written down is in lib/snapshot/diff_text.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/snapshot/action_text.h"
#include "lib/snapshot/chain_decision.h"
#include "lib/snapshot/tables.h"
#include "lib/snapshot/tls_strength.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

using Change = SnapshotDiff::Change;
using Kind = SnapshotDiff::Kind;

std::string PlaceText(const Provenance& at) {
  std::string text = StrCat(at.resource, " ", at.path);
  if (const std::string where = at.location().ToString(); !where.empty()) {
    StrAppend(&text, " (", where, ")");
  }
  return text;
}

// A ChainKey is what a connection shows: one server name, "*" for none of them, and its ALPN.
using ChainKey = std::pair<std::string_view, std::string>;

std::map<ChainKey, const Chain*> ChainsByName(const SnapshotTables& tables,
                                              const ListenerTable& listener) {
  std::map<ChainKey, const Chain*> chains;
  for (const uint32_t number : listener.chains()) {
    const Chain& chain = tables.chains[number];
    std::string alpn;
    for (const std::string_view protocol : chain.alpn) StrAppend(&alpn, protocol, ",");
    if (chain.names.empty()) chains.emplace(ChainKey("*", alpn), &chain);
    for (const std::string_view name : chain.names) chains.emplace(ChainKey(name, alpn), &chain);
  }
  return chains;
}

// RoutesOf returns the routes of a virtual host, each with all that it does.
std::vector<std::string> RoutesOf(const VirtualHost& host) {
  std::vector<std::string> routes;
  if (host.routes == nullptr) return routes;
  for (const Route* route : host.routes->routes()) {
    routes.push_back(StrCat(route->ToString(), " -> ", ActionText(route->action)));
  }
  return routes;
}

// ServicesOf returns the VirtualServices that the routes of `host` are of.
std::set<std::string_view> ServicesOf(const VirtualHost& host) {
  std::set<std::string_view> services;
  if (host.routes == nullptr) return services;
  for (const Route* route : host.routes->routes()) services.insert(route->match.resource);
  return services;
}

std::string Joined(const std::set<std::string_view>& texts) {
  std::string joined;
  for (const std::string_view text : texts) StrAppend(&joined, joined.empty() ? "" : ", ", text);
  return joined.empty() ? "nobody" : joined;
}

// A Differ compares one listener of both Snapshots.
class Differ {
 public:
  Differ(const SnapshotTables& from, const SnapshotTables& to, const ListenerKey& key,
         std::vector<Change>* changes)
      : from_(from), to_(to), key_(key), changes_(*changes) {}

  void Compare(const ListenerTable& from, const ListenerTable& to) {
    const auto old_chains = ChainsByName(from_, from);
    const auto new_chains = ChainsByName(to_, to);
    for (const auto& [key, chain] : old_chains) {
      const auto it = new_chains.find(key);
      if (it == new_chains.end()) {
        Add(Kind::kHostRemoved, key.first, StrCat("was served by ", PlaceText(chain->server)),
            true);
        continue;
      }
      CompareChains(key.first, *chain, *it->second);
    }
    for (const auto& [key, chain] : new_chains) {
      if (old_chains.contains(key)) continue;
      Add(Kind::kHostAdded, key.first, StrCat("is served by ", PlaceText(chain->server)), false);
    }
  }

 private:
  void Add(Kind kind, std::string_view host, std::string what, bool drains) {
    // A host may be a server name and a virtual host: it is added or removed once.
    if (!seen_.emplace(kind, std::string(host), what).second) return;
    if ((kind == Kind::kHostAdded || kind == Kind::kHostRemoved) &&
        !hosts_.emplace(kind, std::string(host)).second) {
      return;
    }
    changes_.push_back({kind, key_, std::string(host), std::move(what), drains});
  }

  std::string_view IdentityOf(const SnapshotTables& tables, const Chain& chain) const {
    // The place in the list of servers is no part of what a server is.
    return chain.tls_server == Chain::kNone ? chain.server.resource
                                            : tables.tls_servers[chain.tls_server].identity;
  }

  void CompareChains(std::string_view name, const Chain& old_chain, const Chain& new_chain) {
    const bool moved = IdentityOf(from_, old_chain) != IdentityOf(to_, new_chain);
    const bool other_kind = old_chain.action != new_chain.action || old_chain.tls != new_chain.tls;
    if (moved || other_kind) {
      Add(Kind::kHostMoved, name,
          StrCat("is served by ", PlaceText(new_chain.server), ", was by ",
                 PlaceText(old_chain.server)),
          true);
    }
    CompareTlsOf(name, old_chain, new_chain);
    if (other_kind) return;
    if (new_chain.action == ChainDecision::Action::kTcp) {
      const std::string old_text = DestinationsText(old_chain);
      const std::string new_text = DestinationsText(new_chain);
      if (old_text == new_text && old_chain.idle_timeout == new_chain.idle_timeout) return;
      Add(Kind::kRouteChanged, name,
          StrCat("goes to ", new_text, " by ", PlaceText(new_chain.rule), ", went to ", old_text,
                 " by ", PlaceText(old_chain.rule)),
          true);
    } else if (compared_.emplace(old_chain.route_config, new_chain.route_config).second) {
      CompareRoutes(from_.route_configs[old_chain.route_config],
                    to_.route_configs[new_chain.route_config]);
    }
  }

  void CompareTlsOf(std::string_view name, const Chain& old_chain, const Chain& new_chain) {
    const bool was = old_chain.tls == ChainDecision::Tls::kTerminate;
    const bool is = new_chain.tls == ChainDecision::Tls::kTerminate;
    if (was != is) {
      // Bytes that pass through are as safe as their end makes them: neither side is stronger.
      const bool plain =
          old_chain.tls == ChainDecision::Tls::kNone || new_chain.tls == ChainDecision::Tls::kNone;
      const Kind kind = !plain ? Kind::kTlsChanged : is ? Kind::kTlsStronger : Kind::kTlsWeaker;
      Add(kind, name, is ? "TLS ends here, did not" : "TLS ends here no more", true);
      return;
    }
    if (!is || !compared_tls_.emplace(old_chain.tls_server, new_chain.tls_server).second) return;
    const TlsComparison comparison = CompareTls(from_.tls_servers[old_chain.tls_server].settings,
                                                to_.tls_servers[new_chain.tls_server].settings);
    switch (comparison.result) {
      case TlsComparison::Result::kSame:
        return;
      case TlsComparison::Result::kStronger:
        return Add(Kind::kTlsStronger, name, comparison.what, true);
      case TlsComparison::Result::kWeaker:
        return Add(Kind::kTlsWeaker, name, comparison.what, true);
      case TlsComparison::Result::kChanged:
        return Add(Kind::kTlsChanged, name, comparison.what, true);
    }
  }

  void CompareRoutes(const RouteConfig& from, const RouteConfig& to) {
    std::map<std::string_view, const VirtualHost*> new_hosts;
    for (const VirtualHost& host : to.virtual_hosts) new_hosts.emplace(host.domain, &host);
    for (const VirtualHost& host : from.virtual_hosts) {
      const auto it = new_hosts.find(host.domain);
      if (it == new_hosts.end()) {
        if (HasAnswer(host)) {
          Add(Kind::kHostRemoved, host.domain, StrCat("was routed by ", Joined(ServicesOf(host))),
              false);
        }
        continue;
      }
      CompareHosts(host, *it->second);
      new_hosts.erase(it);
    }
    for (const auto& [domain, host] : new_hosts) {
      if (!HasAnswer(*host)) continue;
      Add(Kind::kHostAdded, domain, StrCat("is routed by ", Joined(ServicesOf(*host))), false);
    }
  }

  // HasAnswer is false for the host that stands for a table without routes.
  static bool HasAnswer(const VirtualHost& host) {
    return host.redirect != nullptr || host.routes != nullptr;
  }

  void CompareHosts(const VirtualHost& from, const VirtualHost& to) {
    if ((from.redirect == nullptr) != (to.redirect == nullptr)) {
      Add(Kind::kRouteChanged, from.domain,
          to.redirect != nullptr ? "is redirected to https, was routed"
                                 : "is routed, was redirected",
          false);
    }
    const std::vector<std::string> old_routes = RoutesOf(from);
    const std::vector<std::string> new_routes = RoutesOf(to);
    const std::set<std::string_view> old_services = ServicesOf(from);
    const std::set<std::string_view> new_services = ServicesOf(to);
    if (HasAnswer(from) != HasAnswer(to)) {
      Add(HasAnswer(to) ? Kind::kHostAdded : Kind::kHostRemoved, from.domain,
          StrCat("is routed by ", Joined(new_services), ", was by ", Joined(old_services)), false);
      return;
    }
    if (old_routes == new_routes) return;
    std::vector<std::string_view> common;
    std::set_intersection(old_services.begin(), old_services.end(), new_services.begin(),
                          new_services.end(), std::back_inserter(common));
    if (common.empty() && !old_services.empty() && !new_services.empty()) {
      Add(Kind::kHostMoved, from.domain,
          StrCat("is routed by ", Joined(new_services), ", was by ", Joined(old_services)), false);
      return;
    }
    CompareLists(from, to, old_routes, new_routes);
  }

  void CompareLists(const VirtualHost& from, const VirtualHost& to,
                    const std::vector<std::string>& old_routes,
                    const std::vector<std::string>& new_routes) {
    const std::multiset<std::string_view> old_set(old_routes.begin(), old_routes.end());
    const std::multiset<std::string_view> new_set(new_routes.begin(), new_routes.end());
    if (old_set == new_set) {
      Add(Kind::kRouteChanged, from.domain, "the order of its routes", false);
      return;
    }
    for (size_t i = 0; i < old_routes.size(); ++i) {
      if (new_set.contains(old_routes[i])) continue;
      Add(Kind::kRouteChanged, from.domain,
          StrCat("no more ", old_routes[i], " by ", PlaceText(from.routes->routes()[i]->match)),
          false);
    }
    for (size_t i = 0; i < new_routes.size(); ++i) {
      if (old_set.contains(new_routes[i])) continue;
      Add(Kind::kRouteChanged, to.domain,
          StrCat("now ", new_routes[i], " by ", PlaceText(to.routes->routes()[i]->match)), false);
    }
  }

  const SnapshotTables& from_;
  const SnapshotTables& to_;
  const ListenerKey key_;
  std::vector<Change>& changes_;
  std::set<std::tuple<Kind, std::string, std::string>> seen_;
  std::set<std::pair<Kind, std::string>> hosts_;
  std::set<std::pair<uint32_t, uint32_t>> compared_;
  std::set<std::pair<uint32_t, uint32_t>> compared_tls_;
};

// CompareCertificates adds the certificates that are another under the same source.
void CompareCertificates(const SnapshotParts& from, const SnapshotParts& to,
                         std::vector<Change>* changes) {
  std::map<std::string_view, const CertificateInfo*> old_infos;
  for (const CertificateInfo& info : from.certificates) old_infos.emplace(info.source, &info);
  for (const CertificateInfo& info : to.certificates) {
    const auto it = old_infos.find(info.source);
    if (it == old_infos.end() || it->second->serial == info.serial) continue;
    std::string names;
    for (const std::string& name : info.names) StrAppend(&names, names.empty() ? "" : ",", name);
    for (const ListenerKey& listener : info.listeners) {
      changes->push_back(
          {Kind::kCertificateChanged, listener, names,
           StrCat(info.source, " has serial ", info.serial, ", had ", it->second->serial), false});
    }
  }
}

}  // namespace

SnapshotDiff Diff(const Snapshot& from, const Snapshot& to) {
  const SnapshotParts& old_parts = *from.tables_;
  const SnapshotParts& new_parts = *to.tables_;
  SnapshotDiff diff;
  for (const Listener& listener : to.listeners()) {
    if (FindListener(*old_parts.shared, listener.key) == nullptr) diff.opened.push_back(listener);
  }
  for (const Listener& listener : from.listeners()) {
    const ListenerTable* now = FindListener(*new_parts.shared, listener.key);
    if (now == nullptr) {
      diff.closed.push_back(listener.key);
    } else if (old_parts.shared != new_parts.shared) {
      Differ(*old_parts.shared, *new_parts.shared, listener.key, &diff.changes)
          .Compare(*FindListener(*old_parts.shared, listener.key), *now);
    }
  }
  CompareCertificates(old_parts, new_parts, &diff.changes);
  return diff;
}

}  // namespace postern
