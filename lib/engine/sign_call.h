// One signature that the host is asked for, because it has kept the private key. What is signed is
// for lib/tls/session.

#ifndef POSTERN_ENGINE_SIGN_CALL_H_
#define POSTERN_ENGINE_SIGN_CALL_H_

#include <cstdint>
#include <string>

#include "lib/engine/operation.h"
#include "lib/tls/session.h"
#include "postern/ids.h"

namespace postern {

class Connection;
class Core;

// A SignCall answers the TlsTransport of its connection.
class SignCall final : public Operation {
 public:
  // Ask makes the host hear OnSign.
  static OperationId Ask(Connection& connection, const Session::SignatureRequest& request);

  // Cancel says that nobody waits any more.
  static void Cancel(Core& core, OperationId id);

  void OnSignature(const absl::StatusOr<Signature>& signature) override;

 private:
  SignCall(Core& core, ConnectionId connection) : core_(core), connection_(connection) {}

  void AskHost();

  Core& core_;
  const ConnectionId connection_;
  OperationId id_;
  std::string key_id_;
  std::string input_;
  uint16_t algorithm_ = 0;
  bool asked_ = false;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_SIGN_CALL_H_
