// Snapshot::Dump: the compiled tables as text, in the order they are tried. What a rule does is
// spelled in lib/snapshot/action_text.

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/strings.h"
#include "lib/model/names.h"
#include "lib/snapshot/action_text.h"
#include "lib/snapshot/tables.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

std::string PlaceText(const Provenance& at) {
  if (at.resource.empty()) return "";
  std::string text = StrCat("  # ", at.resource, " ", at.path);
  if (const std::string where = at.location().ToString(); !where.empty()) {
    StrAppend(&text, " ", where);
  }
  return text;
}

std::string Joined(std::span<const std::string_view> texts) {
  std::string joined;
  for (const std::string_view text : texts) StrAppend(&joined, joined.empty() ? "" : ",", text);
  return joined;
}

// A Dumper writes one line an entry, indented by depth.
class Dumper {
 public:
  explicit Dumper(const SnapshotTables& tables) : tables_(tables) {}

  std::string Dump() && {
    for (const Listener& info : tables_.listener_infos) {
      StrAppend(&text_, "listener ", info.key.ToString(), info.tls ? " tls" : "",
                info.proxy_protocol ? " proxy-protocol" : "", "\n");
      for (const ListenerTable& listener : tables_.listeners) {
        if (listener.key() == info.key) DumpListener(listener);
      }
    }
    for (const Cluster& cluster : tables_.cluster_infos) {
      constexpr std::string_view kDiscovery[] = {"known", "dns", "host"};
      StrAppend(&text_, "cluster ", ClusterText({cluster.host, cluster.port, cluster.subset}), " ",
                kDiscovery[static_cast<size_t>(cluster.discovery)], cluster.tls ? " tls" : "",
                "\n");
    }
    return std::move(text_);
  }

 private:
  void DumpListener(const ListenerTable& listener) {
    for (const uint32_t number : listener.chains()) DumpChain(tables_.chains[number]);
  }

  void DumpChain(const Chain& chain) {
    StrAppend(&text_, "  chain ", chain.names.empty() ? "any" : Joined(chain.names));
    if (!chain.alpn.empty()) StrAppend(&text_, " alpn ", Joined(chain.alpn));
    if (chain.tls != ChainDecision::Tls::kNone) StrAppend(&text_, " ", NameOrNumberOf(chain.mode));
    if (chain.action == ChainDecision::Action::kTcp) {
      StrAppend(&text_, " tcp ", DestinationsText(chain), PlaceText(chain.server),
                PlaceText(chain.rule), "\n");
      return;
    }
    const RouteConfig& routes = tables_.route_configs[chain.route_config];
    StrAppend(&text_, chain.grpc_web ? " grpc-web" : "", " http ", routes.name,
              PlaceText(chain.server), "\n");
    for (size_t i = 0; i < routes.virtual_hosts.size(); ++i) {
      DumpHost(routes.names[i], routes.virtual_hosts[i]);
    }
  }

  void DumpHost(std::string_view name, const VirtualHost& host) {
    StrAppend(&text_, "    host ", name, host.redirect != nullptr ? " require-tls" : "", "\n");
    if (host.routes == nullptr) return;
    for (const Route* route : host.routes->routes()) {
      StrAppend(&text_, "      ", route->ToString(), " -> ", ActionText(route->action));
      if (!route->name.empty()) StrAppend(&text_, " name ", Quote(route->name));
      StrAppend(&text_, PlaceText(route->match), "\n");
    }
  }

  const SnapshotTables& tables_;
  std::string text_;
};

}  // namespace

std::string Snapshot::Dump() const { return Dumper(*tables_->shared).Dump(); }

}  // namespace postern
