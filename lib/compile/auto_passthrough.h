// The server names of AUTO_PASSTHROUGH: one for each port and subset of the services of the mesh
// (dataplane.md 5.4). Their chains are made in lib/compile/chain_compiler.

#ifndef POSTERN_COMPILE_AUTO_PASSTHROUGH_H_
#define POSTERN_COMPILE_AUTO_PASSTHROUGH_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/compile/cluster_compiler.h"

namespace postern {

// kMeshAlpn is what proxies of the mesh offer. A client that offers none of them is no such proxy.
inline constexpr std::array<std::string_view, 5> kMeshAlpn = {
    "istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2"};

// An AutoPassthroughName is one server name and the upstream it stands for.
struct AutoPassthroughName {
  std::string sni;       // "outbound_.9080_.v1_.reviews.prod.svc.cluster.local".
  uint32_t cluster = 0;  // In SnapshotTables::clusters.
};

// AutoPassthroughNames returns the names under which a server with `hosts` passes on connections to
// services that are not external to the mesh, and adds their clusters.
std::vector<AutoPassthroughName> AutoPassthroughNames(std::span<const std::string> hosts,
                                                      ClusterCompiler& clusters);

}  // namespace postern

#endif  // POSTERN_COMPILE_AUTO_PASSTHROUGH_H_
