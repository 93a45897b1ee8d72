// A connection that the host opens to an endpoint at the engine's request. What it carries is for
// its handler.

#ifndef POSTERN_ENGINE_UPSTREAM_CONNECTION_H_
#define POSTERN_ENGINE_UPSTREAM_CONNECTION_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "lib/engine/connection.h"
#include "lib/upstream/cluster_state.h"
#include "lib/upstream/count_hold.h"

namespace postern {

// An UpstreamOrder is what a connection is for.
struct UpstreamOrder {
  UpstreamTarget::Protocol protocol = UpstreamTarget::Protocol::kBytes;
  ConnectionId client = {};           // Whose bytes it carries; default: nobody's, it is pooled.
  std::string_view server_name = {};  // As ClusterState::ServerName has it.
  bool in_the_clear = false;  // Whatever the cluster says: what is carried is TLS of the mesh.
};

// An UpstreamConnection counts against its cluster's limits from Dial to its end. Where the cluster
// demands TLS, it is open once the handshake is over.
class UpstreamConnection final : public Connection {
 public:
  // Dial asks the host to connect. The handler hears OnConnected or OnBroken, never before Dial has
  // returned.
  static UpstreamConnection& Dial(Core& core, ClusterState& cluster, EndpointPtr endpoint,
                                  const UpstreamOrder& order, std::unique_ptr<Handler> handler);

  ~UpstreamConnection() override;

  // Connected is the host's answer.
  void Connected(const PeerInfo& peer);

  void OnSecured(const Session& session) override;

  ClusterState& cluster() const { return cluster_; }
  const EndpointPtr& endpoint() const { return endpoint_; }
  // pool is where it stands, of its endpoint.
  ConnectionPool& pool() const { return pool_; }
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
  // A Tls is what its handshake goes by, as the policy was when it was dialed.
  struct Tls {
    std::shared_ptr<const ClientContext> context;
    std::string server_name;
    std::span<const std::string_view> alpn;
  };

  UpstreamConnection(Core& core, ClusterState& cluster, EndpointPtr endpoint,
                     const UpstreamOrder& order);

  void FailUnsecured();
  void AskHost();
  void StartTls();
  void StartPending();

  ClusterState& cluster_;
  const EndpointPtr endpoint_;
  const std::string server_name_;  // Its pool's.
  ConnectionPool& pool_;
  CountHold in_cluster_;  // Of its connections.
  CountHold in_pool_;     // Likewise.
  std::unique_ptr<const Tls> tls_;
  PeerInfo peer_;
  const ConnectionId client_;
  const UpstreamTarget::Protocol protocol_;
  bool announced_ = false;
  bool connected_ = false;
  TimePoint connected_at_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_CONNECTION_H_
