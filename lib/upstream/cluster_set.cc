#include "lib/upstream/cluster_set.h"

#include <algorithm>
#include <utility>

#include "lib/base/strings.h"

namespace postern {
namespace {

EndpointState FromHost(const Endpoint& endpoint) {
  EndpointState state;
  state.address = endpoint.address;
  state.weight = endpoint.weight;
  state.labels = endpoint.labels;
  state.locality = endpoint.locality;
  state.healthy = endpoint.healthy;
  return state;
}

EndpointState FromConfig(const UpstreamEndpoint& endpoint) {
  EndpointState state;
  state.weight = endpoint.weight;
  state.locality = endpoint.locality;
  if (endpoint.host.starts_with("unix://")) {
    if (auto address = Address::Parse(endpoint.host); address.ok()) state.address = *address;
    return state;
  }
  const bool ipv6 = endpoint.host.find(':') != std::string_view::npos;
  const std::string text = ipv6 ? StrCat("[", endpoint.host, "]:", endpoint.port)
                                : StrCat(endpoint.host, ":", endpoint.port);
  if (auto address = Address::Parse(text); address.ok()) {
    state.address = *address;
  } else {
    state.name = text;
  }
  return state;
}

// Selected returns whether the labels of a subset select `endpoint`.
bool Selected(const UpstreamCluster* cluster, const Endpoint& endpoint) {
  if (cluster == nullptr) return true;
  return std::ranges::all_of(cluster->subset_labels, [&](const auto& label) {
    const auto found = endpoint.labels.find(std::string(label.first));
    return found != endpoint.labels.end() && found->second == label.second;
  });
}

}  // namespace

void ClusterSet::Configure(std::span<const UpstreamCluster> clusters,
                           std::span<const std::shared_ptr<const ClientContext>> tls_contexts) {
  by_index_.clear();
  for (auto& [key, known] : known_) known.config = nullptr;
  for (size_t i = 0; i < clusters.size(); ++i) {
    Known& known = Get(clusters[i].name);
    known.config = &clusters[i];
    known.state->SetPolicy(
        ClusterPolicy::From(clusters[i], tls_contexts.empty() ? nullptr : tls_contexts[i]));
    by_index_.push_back(known.state.get());
  }
  for (auto& [key, known] : known_) Refresh(known);
}

ClusterState& ClusterSet::Find(const ClusterName& name, uint32_t index) {
  return index < by_index_.size() ? *by_index_[index] : *Get(name).state;
}

ClusterSet::Known& ClusterSet::Get(const ClusterName& name) {
  const auto found = known_.find({name.host, name.port, name.subset});
  if (found != known_.end()) return found->second;
  Known known;
  known.state = std::make_unique<ClusterState>(name);
  Refresh(known);
  const ClusterName own = known.state->name();
  return known_.emplace(Key(own.host, own.port, own.subset), std::move(known)).first->second;
}

void ClusterSet::SetEndpoints(std::string_view host, uint16_t port,
                              std::span<const Endpoint> endpoints) {
  host_endpoints_[Destination(host, port)].assign(endpoints.begin(), endpoints.end());
  for (auto at = known_.lower_bound({host, port, ""}); at != known_.end(); ++at) {
    const ClusterName name = at->second.state->name();
    if (name.host != host || name.port != port) break;
    Refresh(at->second);
  }
}

void ClusterSet::Serve(std::string_view host, uint16_t port, Service* service) {
  if (service == nullptr) {
    services_.erase(Destination(host, port));
  } else {
    services_[Destination(host, port)] = service;
  }
  for (auto at = known_.lower_bound({host, 0, ""}); at != known_.end(); ++at) {
    ClusterState& state = *at->second.state;
    if (state.name().host != host) break;
    state.service = ServiceOf(host, state.name().port);
  }
}

Service* ClusterSet::ServiceOf(std::string_view host, uint16_t port) const {
  for (const uint16_t candidate : {port, uint16_t{0}}) {
    const auto found = services_.find(Destination(host, candidate));
    if (found != services_.end()) return found->second;
  }
  return nullptr;
}

void ClusterSet::Refresh(const Known& known) {
  const ClusterName name = known.state->name();
  known.state->service = ServiceOf(name.host, name.port);
  std::vector<EndpointState> endpoints;
  const auto told = host_endpoints_.find(Destination(name.host, name.port));
  if (told != host_endpoints_.end()) {
    for (const Endpoint& endpoint : told->second) {
      if (Selected(known.config, endpoint)) endpoints.push_back(FromHost(endpoint));
    }
  } else if (known.config != nullptr && known.config->discovery != Cluster::Discovery::kHost) {
    for (const UpstreamEndpoint& endpoint : known.config->endpoints) {
      endpoints.push_back(FromConfig(endpoint));
    }
  } else {
    endpoints.emplace_back();  // The host opens a stream to what it knows as this cluster.
  }
  known.state->SetEndpoints(std::move(endpoints));
}

}  // namespace postern
