#include "lib/compile/service_registry.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/select.h"
#include "lib/match/ip.h"
#include "lib/match/names.h"
#include "lib/model/protocol.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

const std::string kServiceNameLabel = "kubernetes.io/service-name";
const std::string kExportToAnnotation = "networking.istio.io/exportTo";

uint32_t WeightOf(const WorkloadEntrySpec& endpoint) {
  return endpoint.weight == 0 ? 1 : endpoint.weight;
}

KnownEndpoint EndpointOf(const WorkloadEntrySpec& spec, const ServicePort& port) {
  KnownEndpoint endpoint;
  endpoint.host = spec.address;
  const auto own = spec.ports.find(port.name);
  const uint32_t number = own != spec.ports.end() && own->second != 0 ? own->second
                          : port.target_port != 0                     ? port.target_port
                                                                      : port.number;
  endpoint.port = spec.address.starts_with("unix://") ? 0 : static_cast<uint16_t>(number);
  endpoint.weight = WeightOf(spec);
  endpoint.locality = spec.locality;
  endpoint.labels = spec.labels;
  return endpoint;
}

// ProtocolOf returns what a Service's port speaks: by `appProtocol` if it has one, else by its
// name, of either only what stands before the first hyphen.
Protocol ProtocolOf(const KubernetesService::ServicePort& port) {
  constexpr std::string_view kGrpcWeb = "grpc-web";
  if (EqualsIgnoreCase(port.protocol, "UDP")) return Protocol::kUdp;
  if (port.app_protocol == "kubernetes.io/h2c") return Protocol::kHttp2;
  const std::string_view name = port.app_protocol.empty() ? port.name : port.app_protocol;
  if (EqualsIgnoreCase(name.substr(0, kGrpcWeb.size()), kGrpcWeb)) return Protocol::kGrpcWeb;
  return ParseProtocol(name.substr(0, name.find('-')));
}

bool IsDns(const ServiceEntry& entry) {
  using Resolution = ServiceEntry::Resolution;
  return entry.resolution == Resolution::kDns || entry.resolution == Resolution::kDnsRoundRobin ||
         entry.resolution == Resolution::kDynamicDns;
}

// CanMerge returns whether `b`, a ServiceEntry of the same host, adds its ports to `a`.
bool CanMerge(const ServiceEntry& a, const ServiceEntry& b) {
  const auto selector = [](const ServiceEntry& entry) {
    return entry.workload_selector ? entry.workload_selector->labels
                                   : std::map<std::string, std::string>();
  };
  const auto readers = [](const ServiceEntry& entry) {
    return std::set<std::string_view>(entry.export_to.begin(), entry.export_to.end());
  };
  return a.metadata.ns == b.metadata.ns && a.resolution == b.resolution &&
         a.metadata.labels == b.metadata.labels && selector(a) == selector(b) &&
         readers(a) == readers(b);
}

std::vector<KnownEndpoint> SliceEndpoints(const KubernetesService::ServicePort& port,
                                          std::span<const EndpointSlice* const> slices) {
  std::vector<KnownEndpoint> endpoints;
  for (const EndpointSlice* slice : slices) {
    if (slice->address_type == "FQDN") continue;  // Istio takes addresses only.
    for (const EndpointSlice::EndpointPort& slice_port : slice->ports) {
      if (slice_port.name != port.name || !slice_port.port) continue;
      for (const EndpointSlice::Endpoint& endpoint : slice->endpoints) {
        if (!endpoint.ready.value_or(true)) continue;
        for (const std::string& address : endpoint.addresses) {
          endpoints.push_back({address, static_cast<uint16_t>(*slice_port.port), 1, {}, {}});
        }
      }
    }
  }
  return endpoints;
}

std::vector<std::string> ExportedTo(const Metadata& metadata) {
  std::vector<std::string> names;
  const auto it = metadata.annotations.find(kExportToAnnotation);
  if (it == metadata.annotations.end()) return names;
  for (const std::string_view piece : Split(it->second, ',')) {
    names.emplace_back(TrimBlanks(piece));
  }
  return names;
}

}  // namespace

