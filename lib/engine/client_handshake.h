// The TLS handshake of a client, which comes before the handler that its filter chain asks for.

#ifndef POSTERN_ENGINE_CLIENT_HANDSHAKE_H_
#define POSTERN_ENGINE_CLIENT_HANDSHAKE_H_

#include "lib/engine/handler.h"

namespace postern {

class ClientConnection;

// StartTls begins the handshake that the chain of `client` asks for: from the ClientHello that is
// unread on it, within the time left of Timeouts::handshake. It ends in OnSecured.
void StartTls(ClientConnection& client);

// A ClientHandshake is the handler while there is no plaintext yet.
class ClientHandshake final : public Handler {
 public:
  explicit ClientHandshake(ClientConnection& client) : client_(client) {}

  bool OnBytes(ByteSpan* /*bytes*/) override { return false; }
  void OnEnd() override;
  void OnTimer() override;
  void OnDrain() override;
  void OnBroken(const absl::Status& why) override;

 private:
  ClientConnection& client_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_CLIENT_HANDSHAKE_H_
