#include "lib/engine/sign_call.h"

#include "lib/engine/connection.h"
#include "lib/engine/core.h"
#include "lib/engine/tls_transport.h"

namespace postern {

OperationId SignCall::Ask(Connection& connection, const Session::SignatureRequest& request) {
  Core& core = connection.core();
  auto* call = new SignCall(core, connection.id());
  call->key_id_ = request.key_id;
  call->algorithm_ = request.algorithm;
  call->input_ = AsText(request.input);
  call->id_ = core.operations().Take(call);
  core.effects().Push(
      [](Core& core, uint64_t bits) {
        const OperationId id = OperationId::FromBits(bits);
        auto* call = static_cast<SignCall*>(core.operations().Find(id));
        if (call == nullptr) return;
        SignRequest request;
        request.key_id = call->key_id_;
        request.algorithm = call->algorithm_;
        request.input = AsBytes(call->input_);
        request.connection = call->connection_;
        call->asked_ = true;
        core.callbacks().OnSign(id, request);
      },
      call->id_.bits());
  return call->id_;
}

void SignCall::Cancel(Core& core, OperationId id) {
  auto* call = static_cast<SignCall*>(core.operations().Find(id));
  if (call == nullptr) return;
  const bool asked = call->asked_;
  core.operations().Release(id);
  delete call;
  if (!asked) return;
  core.effects().Push(
      [](Core& core, uint64_t bits) { core.callbacks().OnCancel(OperationId::FromBits(bits)); },
      id.bits());
}

void SignCall::OnSignature(const absl::StatusOr<Signature>& signature) {
  Connection* connection = core_.connections().Find(connection_);
  core_.operations().Release(id_);
  delete this;
  if (connection == nullptr || connection->ended()) return;
  if (Transport* transport = connection->transport(); transport != nullptr) {
    static_cast<TlsTransport*>(transport)->Signed(signature);
  }
}

}  // namespace postern
