#include "lib/engine/upstream_exchange.h"

#include "lib/engine/upstream_http.h"
#include "lib/engine/upstream_http2.h"

namespace postern {

UpstreamRoom RoomFor(Core& core, const ClusterState& cluster, const ConnectionPool* pool,
                     bool http2, bool fresh) {
  if (pool != nullptr && !fresh) {
    if (http2 && pool->shared.size() > 0) {
      return UpstreamHttp2::IsOpen(core, *pool) ? UpstreamRoom::kNow : UpstreamRoom::kSoon;
    }
    if (!http2 && pool->idle.size() > 0) return UpstreamRoom::kNow;
  }
  return cluster.MayConnect(pool) ? UpstreamRoom::kSoon : UpstreamRoom::kNone;
}

Exchange& BeginUpstream(Core& core, ClusterState& cluster, const EndpointPtr& endpoint, bool http2,
                        const ExchangeOrder& order, ExchangeUser* user) {
  return http2 ? UpstreamHttp2::Begin(core, cluster, endpoint, order, user)
               : UpstreamHttp::Begin(core, cluster, endpoint, order, user);
}

}  // namespace postern
