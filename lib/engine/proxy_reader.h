// Waits for the PROXY header that a listener's connections begin with. Its form is
// lib/engine/proxy_protocol.h's.

#ifndef POSTERN_ENGINE_PROXY_READER_H_
#define POSTERN_ENGINE_PROXY_READER_H_

#include <string>

#include "lib/engine/handler.h"

namespace postern {

class ClientConnection;

// A ProxyReader is the first handler of a connection to such a listener. One that begins otherwise
// is closed (dataplane.md 2.7).
class ProxyReader final : public Handler {
 public:
  explicit ProxyReader(ClientConnection& client) : client_(client) {}

  bool OnBytes(ByteSpan* bytes) override;
  void OnEnd() override;
  void OnTimer() override;
  void OnDrain() override;
  void OnBroken(const absl::Status& why) override;

 private:
  ClientConnection& client_;
  std::string seen_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_PROXY_READER_H_
