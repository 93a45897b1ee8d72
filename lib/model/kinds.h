// The kinds of resources that a Config holds, one list for whoever treats all of them alike. What
// is read of each, and checked, is left to lib/yaml and lib/validate.

#ifndef POSTERN_MODEL_KINDS_H_
#define POSTERN_MODEL_KINDS_H_

#include <string_view>

#include "postern/config.h"

namespace postern {

inline constexpr std::string_view kIstioGroup = "networking.istio.io";
inline constexpr std::string_view kCoreGroup = "";
inline constexpr std::string_view kDiscoveryGroup = "discovery.k8s.io";

// ForEachKind calls `visit` with the API group and the name of each kind, and the member of Config
// that holds its resources.
template <typename Visit>
void ForEachKind(Visit visit) {
  visit(kIstioGroup, "Gateway", &Config::gateways);
  visit(kIstioGroup, "VirtualService", &Config::virtual_services);
  visit(kIstioGroup, "DestinationRule", &Config::destination_rules);
  visit(kIstioGroup, "ServiceEntry", &Config::service_entries);
  visit(kIstioGroup, "WorkloadEntry", &Config::workload_entries);
  visit(kCoreGroup, "Secret", &Config::secrets);
  visit(kCoreGroup, "ConfigMap", &Config::config_maps);
  visit(kCoreGroup, "Service", &Config::services);
  visit(kDiscoveryGroup, "EndpointSlice", &Config::endpoint_slices);
}

}  // namespace postern

#endif  // POSTERN_MODEL_KINDS_H_
