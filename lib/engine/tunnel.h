// Bytes of one client to one upstream and back: TCP, passthrough, TLS-terminated TCP. Where they go
// was decided with the chain; back-pressure is the links', half-close and idle time are kept here.

#ifndef POSTERN_ENGINE_TUNNEL_H_
#define POSTERN_ENGINE_TUNNEL_H_

#include <string_view>

#include "lib/engine/handler.h"
#include "lib/engine/tunnel_upstream.h"
#include "lib/upstream/cluster_state.h"
#include "lib/upstream/count_hold.h"
#include "postern/log.h"

namespace postern {

class ClientConnection;

// A Tunnel is the handler of its client's connection. One try is made to connect; a failure closes
// the client without a byte (dataplane.md 5.1).
class Tunnel final : public Handler, public TunnelUpstreamUser {
 public:
  explicit Tunnel(ClientConnection& client) : client_(client) {}

  // Start chooses the endpoint and begins to connect; it may end the client's connection.
  void Start();

  // Handler, of the client.
  bool OnBytes(ByteSpan* bytes) override;
  void OnEnd() override;
  void OnWritable() override;
  void OnTimer() override;
  void OnBroken(const absl::Status& why) override;

  // TunnelUpstreamUser.
  void OnUpstreamReady() override;
  void OnUpstreamBytes(ByteSpan* bytes) override;
  void OnUpstreamEnd() override;
  void OnUpstreamWritable() override;
  void OnUpstreamGone(const absl::Status& why) override;

 private:
  void Fail(ResponseFlag flag, std::string_view detail);
  void Touch();

  ClientConnection& client_;
  TunnelUpstream* upstream_ =
      nullptr;  // Owned by its connection or table; nullptr: not yet, or gone.
  ClusterState* cluster_ = nullptr;
  EndpointPtr endpoint_;
  CountHold in_active_;  // Of the endpoint.
  bool ready_ = false;
  bool client_ended_ = false;  // And the upstream knows.
  bool upstream_ended_ = false;
  Duration idle_ = {};
};

}  // namespace postern

#endif  // POSTERN_ENGINE_TUNNEL_H_
