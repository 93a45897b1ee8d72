// Diff: what two Snapshots decide differently. How it is written down is in lib/snapshot/diff_text.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <span>
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
#include "lib/snapshot/upstream_diff.h"
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

// A Way is what a connection shows: a server name and its ALPN. A wildcard is looked up as one of
// the names that it stands for, and finds what covers all of them; "" is no name, or no TLS.
using Way = std::pair<std::string_view, std::vector<std::string_view>>;

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

// A Differ compares one listener of both Snapshots. Of each name that either has, it compares the
// answers that both give: one that is listed no more is not gone while another covers it.
class Differ {
 public:
  // A Side is the listener in one of the Snapshots.
  struct Side {
    const SnapshotTables& tables;
    const ListenerTable& listener;
  };

  Differ(const Side& from, const Side& to, std::vector<Change>* changes)
      : from_(from), to_(to), key_(from.listener.key()), changes_(*changes) {}

  void Compare() {
    std::set<Way> ways;
    std::set<std::string_view> domains;
    for (const Side& side : {from_, to_}) {
      for (const uint32_t number : side.listener.chains()) {
        const Chain& chain = side.tables.chains[number];
        if (chain.names.empty()) ways.emplace("", chain.alpn);
        for (const std::string_view name : chain.names) ways.emplace(name, chain.alpn);
        if (chain.action != ChainDecision::Action::kHttp) continue;
        for (const VirtualHost& host :
             side.tables.route_configs[chain.route_config].virtual_hosts) {
          domains.insert(host.domain);
        }
      }
    }
    for (const Way& way : ways) CompareWay(way);
    for (const auto& [name, alpn] : ways) {
      if (!name.empty()) domains.insert(name);
    }
    for (const std::string_view domain : domains)
      CompareDomain(domain, ways.contains({domain, {}}));
  }

 private:
  // Find returns the chain of a connection, or null.
  static const Chain* Find(const Side& side, std::string_view name,
                           std::span<const std::string_view> alpn) {
    const uint32_t number = side.listener.Find(name, alpn);
    return number == Chain::kNone ? nullptr : &side.tables.chains[number];
  }

  static const Chain* FindPlain(const Side& side) {
    const Chain* chain = Find(side, "", {});
    return chain != nullptr && chain->tls == ChainDecision::Tls::kNone ? chain : nullptr;
  }

  void Add(Kind kind, std::string_view host, std::string what, bool drains) {
    // A host may be a server name and a virtual host: it is added or removed once.
    if (!seen_.emplace(kind, std::string(host), what).second) return;
    if ((kind == Kind::kHostAdded || kind == Kind::kHostRemoved) &&
        !hosts_.emplace(kind, std::string(host)).second) {
      return;
    }
    changes_.push_back({kind, key_, std::string(host), std::move(what), drains});
  }

  void CompareWay(const Way& way) {
    const std::string_view name = way.first.empty() ? "*" : way.first;
    const Chain* old_chain = Find(from_, way.first, way.second);
    const Chain* new_chain = Find(to_, way.first, way.second);
    if (old_chain == nullptr && new_chain != nullptr) {
      Add(Kind::kHostAdded, name, StrCat("is served by ", PlaceText(new_chain->server)), false);
    } else if (old_chain != nullptr && new_chain == nullptr) {
      Add(Kind::kHostRemoved, name, StrCat("was served by ", PlaceText(old_chain->server)), true);
    } else if (old_chain != nullptr) {
      CompareChains(name, *old_chain, *new_chain);
    }
  }

  // IsSameServer does not look at the place in the list of servers: it is no part of what one is.
  bool IsSameServer(const Chain& old_chain, const Chain& new_chain) const {
    if (old_chain.tls_server == Chain::kNone || new_chain.tls_server == Chain::kNone) {
      return old_chain.server.resource == new_chain.server.resource;
    }
    return from_.tables.tls_servers[old_chain.tls_server].identity ==
           to_.tables.tls_servers[new_chain.tls_server].identity;
  }

