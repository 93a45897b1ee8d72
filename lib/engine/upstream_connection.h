// A connection that the host opens to an endpoint at the engine's request. What it carries is for
// its handler.

#ifndef POSTERN_ENGINE_UPSTREAM_CONNECTION_H_
#define POSTERN_ENGINE_UPSTREAM_CONNECTION_H_

#include <memory>

#include "lib/engine/connection.h"
#include "lib/upstream/cluster_state.h"
#include "lib/upstream/count_hold.h"

namespace postern {

// An UpstreamConnection counts against its cluster's limits from Dial to its end.
class UpstreamConnection final : public Connection {
 public:
  // Dial asks the host to connect. `client` is whose bytes it will carry; default: nobody's, it is
  // pooled. The handler hears OnConnected or OnBroken, never before Dial has returned.
  static UpstreamConnection& Dial(Core& core, ClusterState& cluster, EndpointPtr endpoint,
                                  UpstreamTarget::Protocol protocol, ConnectionId client,
                                  std::unique_ptr<Handler> handler);

  // Connected is the host's answer.
  void Connected(const PeerInfo& peer);

  ClusterState& cluster() const { return cluster_; }
  const EndpointPtr& endpoint() const { return endpoint_; }
  // peer returns the ends of the stream as the host gave them, or the endpoint chosen.
  const PeerInfo& peer() const { return peer_; }

  // spent returns whether the cluster's policy lets it serve no more requests.
  bool spent() const;
  // idle_time returns how long it may wait for a further request; 0: for ever.
  Duration idle_time() const;

  // Freed says that the connection, or the room that it took, can serve a request that waits for
  // its endpoint.
  void Freed();

  uint32_t served = 0;  // Requests so far.

 protected:
  void Ending() override;
  bool announced() const override { return announced_; }

 private:
  UpstreamConnection(Core& core, ClusterState& cluster, EndpointPtr endpoint,
                     UpstreamTarget::Protocol protocol, ConnectionId client);

  ClusterState& cluster_;
  const EndpointPtr endpoint_;
  CountHold in_cluster_;   // Of its connections.
  CountHold in_endpoint_;  // Likewise.
  PeerInfo peer_;
  const ConnectionId client_;
  const UpstreamTarget::Protocol protocol_;
  bool announced_ = false;
  bool connected_ = false;
  TimePoint connected_at_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_CONNECTION_H_
