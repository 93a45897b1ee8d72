// The hash of a request, by which a cluster with `consistentHash` chooses its endpoint: one pure
// function over what the policies of its route look at. The choice is for lib/upstream/balancer.h.

#ifndef POSTERN_UPSTREAM_REQUEST_HASH_H_
#define POSTERN_UPSTREAM_REQUEST_HASH_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "postern/decision.h"
#include "postern/log.h"

namespace postern {

// A RequestHash is what the policies make of one request.
struct RequestHash {
  std::optional<uint64_t> value;         // Absent: it has nothing that any policy looks at.
  std::vector<std::string> set_cookies;  // Of cookies made for it: values of set-cookie.
};

// HashRequest returns the hash of `head`, as it goes upstream, by Envoy's rules. `client_ip` is the
// text of the client's address, empty if it is not known. A cookie that is made is the same for all
// requests of `connection`.
RequestHash HashRequest(std::span<const HashPolicy> policies, const RequestHead& head,
                        std::string_view client_ip, const ConnectionInfo& connection);

// HashAddress returns the hash of a client's address as text, without a port; nullopt if it is
// empty.
std::optional<uint64_t> HashAddress(std::string_view client_ip);

}  // namespace postern

#endif  // POSTERN_UPSTREAM_REQUEST_HASH_H_
