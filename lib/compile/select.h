// Which resources a proxy gets, and in what order: the order decides every conflict. What they then
// do to each other is for lib/compile/merge.h and lib/compile/bind.h.

#ifndef POSTERN_COMPILE_SELECT_H_
#define POSTERN_COMPILE_SELECT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "postern/config.h"
#include "postern/metadata.h"
#include "postern/snapshot.h"

namespace postern {

// IsSelected returns whether every entry of `selector` is among `labels`; an empty one selects all.
bool IsSelected(const std::map<std::string, std::string>& selector,
                const std::map<std::string, std::string>& labels);

// IsOlder orders resources by creation time, none first, then by name, then by namespace.
bool IsOlder(const Metadata& a, const Metadata& b);

// FilterStrictly returns the Gateways that may share a proxy: if a Kubernetes Gateway with a
// service account is among `gateways` in generated form, Istio's own Gateways of other namespaces
// than theirs are left out (validation.md 3.8).
std::vector<const Gateway*> FilterStrictly(std::span<const Gateway* const> gateways);

// SelectGateways returns the Gateways of `config` that select a proxy with `labels`, oldest first,
// after FilterStrictly.
std::vector<const Gateway*> SelectGateways(const Config& config,
                                           const std::map<std::string, std::string>& labels);

// VisibilityTo returns how a resource of namespace `ns` with this `exportTo` is seen by a proxy of
// namespace `proxy_namespace`. An empty `export_to` is public.
enum class Visibility { kPrivate, kByName, kPublic, kHidden };
Visibility VisibilityTo(std::string_view proxy_namespace, const std::vector<std::string>& export_to,
                        std::string_view ns);

// SelectVirtualServices returns the VirtualServices of `config` with hosts that a proxy of
// namespace `proxy_namespace` may see, in the order in which their routes are tried: private ones
// of its namespace, those exported to it by name, public ones; oldest first within each.
std::vector<const VirtualService*> SelectVirtualServices(const Config& config,
                                                         std::string_view proxy_namespace);

// ServedPorts returns the ports that clients of the proxy's Services can reach: those of the
// Services that select it, and what these translate them to. nullopt if no Service selects it.
std::optional<std::set<uint32_t>> ServedPorts(const Config& config, const SnapshotOptions& options);

// A PortMap translates declared ports to those that are listened on, as the `targetPort` of the
// Services that select the proxy says (dataplane.md 1.1.4). A port of no Service stays.
class PortMap {
 public:
  PortMap(const Config& config, const SnapshotOptions& options);

  uint32_t Resolve(uint32_t declared) const {
    const auto it = targets_.find(declared);
    return it == targets_.end() ? declared : it->second;
  }

 private:
  std::map<uint32_t, uint32_t> targets_;
};

}  // namespace postern

#endif  // POSTERN_COMPILE_SELECT_H_
