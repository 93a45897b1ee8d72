// Waits for the first bytes of a connection to a listener that has TLS chains, and says what they
// are. Reading a ClientHello is lib/tls/client_hello.h's, choosing the chain the Snapshot's.

#ifndef POSTERN_ENGINE_SNIFFER_H_
#define POSTERN_ENGINE_SNIFFER_H_

#include <string>

#include "lib/engine/handler.h"
#include "lib/tls/client_hello.h"

namespace postern {

class ClientConnection;

// A Sniffer takes nothing away: what it has looked at is there for whoever comes next. It decides
// by the whole ClientHello, however it is split; bytes that cannot begin one are plaintext.
class Sniffer final : public Handler {
 public:
  explicit Sniffer(ClientConnection& client);

  bool OnBytes(ByteSpan* bytes) override;
  void OnEnd() override;
  void OnTimer() override;
  void OnDrain() override;
  void OnBroken(const absl::Status& why) override;

 private:
  ClientConnection& client_;
  ClientHelloParser parser_;
  std::string seen_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_SNIFFER_H_
