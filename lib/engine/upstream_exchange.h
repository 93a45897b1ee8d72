// How a request comes by a connection to an endpoint, whatever is spoken on it: one that is open,
// one that is to be opened, or none for now. Which endpoint is left to lib/engine/stream.h, the
// connections to lib/engine/upstream_http.h and lib/engine/upstream_http2.h.

#ifndef POSTERN_ENGINE_UPSTREAM_EXCHANGE_H_
#define POSTERN_ENGINE_UPSTREAM_EXCHANGE_H_

#include "lib/engine/exchange.h"
#include "lib/upstream/cluster_state.h"

namespace postern {

class Core;

// An UpstreamRoom says when an endpoint can take one more request.
enum class UpstreamRoom : uint8_t {
  kNow,
  kSoon,  // When a connection has been opened.
  kNone,  // The cluster's limits let no further connection be opened.
};

// RoomFor returns when a request in HTTP/2, or not, can be sent by a connection of `pool`; nullptr:
// there is none yet. `fresh`: on a new connection only.
UpstreamRoom RoomFor(Core& core, const ClusterState& cluster, const ConnectionPool* pool,
                     bool http2, bool fresh);

// BeginUpstream starts an exchange with `endpoint`, as lib/engine/exchange.h says.
Exchange& BeginUpstream(Core& core, ClusterState& cluster, const EndpointPtr& endpoint, bool http2,
                        const ExchangeOrder& order, ExchangeUser* user);

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_EXCHANGE_H_
