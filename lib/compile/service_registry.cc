#include "lib/compile/service_registry.h"

#include <algorithm>
#include <utility>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/select.h"
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
  const uint32_t number = own != spec.ports.end() ? own->second
                          : port.target_port != 0 ? port.target_port
                                                  : port.number;
  endpoint.port = spec.address.starts_with("unix://") ? 0 : static_cast<uint16_t>(number);
  endpoint.weight = WeightOf(spec);
  endpoint.locality = spec.locality;
  endpoint.labels = spec.labels;
  return endpoint;
}

// IsHttp2Port reads the protocol of a Service's port from `appProtocol`, else from its name up to
// the first hyphen.
bool IsHttp2Port(const KubernetesService::ServicePort& port) {
  if (!port.app_protocol.empty()) {
    if (port.app_protocol == "kubernetes.io/h2c") return true;
    return IsHttp2(ParseProtocol(port.app_protocol));
  }
  if (port.name.starts_with("grpc-web")) return IsHttp2(Protocol::kGrpcWeb);
  return IsHttp2(ParseProtocol(std::string_view(port.name).substr(0, port.name.find('-'))));
}

std::vector<KnownEndpoint> SliceEndpoints(const KubernetesService::ServicePort& port,
                                          std::span<const EndpointSlice* const> slices) {
  std::vector<KnownEndpoint> endpoints;
  for (const EndpointSlice* slice : slices) {
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
  }

  StringMap<std::vector<const EndpointSlice*>> slices;  // By "namespace/service".
  StringMap<std::vector<WorkloadEntrySpec>> workloads;  // By namespace.
};

ServiceRegistry::ServiceRegistry(const Config& config, const SnapshotOptions& options) {
  const auto visible = [&options](const std::vector<std::string>& export_to, std::string_view ns) {
    return VisibilityTo(options.ns, export_to, ns) != Visibility::kHidden;
  };
  const Backends backends(config);
  for (const KubernetesService& service : config.services) {
    if (visible(ExportedTo(service.metadata), service.metadata.ns)) {
      AddService(service, backends, options.cluster_domain);
    }
  }
  const auto first_entry = static_cast<ptrdiff_t>(services_.size());
  for (const ServiceEntry& entry : config.service_entries) {
    if (visible(entry.export_to, entry.metadata.ns)) AddServiceEntry(entry, backends);
  }
  const auto is_older = [](const KnownService& a, const KnownService& b) {
    return IsOlder(*a.metadata, *b.metadata);
  };
  std::stable_sort(services_.begin() + first_entry, services_.end(), is_older);
  for (size_t i = 0; i < services_.size(); ++i) by_host_[services_[i].host].push_back(i);
}

void ServiceRegistry::AddServiceEntry(const ServiceEntry& entry, const Backends& backends) {
  using Resolution = ServiceEntry::Resolution;
  std::vector<const WorkloadEntrySpec*> endpoints;
  for (const WorkloadEntrySpec& endpoint : entry.endpoints) endpoints.push_back(&endpoint);
  const auto workloads = backends.workloads.find(entry.metadata.ns);
  if (entry.workload_selector && workloads != backends.workloads.end()) {
    for (const WorkloadEntrySpec& workload : workloads->second) {
      if (IsSelected(entry.workload_selector->labels, workload.labels)) {
        endpoints.push_back(&workload);
      }
    }
  }
  const bool dns = entry.resolution == Resolution::kDns ||
                   entry.resolution == Resolution::kDnsRoundRobin ||
                   entry.resolution == Resolution::kDynamicDns;
  for (const std::string& host : entry.hosts) {
    KnownService service;
    service.host = host;
    service.kind = "ServiceEntry";
    service.metadata = &entry.metadata;
    service.source = &entry.source;
    service.external = entry.location == ServiceEntry::Location::kMeshExternal;
    service.discovery = dns ? Cluster::Discovery::kDns : Cluster::Discovery::kKnown;
    for (const ServicePort& declared : entry.ports) {
      KnownPort& port = service.ports.emplace_back();
      port.number = static_cast<uint16_t>(declared.number);
      const Protocol protocol = ParseProtocol(declared.protocol);
      port.udp = protocol == Protocol::kUdp;
      port.http2 = IsHttp2(protocol);
      // Resolution NONE would connect to where the client wanted to go: a gateway has no such
      // place.
      if (entry.resolution == Resolution::kNone) continue;
      for (const WorkloadEntrySpec* endpoint : endpoints) {
        port.endpoints.push_back(EndpointOf(*endpoint, declared));
      }
      if (dns && endpoints.empty()) {
        WorkloadEntrySpec itself;
        itself.address = host;
        port.endpoints.push_back(EndpointOf(itself, declared));
      }
    }
    services_.push_back(std::move(service));
  }
}

void ServiceRegistry::AddService(const KubernetesService& service, const Backends& backends,
                                 std::string_view cluster_domain) {
  const Metadata& metadata = service.metadata;
  KnownService known;
  known.host = StrCat(metadata.name, ".", metadata.ns, ".svc.", cluster_domain);
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
    port.udp = EqualsIgnoreCase(declared.protocol, "UDP");
    port.http2 = IsHttp2Port(declared);
    if (has_slices) port.endpoints = SliceEndpoints(declared, slices->second);
  }
  known.discovery = has_slices ? Cluster::Discovery::kKnown : Cluster::Discovery::kHost;
  services_.push_back(std::move(known));
}

const KnownService* ServiceRegistry::Find(std::string_view host, std::string_view ns) const {
  const auto it = by_host_.find(host);
  if (it == by_host_.end()) return nullptr;
  for (const size_t number : it->second) {
    if (services_[number].metadata->ns == ns) return &services_[number];
  }
  return &services_[it->second.front()];
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
