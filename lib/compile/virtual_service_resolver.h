// Makes VirtualServices ready to be bound: full host and Gateway names, delegates in place of the
// rules that name them (dataplane.md 3.1, 4.9). How two rules merge is in lib/compile/delegate.h.

#ifndef POSTERN_COMPILE_VIRTUAL_SERVICE_RESOLVER_H_
#define POSTERN_COMPILE_VIRTUAL_SERVICE_RESOLVER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/compile/compile_state.h"
#include "postern/virtual_service.h"

namespace postern {

// A ResolvedRule is one HTTP rule, as written or merged with a delegate's.
struct ResolvedRule {
  // A Source is a rule as it stands in a resource.
  struct Source {
    const VirtualService* service = nullptr;
    size_t rule = 0;  // "spec.http[rule]".

    const HttpRoute& route() const { return service->http[rule]; }
  };
  // A MatchSource is where a match of `route` was written.
  struct MatchSource {
    Source rule;
    size_t match = 0;
  };

  // The rule itself; hosts and Gateways in it are short only where it is as written, and then mean
  // the namespace of `own.service`.
  const HttpRoute* route = nullptr;
  Source own;                        // Where its action is: in the delegate, if there is one.
  Source root;                       // The rule with `delegate`; null if there is none.
  std::vector<MatchSource> matches;  // Of a merged rule: one for each of route->match.
  std::shared_ptr<const HttpRoute> merged;  // What `route` points to, unless to a resource.
};

// A ResolvedVirtualService is a VirtualService with hosts, as a gateway sees it.
struct ResolvedVirtualService {
  const VirtualService* source = nullptr;
  std::vector<std::string> hosts;     // Full names, in their order.
  std::vector<std::string> gateways;  // "namespace/name"; without "mesh".
  std::vector<ResolvedRule> http;
};

// ResolveNames returns `service` with its hosts and Gateways, and no rules.
ResolvedVirtualService ResolveNames(const VirtualService& service, const SnapshotOptions& options);

// ResolveVirtualServices returns `services` resolved, in their order, and reports the rules that
// fall away because their delegate is missing, hidden or in conflict, and the delegates that none
// names. Delegates are looked up among all of the configuration.
std::vector<ResolvedVirtualService> ResolveVirtualServices(
    const std::vector<const VirtualService*>& services, CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_VIRTUAL_SERVICE_RESOLVER_H_