  void CompareChains(std::string_view name, const Chain& old_chain, const Chain& new_chain) {
    const bool same_action = old_chain.action == new_chain.action;
    if (!same_action || !IsSameServer(old_chain, new_chain)) {
      // As ClientConnection::SamePolicy has it: what is not of TLS goes on under another server.
      const bool drains = !same_action || old_chain.tls != new_chain.tls ||
                          old_chain.mode != new_chain.mode || old_chain.tls_server != Chain::kNone;
      Add(Kind::kHostMoved, name,
          StrCat("is served by ", PlaceText(new_chain.server), ", was by ",
                 PlaceText(old_chain.server)),
          drains);
    }
    CompareTlsOf(name, old_chain, new_chain);
    if (same_action && old_chain.grpc_web != new_chain.grpc_web) {
      Add(Kind::kRouteChanged, name,
          new_chain.grpc_web ? "gRPC-Web goes on as gRPC, went on as it came"
                             : "gRPC-Web goes on as it comes, went on as gRPC",
          false);
    }
    if (!same_action || new_chain.action != ChainDecision::Action::kTcp) return;
    const std::string old_text = DestinationsText(old_chain);
    const std::string new_text = DestinationsText(new_chain);
    if (old_text == new_text && old_chain.idle_timeout == new_chain.idle_timeout) return;
    Add(Kind::kRouteChanged, name,
        StrCat("goes to ", new_text, " by ", PlaceText(new_chain.rule), ", went to ", old_text,
               " by ", PlaceText(old_chain.rule)),
        false);  // A tunnel stays with the destination that it has.
  }

