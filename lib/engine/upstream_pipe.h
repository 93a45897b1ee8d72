// An upstream connection that carries a client's bytes as they are. Whose they are is the tunnel's
// business.

#ifndef POSTERN_ENGINE_UPSTREAM_PIPE_H_
#define POSTERN_ENGINE_UPSTREAM_PIPE_H_

#include "lib/engine/handler.h"
#include "lib/engine/tunnel_upstream.h"
#include "postern/address.h"

namespace postern {

class UpstreamConnection;

// An UpstreamPipe is the handler of its connection, which owns it, and the TunnelUpstream of its
// user.
class UpstreamPipe final : public Handler, public TunnelUpstream {
 public:
  explicit UpstreamPipe(TunnelUpstreamUser* user) : user_(user) {}

  // Attach says which connection this is the handler of.
  void Attach(UpstreamConnection* connection) { connection_ = connection; }

  // peer returns the ends of the connection, or nullptr once it is gone.
  const PeerInfo* peer() const;

  // Handler.
  void OnConnected() override;
  bool OnBytes(ByteSpan* bytes) override;
  void OnEnd() override;
  void OnWritable() override;
  void OnBroken(const absl::Status& why) override;

  // TunnelUpstream.
  void Send(ByteSpan bytes) override;
  void SendEnd() override;
  bool full() const override;
  void Pause() override;
  void Resume() override;
  void Drop(const absl::Status& why) override;

 private:
  TunnelUpstreamUser* user_;  // nullptr: dropped.
  UpstreamConnection* connection_ = nullptr;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_PIPE_H_
