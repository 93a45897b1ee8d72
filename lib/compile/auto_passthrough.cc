#include "lib/compile/auto_passthrough.h"

#include <algorithm>

#include "lib/base/strings.h"
#include "lib/match/host_names.h"

namespace postern {
namespace {

// IsExposed returns whether `hostname` is a subset of an entry of `hosts`; namespaces do not count.
bool IsExposed(std::string_view hostname, std::span<const std::string> hosts) {
  return std::any_of(hosts.begin(), hosts.end(), [hostname](std::string_view host) {
    if (const size_t slash = host.find('/'); slash != std::string_view::npos) {
      host.remove_prefix(slash + 1);
    }
    return HostIsSubset(hostname, host);
  });
}

}  // namespace

std::vector<AutoPassthroughName> AutoPassthroughNames(std::span<const std::string> hosts,
                                                      ClusterCompiler& clusters) {
  std::vector<AutoPassthroughName> names;
  for (const MeshPort& port : clusters.MeshPorts()) {
    if (!IsExposed(port.host, hosts)) continue;
    names.push_back({StrCat("outbound_.", port.port, "_.", port.subset, "_.", port.host),
                     clusters.Add(port.host, port.port, port.subset)});
  }
  return names;
}

}  // namespace postern
