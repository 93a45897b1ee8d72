#include "lib/engine/sign_call.h"

#include <memory>
#include <utility>

#include "lib/engine/connection.h"
#include "lib/engine/core.h"
#include "lib/engine/tls_transport.h"

namespace postern {

OperationId SignCall::Ask(Connection& connection, const Session::SignatureRequest& request) {
  Core& core = connection.core();
  std::unique_ptr<SignCall> owned(new SignCall(core, connection.id()));
  SignCall& call = *owned;
  call.key_id_ = request.key_id;
  call.algorithm_ = request.algorithm;
  call.input_ = AsText(request.input);
  call.id_ = core.operations().Add(std::move(owned));
  core.Queue<&SignCall::AskHost>(call.id_);
  return call.id_;
}

void SignCall::AskHost() {
  SignRequest request;
  request.key_id = key_id_;
  request.algorithm = algorithm_;
  request.input = AsBytes(input_);
  request.connection = connection_;
  asked_ = true;
  core_.callbacks().OnSign(id_, request);
}

void SignCall::Cancel(Core& core, OperationId id) {
  const std::unique_ptr<Operation> call = core.operations().Remove(id);
  if (call == nullptr || !static_cast<const SignCall&>(*call).asked_) return;
  core.effects().Push(
      [](Core& core, uint64_t bits) { core.callbacks().OnCancel(OperationId::FromBits(bits)); },
      id.bits());
}

void SignCall::OnSignature(const absl::StatusOr<Signature>& signature) {
  const std::unique_ptr<Operation> self = core_.operations().Remove(id_);
  Connection* connection = core_.connections().Find(connection_);
  if (connection == nullptr || connection->ended()) return;
  if (Transport* transport = connection->transport(); transport != nullptr) {
    static_cast<TlsTransport*>(transport)->Signed(signature);
  }
}

}  // namespace postern