const KnownPort* KnownService::Port(uint32_t number) const {
  const auto it = std::find_if(ports.begin(), ports.end(),
                               [number](const KnownPort& port) { return port.number == number; });
  return it == ports.end() ? nullptr : &*it;
}

struct ServiceRegistry::Backends {
  explicit Backends(const Config& config) {
    for (const EndpointSlice& slice : config.endpoint_slices) {
      const auto name = slice.metadata.labels.find(kServiceNameLabel);
      if (name == slice.metadata.labels.end()) continue;
      slices[StrCat(slice.metadata.ns, "/", name->second)].push_back(&slice);
    }
    for (const WorkloadEntry& workload : config.workload_entries) {
      WorkloadEntrySpec& spec = workloads[workload.metadata.ns].emplace_back(workload.spec);
      // Both are labels of the endpoint; those of the resource win.
      spec.labels = workload.metadata.labels;
      spec.labels.insert(workload.spec.labels.begin(), workload.spec.labels.end());
    }
    for (const ServiceEntry& entry : config.service_entries) {
      for (const std::string& host : entry.hosts) {
        std::vector<const ServiceEntry*>& same = entries[StrCat(entry.metadata.ns, "/", host)];
        if (same.empty() || same.back() != &entry) same.push_back(&entry);
      }
    }
  }

  // EndpointsOf returns what stands behind `port` of `service`, of a ServiceEntry: that of every
  // ServiceEntry of its host and namespace, whoever sees it, as in Istio. Where names are resolved
  // it is what they have for the port's number, else the addresses that they have for its name.
  std::vector<KnownEndpoint> EndpointsOf(const KnownService& service, const KnownPort& port) const;

  // AppendSelected appends the workloads that `service` selects beside its Pods, if it is one that
  // has an address.
  void AppendSelected(const KubernetesService& service, const KubernetesService::ServicePort& port,
                      std::vector<KnownEndpoint>* endpoints) const;

  StringMap<std::vector<const EndpointSlice*>> slices;  // By "namespace/service".
  StringMap<std::vector<WorkloadEntrySpec>> workloads;  // By namespace.
  StringMap<std::vector<const ServiceEntry*>> entries;  // By "namespace/host".

 private:
  void Append(const ServiceEntry& entry, const std::string& host, const ServicePort& port,
              std::vector<KnownEndpoint>* endpoints) const;
};

void ServiceRegistry::Backends::Append(const ServiceEntry& entry, const std::string& host,
                                       const ServicePort& port,
                                       std::vector<KnownEndpoint>* endpoints) const {
  for (const WorkloadEntrySpec& endpoint : entry.endpoints) {
    endpoints->push_back(EndpointOf(endpoint, port));
  }
  if (!entry.workload_selector) {
    if (!entry.endpoints.empty() || !IsDns(entry)) return;
    WorkloadEntrySpec itself;
    itself.address = host;
    endpoints->push_back(EndpointOf(itself, port));
    return;
  }
  const auto of_namespace = workloads.find(entry.metadata.ns);
  if (of_namespace == workloads.end()) return;
  for (const WorkloadEntrySpec& workload : of_namespace->second) {
    // Names and sockets are for entries that are resolved.
    if (!IsDns(entry) && !ParseIp(workload.address)) continue;
    if (IsSelected(entry.workload_selector->labels, workload.labels)) {
      endpoints->push_back(EndpointOf(workload, port));
    }
  }
}

void ServiceRegistry::Backends::AppendSelected(const KubernetesService& service,
                                               const KubernetesService::ServicePort& port,
                                               std::vector<KnownEndpoint>* endpoints) const {
  if (service.selector.empty() || service.cluster_ip == "None" || service.type == "ExternalName") {
    return;
  }
  const auto of_namespace = workloads.find(service.metadata.ns);
  if (of_namespace == workloads.end()) return;
  const auto target = ParseDecimal<uint32_t>(port.target_port.empty() ? "0" : port.target_port);
  for (const WorkloadEntrySpec& workload : of_namespace->second) {
    if (!ParseIp(workload.address) || !IsSelected(service.selector, workload.labels)) continue;
    // A target by name is known to the workload alone.
    const auto own = workload.ports.find(target ? port.name : port.target_port);
    const bool has_own = own != workload.ports.end() && own->second != 0;
    if (!has_own && !target) continue;
    const uint32_t number = has_own ? own->second : *target != 0 ? *target : port.port;
    endpoints->push_back({workload.address, static_cast<uint16_t>(number), WeightOf(workload),
                          workload.locality, workload.labels});
  }
}

