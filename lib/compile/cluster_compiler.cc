#include "lib/compile/cluster_compiler.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "lib/base/strings.h"
#include "lib/compile/select.h"
#include "lib/match/host_names.h"

namespace postern {
namespace {

// NamespaceOf returns "prod" of "reviews.prod.svc.cluster.local": where a service is that the
// configuration does not describe. Empty if `host` is no name of the cluster.
std::string_view NamespaceOf(std::string_view host, std::string_view domain) {
  const std::string suffix = StrCat(".svc.", domain);
  if (!host.ends_with(suffix)) return {};
  host.remove_suffix(suffix.size());
  const size_t dot = host.find('.');
  return dot == std::string_view::npos ? std::string_view() : host.substr(dot + 1);
}

template <typename T>
void Copy(const T* from, Boxed<T>* to) {
  if (from != nullptr) *to = *from;
}

void SetPolicy(const PolicyView& view, UpstreamCluster* cluster) {
  using Upgrade = ConnectionPoolSettings::HttpSettings::H2UpgradePolicy;
  Copy(view.load_balancer, &cluster->load_balancer);
  Copy(view.connection_pool, &cluster->connection_pool);
  Copy(view.outlier_detection, &cluster->outlier_detection);
  Copy(view.tunnel, &cluster->tunnel);
  Copy(view.proxy_protocol, &cluster->proxy_protocol);
  Copy(view.retry_budget, &cluster->retry_budget);
  if (view.load_balancer != nullptr && view.load_balancer->consistent_hash) {
    const LoadBalancerSettings::ConsistentHashLb& hash = *view.load_balancer->consistent_hash;
    // Envoy refuses such a cluster.
    if (!hash.maglev && RingSize(hash) > kLargestRing) {
      cluster->state = UpstreamCluster::State::kAbsent;
    }
  }
  if (view.connection_pool != nullptr && view.connection_pool->http) {
    const auto& http = *view.connection_pool->http;
    cluster->http2 |= http.h2_upgrade_policy == Upgrade::kUpgrade;
    cluster->use_client_protocol = http.use_client_protocol;
  }
}

// ServerNameInMesh returns what ISTIO_MUTUAL asks for: "outbound_.80_.v1_.web.prod.svc...".
std::string ServerNameInMesh(const ClusterName& name) {
  return StrCat("outbound_.", int{name.port}, "_.", name.subset, "_.", name.host);
}

// SetTls makes of `settings` what they come to for `cluster`, of `service` (or null): Istio's
// rules for the server's name and its certificate's.
void SetTls(const ClientTlsSettings& settings, const KnownService* service,
            UpstreamCluster* cluster) {
  using TlsMode = ClientTlsSettings::TlsMode;
  if (settings.mode == TlsMode::kDisable) return;
  UpstreamTls& tls = cluster->tls.emplace();
  tls.settings = settings;
  const bool skips = settings.insecure_skip_verify.value_or(false);
  const ServiceEntry* entry = service == nullptr ? nullptr : service->entry;
  if (tls.in_mesh()) {
    if (settings.sni.empty()) tls.settings.sni = ServerNameInMesh(cluster->name);
  } else {
    tls.auto_sni = settings.sni.empty();
    // By what the rule says alone: names of the ServiceEntry are asked for as well.
    tls.auto_san_validation = tls.auto_sni && settings.subject_alt_names.empty() && !skips;
  }
  if (settings.subject_alt_names.empty() && entry != nullptr) {
    tls.settings.subject_alt_names = entry->subject_alt_names;
  }
}

}  // namespace

ClusterCompiler::ClusterCompiler(CompileState& state)
    : state_(state), services_(state.config, state.options), rules_(state.config, state.options) {}

uint32_t ClusterCompiler::Resolve(const Destination& destination, std::string_view ns,
                                  uint32_t server_port, Traffic traffic) {
  std::string host = ResolveShortHost(destination.host, ns, state_.options.cluster_domain);
  const KnownService* service =
      traffic == Traffic::kRequests ? services_.Find(host, ns) : services_.Chosen(host);
  uint32_t port = server_port;
  if (destination.port && destination.port->number != 0) {
    port = destination.port->number;
  } else if (service != nullptr && service->ports.size() == 1) {
    port = service->ports.front().number;
  }
  // The port stays that of the service named.
  if (service != nullptr && !service->alias.empty()) host = service->alias;
  const uint32_t number = Add(host, static_cast<uint16_t>(port), destination.subset);
  state_.tables.clusters[number].dialed = true;
  return number;
}

uint32_t ClusterCompiler::Add(std::string_view host, uint16_t port, std::string_view subset) {
  std::vector<UpstreamCluster>& clusters = state_.tables.clusters;
  const auto [it, is_new] = numbers_.try_emplace(StrCat(host, "|", int{port}, "|", subset),
                                                 static_cast<uint32_t>(clusters.size()));
  if (!is_new) return it->second;

  StringPool& text = state_.tables.text;
  UpstreamCluster cluster;
  cluster.name = {text.Intern(host), port, text.Intern(subset)};
  const KnownService* service = services_.Chosen(host);
  const RuleSet* rules = RulesOf(host, service);
  const Subset* chosen = nullptr;
  if (!subset.empty()) {
    chosen = rules == nullptr ? nullptr : rules->FindSubset(subset);
    // Where the configuration describes neither the service nor its subsets, the host may know.
    if (chosen == nullptr && (service != nullptr || rules != nullptr)) {
      cluster.state = UpstreamCluster::State::kAbsent;
    }
  }
  if (chosen != nullptr) {
    for (const auto& [key, value] : chosen->labels) {
      cluster.subset_labels.emplace_back(text.Intern(key), text.Intern(value));
    }
  }
  if (service != nullptr) SetService(service, chosen, &cluster);
  if (rules != nullptr) {
    const PolicyView policy = rules->Policy(port, chosen);
    SetPolicy(policy, &cluster);
    if (policy.tls != nullptr) SetTls(*policy.tls, service, &cluster);
    const DestinationRule& rule = rules->policy_rule();
    cluster.policy = state_.Origin("DestinationRule", rule.metadata, rule.source, "spec");
  }
  clusters.push_back(std::move(cluster));
  return it->second;
}

const RuleSet* ClusterCompiler::RulesOf(std::string_view host, const KnownService* service) const {
  return rules_.Find(host, service != nullptr ? std::string_view(service->metadata->ns)
                                              : NamespaceOf(host, state_.options.cluster_domain));
}

std::optional<Duration> ClusterCompiler::IdleTimeout(std::string_view host) const {
  const RuleSet* rules = RulesOf(host, services_.Chosen(host));
  if (rules == nullptr) return std::nullopt;
  const auto& policy = rules->policy_rule().traffic_policy;
  if (!policy || !policy->connection_pool || !policy->connection_pool->tcp) return std::nullopt;
  return policy->connection_pool->tcp->idle_timeout;
}

const LoadBalancerSettings::ConsistentHashLb* ClusterCompiler::RequestHash(
    const Destination& destination, std::string_view ns) const {
  if (!rules_.any_hash()) return nullptr;
  const std::string host = ResolveShortHost(destination.host, ns, state_.options.cluster_domain);
  const RuleSet* rules = RulesOf(host, services_.Chosen(host));
  if (rules == nullptr) return nullptr;
  return rules->RequestHash(destination.port ? destination.port->number : 0, destination.subset);
}

bool ClusterCompiler::HashesSourceIp(std::string_view host, std::string_view subset) const {
  if (!rules_.any_hash()) return false;
  const RuleSet* rules = RulesOf(host, services_.Chosen(host));
  return rules != nullptr && rules->HashesSourceIp(subset);
}

void ClusterCompiler::SetService(const KnownService* service, const Subset* subset,
                                 UpstreamCluster* cluster) {
  StringPool& text = state_.tables.text;
  cluster->service = state_.Origin(service->kind, *service->metadata, *service->source, "spec");
  cluster->discovery = service->discovery;
  const KnownPort* port = service->Port(cluster->name.port);
  if (port == nullptr || port->udp) {
    cluster->state = UpstreamCluster::State::kAbsent;
    return;
  }
  cluster->http2 = port->http2;
  if (subset != nullptr && !subset->labels.empty() && !service->endpoint_labels) {
    // Which of the addresses bear the labels only the host can say.
    cluster->discovery = Cluster::Discovery::kHost;
    return;
  }
  for (const KnownEndpoint& endpoint : port->endpoints) {
    if (subset != nullptr && !IsSelected(subset->labels, endpoint.labels)) continue;
    cluster->endpoints.push_back({text.Intern(endpoint.host), endpoint.port, endpoint.weight,
                                  text.Intern(endpoint.locality)});
  }
  // Of nothing to resolve Istio makes no cluster; of no addresses it makes an empty one.
  if (cluster->discovery == Cluster::Discovery::kDns && cluster->endpoints.empty()) {
    cluster->state = UpstreamCluster::State::kAbsent;
  }
}

std::vector<MeshPort> ClusterCompiler::MeshPorts() const {
  std::vector<MeshPort> ports;
  for (const KnownService* service : services_.chosen()) {
    if (service->external) continue;
    const RuleSet* rules = rules_.Find(service->host, service->metadata->ns);
    for (const KnownPort& port : service->ports) {
      if (port.udp) continue;
      ports.push_back({service->host, port.number, {}});
      if (rules == nullptr) continue;
      for (const std::string_view subset : rules->SubsetNames()) {
        ports.push_back({service->host, port.number, subset});
      }
    }
  }
  const auto order = [](const MeshPort& port) {
    return std::tie(port.host, port.port, port.subset);
  };
  std::sort(ports.begin(), ports.end(),
            [order](const MeshPort& a, const MeshPort& b) { return order(a) < order(b); });
  return ports;
}

std::vector<Cluster> ClusterCompiler::Infos() const {
  std::vector<Cluster> infos;
  for (const UpstreamCluster& cluster : state_.tables.clusters) {
    if (cluster.state == UpstreamCluster::State::kAbsent) continue;
    Cluster& info = infos.emplace_back();
    info.host = cluster.name.host;
    info.port = cluster.name.port;
    info.subset = cluster.name.subset;
    info.discovery = cluster.discovery;
    info.tls = cluster.tls.has_value() && cluster.dialed;
    if (cluster.discovery != Cluster::Discovery::kDns) continue;
    for (const UpstreamEndpoint& endpoint : cluster.endpoints) {
      info.dns_names.push_back(StrCat(endpoint.host, ":", int{endpoint.port}));
    }
  }
  std::sort(infos.begin(), infos.end(), [](const Cluster& a, const Cluster& b) {
    return std::tie(a.host, a.port, a.subset) < std::tie(b.host, b.port, b.subset);
  });
  return infos;
}

}  // namespace postern
