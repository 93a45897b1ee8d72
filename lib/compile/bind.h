// Which VirtualServices apply to which server, and under what hosts (dataplane.md 3.3). Their
// routes are for lib/compile/virtual_host_compiler.h and lib/compile/chain_compiler.h.

#ifndef POSTERN_COMPILE_BIND_H_
#define POSTERN_COMPILE_BIND_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/compile/host_join.h"
#include "lib/compile/merge.h"
#include "lib/compile/virtual_service_resolver.h"

namespace postern {

// A Binding is one VirtualService of a server.
struct Binding {
  uint32_t service = 0;                 // In the order of services.
  std::vector<std::string_view> hosts;  // Intersected with the server's: never empty.
  std::vector<uint32_t> own_hosts;      // Which hosts of the service these come from; may repeat.
};

// A Binder knows the VirtualServices of each Gateway. It borrows `services`.
class Binder {
 public:
  // `services` are in the order in which their routes are tried.
  explicit Binder(std::span<const ResolvedVirtualService> services);

  // Bind returns the VirtualServices that apply to `server`, in their order. The names live as
  // long as the server and the services.
  std::vector<Binding> Bind(const MergedServer& server) const;

  // ServicesOf returns the numbers of the VirtualServices that name the Gateway "ns/name".
  std::span<const uint32_t> ServicesOf(std::string_view gateway) const;

  const ResolvedVirtualService& service(uint32_t number) const { return services_[number]; }
  std::span<const ResolvedVirtualService> services() const { return services_; }

 private:
  struct OfGateway {
    std::vector<uint32_t> services;
    HostJoin hosts;
  };

  std::span<const ResolvedVirtualService> services_;
  StringMap<std::unique_ptr<OfGateway>> gateways_;
};

}  // namespace postern

#endif  // POSTERN_COMPILE_BIND_H_