std::vector<KnownEndpoint> ServiceRegistry::Backends::EndpointsOf(const KnownService& service,
                                                                  const KnownPort& port) const {
  const bool resolves = service.discovery == Cluster::Discovery::kDns;
  const auto is_of_port = [resolves, &port](const ServicePort& declared) {
    return resolves ? declared.number == port.number : declared.name == port.name;
  };
  std::vector<KnownEndpoint> endpoints;
  for (const ServiceEntry* entry :
       entries.find(StrCat(service.metadata->ns, "/", service.host))->second) {
    for (const ServicePort& declared : entry->ports) {
      if (is_of_port(declared)) Append(*entry, service.host, declared, &endpoints);
    }
  }
  if (!resolves) {
    std::erase_if(endpoints, [](const KnownEndpoint& endpoint) {
      return endpoint.port != 0 && !ParseIp(endpoint.host);  // A socket has no port.
    });
  }
  return endpoints;
}

ServiceRegistry::ServiceRegistry(const Config& config, const SnapshotOptions& options) {
  const Backends backends(config);
  for (const KubernetesService& service : config.services) {
    const Metadata& metadata = service.metadata;
    const std::string host =
        StrCat(metadata.name, ".", metadata.ns, ".svc.", options.cluster_domain);
    const bool hidden =
        VisibilityTo(options.ns, ExportedTo(metadata), metadata.ns) == Visibility::kHidden;
    Claim(host, metadata, false, hidden);
    if (!hidden) AddService(service, host, backends);
  }
  const auto first_entry = static_cast<ptrdiff_t>(services_.size());
  for (const ServiceEntry& entry : config.service_entries) {
    const Visibility seen = VisibilityTo(options.ns, entry.export_to, entry.metadata.ns);
    const bool hidden = seen == Visibility::kHidden;
    for (const std::string& host : entry.hosts) Claim(host, entry.metadata, true, hidden);
    if (!hidden) AddServiceEntry(entry, seen == Visibility::kPublic);
  }
  const auto is_older = [](const KnownService& a, const KnownService& b) {
    return IsOlder(*a.metadata, *b.metadata);
  };
  std::stable_sort(services_.begin() + first_entry, services_.end(), is_older);
  for (size_t i = 0; i < services_.size(); ++i) by_host_[services_[i].host].push_back(i);
  Choose(backends);
}

void ServiceRegistry::Claim(const std::string& host, const Metadata& metadata, bool is_entry,
                            bool is_hidden) {
  const First claim = {is_entry, metadata.creation_timestamp, is_hidden};
  const auto [it, is_new] = firsts_.try_emplace(StrCat(metadata.ns, "/", host), claim);
  if (!is_new) it->second = std::min(it->second, claim);
}

void ServiceRegistry::AddServiceEntry(const ServiceEntry& entry, bool to_all) {
  for (const std::string& host : entry.hosts) {
    KnownService service;
    service.host = host;
    service.kind = "ServiceEntry";
    service.metadata = &entry.metadata;
    service.source = &entry.source;
    service.entry = &entry;
    service.to_all = to_all;
    service.external = entry.location == ServiceEntry::Location::kMeshExternal;
    service.discovery = IsDns(entry) ? Cluster::Discovery::kDns : Cluster::Discovery::kKnown;
    for (const ServicePort& declared : entry.ports) {
      KnownPort& port = service.ports.emplace_back();
      port.number = static_cast<uint16_t>(declared.number);
      const Protocol protocol = ParseProtocol(declared.protocol);
      port.udp = protocol == Protocol::kUdp;
      port.http2 = IsHttp2(protocol);
      port.name = declared.name;
    }
    services_.push_back(std::move(service));
  }
}

