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

void ClusterSet::Configure(std::span<const UpstreamCluster> clusters) {
  config_ = clusters;
  by_index_.assign(clusters.size(), nullptr);
  for (const auto& [key, state] : states_) state->SetPolicy({});
  for (size_t i = 0; i < clusters.size(); ++i) {
    ClusterState& state = Find(clusters[i].name);
    state.SetPolicy(ClusterPolicy::From(clusters[i]));
    by_index_[i] = &state;
  }
  for (const auto& [key, state] : states_) Refresh(*state);
}

ClusterState& ClusterSet::Find(const ClusterName& name, uint32_t index) {
  if (index < by_index_.size() && by_index_[index] != nullptr) return *by_index_[index];
  auto found = states_.find({name.host, name.port, name.subset});
  if (found == states_.end()) {
    auto state = std::make_unique<ClusterState>(name);
    const ClusterName own = state->name();
    found = states_.emplace(Key(own.host, own.port, own.subset), std::move(state)).first;
    Refresh(*found->second);
  }
  return *found->second;
}

void ClusterSet::SetEndpoints(std::string_view host, uint16_t port,
                              std::span<const Endpoint> endpoints) {
  told_[Destination(host, port)].assign(endpoints.begin(), endpoints.end());
  for (const auto& [key, state] : states_) {
    if (state->name().host == host && state->name().port == port) Refresh(*state);
  }
}

void ClusterSet::Serve(std::string_view host, uint16_t port, Service* service) {
  if (service == nullptr) {
    services_.erase(Destination(host, port));
  } else {
    services_[Destination(host, port)] = service;
  }
  for (const auto& [key, state] : states_) {
    state->service = ServiceOf(state->name().host, state->name().port);
  }
}

Service* ClusterSet::ServiceOf(std::string_view host, uint16_t port) const {
  for (const uint16_t candidate : {port, uint16_t{0}}) {
    const auto found = services_.find(Destination(host, candidate));
    if (found != services_.end()) return found->second;
  }
  return nullptr;
}

const UpstreamCluster* ClusterSet::ConfigOf(const ClusterState& state) const {
  for (size_t i = 0; i < by_index_.size(); ++i) {
    if (by_index_[i] == &state) return &config_[i];
  }
  return nullptr;
}

void ClusterSet::Refresh(ClusterState& state) {
  const ClusterName name = state.name();
  state.service = ServiceOf(name.host, name.port);
  const UpstreamCluster* config = ConfigOf(state);
  std::vector<EndpointState> endpoints;
  const auto told = told_.find(Destination(name.host, name.port));
  if (told != told_.end()) {
    for (const Endpoint& endpoint : told->second) {
      if (Selected(config, endpoint)) endpoints.push_back(FromHost(endpoint));
    }
  } else if (config != nullptr && config->discovery != Cluster::Discovery::kHost) {
    for (const UpstreamEndpoint& endpoint : config->endpoints) {
      endpoints.push_back(FromConfig(endpoint));
    }
  } else {
    endpoints.emplace_back();  // The host opens a stream to what it knows as this cluster.
  }
  state.SetEndpoints(std::move(endpoints));
}

}  // namespace postern
