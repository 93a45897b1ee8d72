#include "lib/compile/bind.h"

#include <algorithm>
#include <tuple>

#include "lib/model/resource_name.h"

namespace postern {
namespace {

// A ServerHostName is a resolved entry of `hosts`, taken apart; an empty `ns` stands for any.
struct ServerHostName {
  std::string_view ns;
  std::string_view host;
};

ServerHostName TakeApart(std::string_view entry) {
  const size_t slash = entry.find('/');
  if (slash == std::string_view::npos) return {{}, entry};
  return {entry.substr(0, slash), entry.substr(slash + 1)};
}

// A Pair is one host of a server with one of a VirtualService.
struct Pair {
  uint32_t service;
  uint32_t server_host;
  uint32_t service_host;
  std::string_view narrower;

  auto order() const { return std::tie(service, server_host, service_host); }
};

}  // namespace

Binder::Binder(std::span<const ResolvedVirtualService> services) : services_(services) {
  for (uint32_t i = 0; i < services.size(); ++i) {
    for (const std::string& gateway : services[i].gateways) {
      std::unique_ptr<OfGateway>& of = gateways_[gateway];
      if (of == nullptr) of = std::make_unique<OfGateway>();
      // A Gateway named twice counts once.
      if (!of->services.empty() && of->services.back() == i) continue;
      of->services.push_back(i);
      for (uint32_t k = 0; k < services[i].hosts.size(); ++k) {
        of->hosts.Add({services[i].hosts[k], i, k});
      }
    }
  }
  for (auto& [gateway, of] : gateways_) of->hosts.Seal();
}

std::span<const uint32_t> Binder::ServicesOf(std::string_view gateway) const {
  const auto it = gateways_.find(gateway);
  return it == gateways_.end() ? std::span<const uint32_t>() : it->second->services;
}

std::vector<Binding> Binder::Bind(const MergedServer& server) const {
  std::vector<Binding> bindings;
  const auto of = gateways_.find(QualifiedName(server.ref.gateway->metadata));
  if (of == gateways_.end()) return bindings;

  std::vector<Pair> pairs;
  std::vector<HostJoin::Match> matches;
  for (uint32_t i = 0; i < server.hosts.size(); ++i) {
    const ServerHostName name = TakeApart(server.hosts[i]);
    matches.clear();
    of->second->hosts.Find(name.host, &matches);
    for (const HostJoin::Match& match : matches) {
      const uint32_t service = match.entry->owner;
      if (!name.ns.empty() && name.ns != services_[service].source->metadata.ns) continue;
      pairs.push_back({service, i, match.entry->position, match.narrower});
    }
  }
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& a, const Pair& b) { return a.order() < b.order(); });

  StringViewSet seen;
  for (const Pair& pair : pairs) {
    if (bindings.empty() || bindings.back().service != pair.service) {
      bindings.push_back({pair.service, {}, {}});
      seen.clear();
    }
    bindings.back().own_hosts.push_back(pair.service_host);
    if (seen.insert(pair.narrower).second) bindings.back().hosts.push_back(pair.narrower);
  }
  return bindings;
}

}  // namespace postern