void ServiceRegistry::AddService(const KubernetesService& service, const std::string& host,
                                 const Backends& backends) {
  const Metadata& metadata = service.metadata;
  KnownService known;
  known.host = host;
  known.kind = "Service";
  known.metadata = &metadata;
  known.source = &service.source;
  known.endpoint_labels = false;
  if (service.type == "ExternalName") {
    known.external = true;
    known.alias = service.external_name;
  }
  const auto slices = backends.slices.find(QualifiedName(metadata));
  const bool has_slices = slices != backends.slices.end();
  for (const KubernetesService::ServicePort& declared : service.ports) {
    KnownPort& port = known.ports.emplace_back();
    port.number = static_cast<uint16_t>(declared.port);
    const Protocol protocol = ProtocolOf(declared);
    port.udp = protocol == Protocol::kUdp;
    port.http2 = IsHttp2(protocol);
    if (!has_slices) continue;
    port.endpoints = SliceEndpoints(declared, slices->second);
    backends.AppendSelected(service, declared, &port.endpoints);
  }
  known.discovery = has_slices ? Cluster::Discovery::kKnown : Cluster::Discovery::kHost;
  services_.push_back(std::move(known));
}

void ServiceRegistry::Choose(const Backends& backends) {
  std::vector<KnownService*> order;
  for (KnownService& service : services_) order.push_back(&service);
  std::stable_sort(order.begin(), order.end(), [](const KnownService* a, const KnownService* b) {
    const auto rank = [](const KnownService& service) {
      return std::pair(service.entry != nullptr, service.to_all);
    };
    if (rank(*a) != rank(*b)) return rank(*a) < rank(*b);
    // Names do not count: to Istio a ServiceEntry's service is called by its host.
    return std::tie(a->metadata->creation_timestamp, a->metadata->ns) <
           std::tie(b->metadata->creation_timestamp, b->metadata->ns);
  });
  for (KnownService* service : order) {
    const auto [it, is_new] = chosen_by_host_.try_emplace(service->host, chosen_.size());
    if (is_new) {
      chosen_.push_back(service);
      continue;
    }
    KnownService*& first = chosen_[it->second];
    if (first->entry == nullptr || !CanMerge(*first->entry, *service->entry)) continue;
    merged_.push_back(*first);
    for (const KnownPort& port : service->ports) {
      if (first->Port(port.number) == nullptr) merged_.back().ports.push_back(port);
    }
    first = &merged_.back();
  }
  for (KnownService* service : chosen_) {
    // Resolution NONE would connect to where the client wanted to go: a gateway has no such place.
    if (service->entry == nullptr ||
        service->entry->resolution == ServiceEntry::Resolution::kNone) {
      continue;
    }
    for (KnownPort& port : service->ports) {
      port.endpoints = backends.EndpointsOf(*service, port);
    }
  }
}

const KnownService* ServiceRegistry::Chosen(std::string_view host) const {
  const auto it = chosen_by_host_.find(host);
  return it == chosen_by_host_.end() ? nullptr : chosen_[it->second];
}

const KnownService* ServiceRegistry::Find(std::string_view host, std::string_view ns) const {
  const auto it = by_host_.find(host);
  if (it == by_host_.end()) return nullptr;
  const auto first = firsts_.find(StrCat(ns, "/", host));
  if (first == firsts_.end() || first->second.is_hidden) return Chosen(host);
  for (const size_t number : it->second) {
    if (services_[number].metadata->ns == ns) return &services_[number];
  }
  return Chosen(host);
}

const KnownService* ServiceRegistry::FindPort(std::string_view host, std::string_view ns,
                                              uint32_t port) const {
  const KnownService* found = Find(host, ns);
  if (found == nullptr || found->Port(port) != nullptr) return found;
  const KnownService* other = nullptr;
  for (const size_t number : by_host_.find(host)->second) {
    const KnownService& service = services_[number];
    if (service.Port(port) == nullptr) continue;
    if (service.metadata->ns == ns) return &service;
    if (other == nullptr) other = &service;
  }
  return other != nullptr ? other : found;
}

}  // namespace postern
