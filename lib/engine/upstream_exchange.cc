#include "lib/engine/upstream_exchange.h"

#include "lib/engine/upstream_http.h"
#include "lib/engine/upstream_http2.h"

namespace postern {

UpstreamRoom RoomFor(Core& core, const ClusterState& cluster, const EndpointState& endpoint,
                     bool http2, bool fresh) {
  if (!fresh && http2 && endpoint.shared.size() > 0) {
    return UpstreamHttp2::IsOpen(core, endpoint) ? UpstreamRoom::kNow : UpstreamRoom::kSoon;
  }
  if (!fresh && !http2 && endpoint.idle.size() > 0) return UpstreamRoom::kNow;
  return cluster.MayConnect(endpoint) ? UpstreamRoom::kSoon : UpstreamRoom::kNone;
}

Exchange& BeginUpstream(Core& core, ClusterState& cluster, const EndpointPtr& endpoint, bool http2,
                        const ExchangeOrder& order, ExchangeUser* user) {
  return http2 ? UpstreamHttp2::Begin(core, cluster, endpoint, order, user)
               : UpstreamHttp::Begin(core, cluster, endpoint, order, user);
}

}  // namespace postern