  void CompareTlsOf(std::string_view name, const Chain& old_chain, const Chain& new_chain) {
    using Tls = ChainDecision::Tls;
    const bool was = old_chain.tls == Tls::kTerminate;
    const bool is = new_chain.tls == Tls::kTerminate;
    if (old_chain.tls != new_chain.tls) {
      // A plain chain that carries bytes carries those of TLS, too.
      if (!was && !is && old_chain.action == new_chain.action) return;
      // Bytes that pass through are as safe as their end makes them: neither side is stronger.
      const Kind kind = old_chain.tls == Tls::kNone   ? Kind::kTlsStronger
                        : new_chain.tls == Tls::kNone ? Kind::kTlsWeaker
                                                      : Kind::kTlsChanged;
      const std::string_view what = is                            ? "TLS ends here, did not"
                                    : was                         ? "TLS ends here no more"
                                    : new_chain.tls == Tls::kNone ? "TLS passes through no more"
                                                                  : "TLS passes through, did not";
      Add(kind, name, std::string(what), true);
      return;
    }
    if (!is || !compared_tls_.emplace(old_chain.tls_server, new_chain.tls_server).second) return;
    const TlsComparison comparison =
        CompareTls(from_.tables.tls_servers[old_chain.tls_server].settings(),
                   to_.tables.tls_servers[new_chain.tls_server].settings());
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

  // CompareDomain compares the requests for a host, made on a connection for its name and on one
  // without TLS.
  void CompareDomain(std::string_view domain, bool is_server_name) {
    const Chain* old_chain = Find(from_, domain, {});
    const Chain* new_chain = Find(to_, domain, {});
    CompareRequests(domain, is_server_name, old_chain, new_chain);
    const Chain* old_plain = FindPlain(from_);
    const Chain* new_plain = FindPlain(to_);
    if (old_plain == old_chain && new_plain == new_chain) return;
    CompareRequests(domain, false, old_plain, new_plain);
  }

  // CompareRequests compares the virtual hosts of `domain` on two chains. A host that neither of
  // them lists gets what the one that covers it gets, and is not compared again, unless the chains
  // are those of a server name.
  void CompareRequests(std::string_view domain, bool is_server_name, const Chain* old_chain,
                       const Chain* new_chain) {
    // A chain that is added, removed, or carries bytes has been compared as such.
    if (old_chain == nullptr || old_chain->action != ChainDecision::Action::kHttp ||
        new_chain == nullptr || new_chain->action != ChainDecision::Action::kHttp) {
      return;
    }
    const RouteConfig& from = from_.tables.route_configs[old_chain->route_config];
    const RouteConfig& to = to_.tables.route_configs[new_chain->route_config];
    const auto lists = [domain](const RouteConfig& config) {
      return config.hosts.FindPattern(domain) != SuffixTable::kNone;
    };
    if (!is_server_name && !lists(from) && !lists(to)) return;
    const VirtualHost* was = AnswerOf(from, domain);
    const VirtualHost* is = AnswerOf(to, domain);
    if (was == nullptr && is != nullptr) {
      Add(Kind::kHostAdded, domain, StrCat("is routed by ", Joined(ServicesOf(*is))), false);
    } else if (was != nullptr && is == nullptr) {
      Add(Kind::kHostRemoved, domain, StrCat("was routed by ", Joined(ServicesOf(*was))), false);
    } else if (was != nullptr) {
      CompareHosts(domain, *was, *is);
    }
  }

  // AnswerOf returns the virtual host of `domain`; null if there is none, or only the one that
  // stands for a table without routes.
  static const VirtualHost* AnswerOf(const RouteConfig& config, std::string_view domain) {
    const VirtualHost* host = config.Find(SuffixTable::Lookup(config.hosts, domain));
    const bool has_answer =
        host != nullptr && (host->redirect != nullptr || host->routes != nullptr);
    return has_answer ? host : nullptr;
  }

  void CompareHosts(std::string_view domain, const VirtualHost& from, const VirtualHost& to) {
    if ((from.redirect == nullptr) != (to.redirect == nullptr)) {
      Add(Kind::kRouteChanged, domain,
          to.redirect != nullptr ? "is redirected to https, was routed"
                                 : "is routed, was redirected",
          false);
    }
    const std::vector<std::string> old_routes = RoutesOf(from);
    const std::vector<std::string> new_routes = RoutesOf(to);
    if (old_routes == new_routes) return;
    const std::set<std::string_view> old_services = ServicesOf(from);
    const std::set<std::string_view> new_services = ServicesOf(to);
    std::vector<std::string_view> common;
    std::set_intersection(old_services.begin(), old_services.end(), new_services.begin(),
                          new_services.end(), std::back_inserter(common));
    if (common.empty() && !old_services.empty() && !new_services.empty()) {
      Add(Kind::kHostMoved, domain,
          StrCat("is routed by ", Joined(new_services), ", was by ", Joined(old_services)), false);
      return;
    }
    CompareLists(domain, from, to, old_routes, new_routes);
  }

  void CompareLists(std::string_view domain, const VirtualHost& from, const VirtualHost& to,
                    const std::vector<std::string>& old_routes,
                    const std::vector<std::string>& new_routes) {
    const std::multiset<std::string_view> old_set(old_routes.begin(), old_routes.end());
    const std::multiset<std::string_view> new_set(new_routes.begin(), new_routes.end());
    if (old_set == new_set) {
      Add(Kind::kRouteChanged, domain, "the order of its routes", false);
      return;
    }
    for (size_t i = 0; i < old_routes.size(); ++i) {
      if (new_set.contains(old_routes[i])) continue;
      Add(Kind::kRouteChanged, domain,
          StrCat("no more ", old_routes[i], " by ", PlaceText(from.routes->routes()[i]->match)),
          false);
    }
    for (size_t i = 0; i < new_routes.size(); ++i) {
      if (old_set.contains(new_routes[i])) continue;
      Add(Kind::kRouteChanged, domain,
          StrCat("now ", new_routes[i], " by ", PlaceText(to.routes->routes()[i]->match)), false);
    }
  }

  const Side from_;
  const Side to_;
  const ListenerKey key_;
  std::vector<Change>& changes_;
  std::set<std::tuple<Kind, std::string, std::string>> seen_;
  std::set<std::pair<Kind, std::string>> hosts_;
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
      const ListenerTable& was = *FindListener(*old_parts.shared, listener.key);
      Differ({*old_parts.shared, was}, {*new_parts.shared, *now}, &diff.changes).Compare();
    }
  }
  CompareCertificates(old_parts, new_parts, &diff.changes);
  if (old_parts.shared != new_parts.shared) {
    CompareUpstreams(*old_parts.shared, *new_parts.shared, &diff.changes);
  }
  return diff;
}

}  // namespace postern
