#include "lib/compile/select.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <tuple>

#include "lib/base/strings.h"

namespace postern {
namespace {

// A Service with this label, whatever its value, does not translate ports.
constexpr std::string_view kNoPortTranslation =
    "experimental.istio.io/disable-gateway-port-translation";

// What marks a Gateway that was generated from one of the Kubernetes Gateway API.
constexpr std::string_view kSemantics = "internal.istio.io/gateway-semantics";
constexpr std::string_view kServiceAccount = "internal.istio.io/service-account-name";

std::string_view Annotation(const Gateway& gateway, std::string_view name) {
  const auto it = gateway.metadata.annotations.find(std::string(name));
  return it == gateway.metadata.annotations.end() ? std::string_view() : it->second;
}

bool IsGenerated(const Gateway& gateway) { return Annotation(gateway, kSemantics) == "gateway"; }

// ServicesOf returns the Services whose selector chooses the proxy, oldest first. A Service
// without a selector chooses no Pod, unlike a Gateway.
std::vector<const KubernetesService*> ServicesOf(const Config& config,
                                                 const SnapshotOptions& options) {
  std::vector<const KubernetesService*> services;
  for (const KubernetesService& service : config.services) {
    if (service.metadata.ns != options.ns || service.selector.empty()) continue;
    if (IsSelected(service.selector, options.labels)) services.push_back(&service);
  }
  std::stable_sort(services.begin(), services.end(),
                   [](const KubernetesService* a, const KubernetesService* b) {
                     return IsOlder(a->metadata, b->metadata);
                   });
  return services;
}

// IsTcp leaves out what a Gateway cannot listen for: UDP and SCTP.
bool IsTcp(const KubernetesService::ServicePort& port) {
  return port.protocol.empty() || EqualsIgnoreCase(port.protocol, "TCP");
}

bool TranslatesPorts(const KubernetesService& service) {
  return !service.metadata.labels.contains(std::string(kNoPortTranslation));
}

// TargetOf returns where a port of a Service leads. A target port by name is known to the Pod
// alone: it stays as declared, and so does an absent one, which means the port itself.
uint32_t TargetOf(const KubernetesService::ServicePort& port) {
  const uint32_t target = ParseDecimal<uint32_t>(port.target_port).value_or(port.port);
  return target == 0 ? port.port : target;
}

}  // namespace

bool IsSelected(const std::map<std::string, std::string>& selector,
                const std::map<std::string, std::string>& labels) {
  return std::all_of(selector.begin(), selector.end(), [&labels](const auto& wanted) {
    const auto it = labels.find(wanted.first);
    return it != labels.end() && it->second == wanted.second;
  });
}

bool IsOlder(const Metadata& a, const Metadata& b) {
  return std::tie(a.creation_timestamp, a.name, a.ns) <
         std::tie(b.creation_timestamp, b.name, b.ns);
}

std::vector<const Gateway*> FilterStrictly(std::span<const Gateway* const> gateways) {
  std::set<std::string_view> namespaces;
  for (const Gateway* gateway : gateways) {
    if (IsGenerated(*gateway) && !Annotation(*gateway, kServiceAccount).empty()) {
      namespaces.insert(gateway->metadata.ns);
    }
  }
  std::vector<const Gateway*> kept;
  std::copy_if(gateways.begin(), gateways.end(), std::back_inserter(kept),
               [&namespaces](const Gateway* gateway) {
                 return namespaces.empty() || IsGenerated(*gateway) ||
                        namespaces.contains(gateway->metadata.ns);
               });
  return kept;
}

std::vector<const Gateway*> SelectGateways(const Config& config,
                                           const std::map<std::string, std::string>& labels) {
  std::vector<const Gateway*> selected;
  for (const Gateway& gateway : config.gateways) {
    if (IsSelected(gateway.selector, labels)) selected.push_back(&gateway);
  }
  std::stable_sort(selected.begin(), selected.end(), [](const Gateway* a, const Gateway* b) {
    return IsOlder(a->metadata, b->metadata);
  });
  return FilterStrictly(selected);
}

Visibility VisibilityTo(std::string_view proxy_namespace, const std::vector<std::string>& export_to,
                        std::string_view ns) {
  const auto holds = [&export_to](std::string_view entry) {
    return std::find(export_to.begin(), export_to.end(), entry) != export_to.end();
  };
  if (export_to.empty() || holds("*")) return Visibility::kPublic;
  if (holds("~")) return Visibility::kHidden;
  const bool own = holds(".") || holds(ns);
  if (ns == proxy_namespace) {
    // Exported to others only, it is not seen at home.
    return own ? Visibility::kPrivate : Visibility::kHidden;
  }
  return holds(proxy_namespace) ? Visibility::kByName : Visibility::kHidden;
}

std::vector<const VirtualService*> SelectVirtualServices(const Config& config,
                                                         std::string_view proxy_namespace) {
  std::array<std::vector<const VirtualService*>, 3> classes;
  for (const VirtualService& service : config.virtual_services) {
    if (service.hosts.empty()) continue;
    const Visibility seen = VisibilityTo(proxy_namespace, service.export_to, service.metadata.ns);
    if (seen != Visibility::kHidden) classes[static_cast<size_t>(seen)].push_back(&service);
  }
  std::vector<const VirtualService*> selected;
  for (std::vector<const VirtualService*>& some : classes) {
    std::stable_sort(some.begin(), some.end(),
                     [](const VirtualService* a, const VirtualService* b) {
                       return IsOlder(a->metadata, b->metadata);
                     });
    selected.insert(selected.end(), some.begin(), some.end());
  }
  return selected;
}

std::optional<std::set<uint32_t>> ServedPorts(const Config& config,
                                              const SnapshotOptions& options) {
  const std::vector<const KubernetesService*> services = ServicesOf(config, options);
  if (services.empty()) return std::nullopt;
  std::set<uint32_t> ports;
  for (const KubernetesService* service : services) {
    for (const KubernetesService::ServicePort& port : service->ports) {
      if (!IsTcp(port)) continue;
      ports.insert(TargetOf(port));
      if (TranslatesPorts(*service)) ports.insert(port.port);
    }
  }
  return ports;
}

PortMap::PortMap(const Config& config, const SnapshotOptions& options) {
  for (const KubernetesService* service : ServicesOf(config, options)) {
    if (!TranslatesPorts(*service)) continue;
    for (const KubernetesService::ServicePort& port : service->ports) {
      if (EqualsIgnoreCase(port.protocol, "UDP")) continue;
      targets_.try_emplace(port.port, TargetOf(port));
    }
  }
}

}  // namespace postern
