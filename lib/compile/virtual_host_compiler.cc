#include "lib/compile/virtual_host_compiler.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/route_compiler.h"
#include "lib/compile/shadow.h"
#include "lib/model/resource_name.h"
#include "postern/host_pattern.h"

namespace postern {

// A Hosts is the virtual hosts of one table, in the order in which they came up.
class VirtualHostCompiler::Hosts {
 public:
  explicit Hosts(StringPool& text) : text_(text) {}

  Host& Of(std::string_view name, uint32_t port) {
    const std::string lower = AsciiLower(name);
    const auto [it, is_new] = numbers_.try_emplace(lower, all_.size());
    if (is_new) {
      Host& host = all_.emplace_back();
      host.domain = text_.Intern(lower);
      host.port = port;
    }
    return all_[it->second];
  }

  const std::vector<Host>& all() const { return all_; }

 private:
  StringPool& text_;
  StringMap<size_t> numbers_;
  std::vector<Host> all_;
};

uint32_t VirtualHostCompiler::ListFor(const Binding& binding, const MergedServer& server) {
  const Server& declared = server.ref.server();
  const auto [it, is_new] = known_lists_.try_emplace(
      {binding.service, server.ref.gateway, declared.port->number, declared.tls.has_value()},
      static_cast<uint32_t>(lists_.size()));
  if (!is_new) return it->second;
  const std::string gateway = QualifiedName(server.ref.gateway->metadata);
  const RouteContext context{gateway, declared.port->number, declared.tls.has_value(),
                             static_cast<uint32_t>(state_.tables.route_configs.size()),
                             binding.hosts.front()};
  RouteList list;
  // The routes stay where they are when the list of lists grows.
  for (const Route& route : state_.tables.route_lists.emplace_back(
           CompileRoutes(binder_.service(binding.service), context, state_))) {
    list.push_back(&route);
  }
  lists_.push_back(std::move(list));
  return it->second;
}

const RouteTable* VirtualHostCompiler::TableFor(const Host& host) {
  if (host.lists.empty()) return nullptr;
  // Two servers may bring the same routes: the second time they never match.
  std::vector<uint32_t> lists;
  absl::flat_hash_set<uint32_t> seen;
  for (const uint32_t list : host.lists) {
    if (seen.insert(list).second) lists.push_back(list);
  }
  const auto [it, is_new] = known_tables_.try_emplace(lists, nullptr);
  if (!is_new) return it->second;
  // Routes that match everything go behind all others, those of other VirtualServices too.
  std::vector<const Route*> routes;
  std::vector<const Route*> catch_all;
  for (const uint32_t list : lists) {
    for (const Route* route : lists_[list]) {
      (route->IsCatchAll() ? catch_all : routes).push_back(route);
    }
  }
  routes.insert(routes.end(), catch_all.begin(), catch_all.end());
  state_.CountRoutes(routes.size());
  state_.tables.route_tables.emplace_back(routes);
  it->second = &state_.tables.route_tables.back();
  ReportShadowedRoutes(*it->second, host.domain, state_);
  return it->second;
}

uint32_t VirtualHostCompiler::Compile(std::string_view name,
                                      std::span<const MergedServer* const> servers) {
  StringPool& text = state_.tables.text;
  Hosts hosts(text);
  // Where port translation merged two ports of one Gateway, the first one's routes serve for both.
  std::map<std::pair<uint32_t, const Gateway*>, uint32_t> lists;
  for (const MergedServer* server : servers) {
    const Server& declared = server->ref.server();
    const uint32_t port = declared.port->number;
    const Provenance* redirect = nullptr;
    if (declared.tls && declared.tls->https_redirect) {
      redirect = &state_.tables.redirects.emplace_back(state_.Origin(server->ref));
    }
    for (const Binding& binding : binder_.Bind(*server)) {
      auto known = lists.find({binding.service, server->ref.gateway});
      if (known == lists.end()) {
        const uint32_t list = ListFor(binding, *server);
        // A port without routes does not speak for the ones after it.
        if (lists_[list].empty()) continue;
        known = lists.emplace(std::pair(binding.service, server->ref.gateway), list).first;
      }
      for (const std::string_view host : binding.hosts) {
        Host& virtual_host = hosts.Of(host, port);
        virtual_host.lists.push_back(known->second);
        if (virtual_host.redirect == nullptr) virtual_host.redirect = redirect;
      }
    }
    if (redirect == nullptr) continue;
    for (const std::string& host : server->hosts) {
      // Istio makes a virtual host of "ns/host" as it stands, which no request can name.
      if (host.find('/') != std::string::npos) continue;
      Host& virtual_host = hosts.Of(host, port);
      if (virtual_host.redirect == nullptr) virtual_host.redirect = redirect;
    }
  }

  RouteConfig config;
  config.name = text.Copy(name);
  for (const Host& host : hosts.all()) {
    const absl::StatusOr<HostPattern> pattern = HostPattern::Parse(host.domain);
    const absl::Status added = pattern.ok() ? config.hosts.Add(pattern->text()) : pattern.status();
    if (!added.ok()) {
      state_.Report(
          kVirtualHostNameInvalid, state_.Origin(servers.front()->ref),
          StrCat("host ", Quote(host.domain), " cannot be served: ", ToStd(added.message())));
      continue;
    }
    config.virtual_hosts.push_back({host.domain, host.redirect, TableFor(host)});
    config.names.push_back(text.Copy(StrCat(host.domain, ":", host.port)));
  }
  if (config.virtual_hosts.empty() && !servers.empty()) {
    const uint32_t port = servers.front()->ref.server().port->number;
    if (config.hosts.Add("*").ok()) {
      config.virtual_hosts.push_back({text.Intern("*")});
      config.names.push_back(text.Copy(StrCat("blackhole:", port)));
    }
  }
  state_.tables.route_configs.push_back(std::move(config));
  return static_cast<uint32_t>(state_.tables.route_configs.size() - 1);
}

}  // namespace postern
