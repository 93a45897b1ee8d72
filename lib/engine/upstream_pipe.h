// An upstream connection that carries a client's bytes as they are. Whose they are is the tunnel's
// business.

#ifndef POSTERN_ENGINE_UPSTREAM_PIPE_H_
#define POSTERN_ENGINE_UPSTREAM_PIPE_H_

#include "lib/engine/far_end.h"
#include "lib/engine/handler.h"
#include "postern/address.h"

namespace postern {

class UpstreamConnection;

// An UpstreamPipe is the handler of its connection, which owns it, and a far end to its user.
class UpstreamPipe final : public Handler, public FarEnd {
 public:
  explicit UpstreamPipe(FarUser* user) : user_(user) {}

  // Attach says which connection this is the handler of.
  void Attach(UpstreamConnection* connection) { connection_ = connection; }

  // peer returns the ends of the connection, or nullptr once it is gone.
  const PeerInfo* peer() const;

  // Handler.
  void OnConnected() override;
  bool OnBytes(ByteSpan* bytes) override;
  void OnEnd() override;
  void OnOutputLow() override;
  void OnBroken(const absl::Status& why) override;

  // FarEnd.
  void Send(ByteSpan bytes) override;
  void SendEnd() override;
  bool full() const override;
  void Hold() override;
  void Go() override;
  void Drop(const absl::Status& why) override;

 private:
  FarUser* user_;  // nullptr: dropped.
  UpstreamConnection* connection_ = nullptr;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_PIPE_H_
