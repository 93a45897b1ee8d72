#include "lib/engine/tls_transport.h"

#include <string>
#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/operation.h"
#include "lib/engine/stats_book.h"
#include "lib/http/client_cert_field.h"
#include "lib/snapshot/tables.h"

namespace postern {
namespace {

// A HandshakeWait is the handler while there is no plaintext yet.
class HandshakeWait final : public Handler {
 public:
  explicit HandshakeWait(ClientConnection& client) : client_(client) {}

  bool OnBytes(ByteSpan* /*bytes*/) override { return false; }
  void OnEnd() override { client_.Refuse("downstream_remote_disconnect", CloseMode::kClose); }
  void OnTimer() override { client_.Refuse("tls_handshake_timeout", CloseMode::kClose); }
  void OnDrain() override { client_.Refuse("draining", CloseMode::kClose); }
  void OnBroken(const absl::Status& why) override {
    const Transport* transport = client_.transport();
    const bool tls = transport != nullptr && !transport->failure().ok();
    client_.outcome().detail = tls ? "tls_handshake_failure" : "downstream_remote_disconnect";
    if (tls) {
      client_.outcome().tls_failure = std::make_unique<std::string>(why.message());
    }
    client_.core().stats().Handshake(client_.info().listener, false, false);
  }

 private:
  ClientConnection& client_;
};

// A SignCall asks the host for one signature.
class SignCall final : public Operation {
 public:
  static OperationId Ask(Core& core, ClientConnection& client,
                         const Session::SignatureRequest& request) {
    auto* call = new SignCall(core, client.id());
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

  // Cancel says that nobody waits any more.
  static void Cancel(Core& core, OperationId id) {
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

  void OnSignature(const absl::StatusOr<Signature>& signature) override {
    Core& core = core_;
    Connection* client = core.connections().Find(connection_);
    core.operations().Release(id_);
    delete this;
    if (client == nullptr || !client->open() || client->transport() == nullptr) return;
    static_cast<TlsTransport*>(client->transport())->Signed(signature);
  }

 private:
  SignCall(Core& core, ConnectionId connection) : core_(core), connection_(connection) {}

  Core& core_;
  const ConnectionId connection_;
  OperationId id_;
  std::string key_id_;
  std::string input_;
  uint16_t algorithm_ = 0;
  bool asked_ = false;
};

}  // namespace

void StartTls(ClientConnection& client) {
  const SnapshotParts& parts = client.parts();
  const uint32_t server = parts.shared->chains[client.chain().chain].tls_server;
  const std::shared_ptr<const ServerContext>& context = parts.contexts[server];
  if (context == nullptr) return client.Refuse("secret_not_ready", CloseMode::kClose);
  auto session = Session::Accept(context, &client.core().tls_environment(), &client.link());
  if (!session.ok()) return client.Refuse("tls_handshake_failure", CloseMode::kClose);
  client.SetTransport(std::make_unique<TlsTransport>(client, *std::move(session)));
  client.SetHandler(std::make_unique<HandshakeWait>(client));
}

TlsTransport::TlsTransport(ClientConnection& client, std::unique_ptr<Session> session)
    : client_(client),
      core_(client.core()),
      session_(std::move(session)),
      plain_(&core_.chunks()),
      pending_(&core_.chunks()) {}

size_t TlsTransport::Receive(ByteSpan bytes) {
  if (!plain_.empty() || !fresh_.empty() || signing_ != OperationId()) return 0;
  const size_t shown = bytes.size();
  const std::span<uint8_t> scratch = core_.scratch();
  const size_t size = session_->Read(&bytes, scratch);
  fresh_ = scratch.first(size);
  AfterRead();
  return shown - bytes.size();
}

void TlsTransport::AfterRead() {
  if (session_->state() == Session::State::kSigning && signing_ == OperationId()) {
    signing_ = SignCall::Ask(core_, client_, session_->signature_request());
  }
  if (session_->state() != Session::State::kOpen || std::exchange(secured_, true)) return;
  ConnectionInfo& info = client_.info();
  info.alpn = session_->alpn();
  info.tls_version = session_->version();
  info.tls_cipher = session_->cipher();
  info.tls_resumed = session_->resumed();
  if (session_->peer() != nullptr) info.certificate = &session_->peer()->view();
  core_.stats().Handshake(info.listener, true, session_->resumed());
  client_.Secured();
}

ByteSpan TlsTransport::Plaintext() {
  if (!plain_.empty()) return plain_.front();
  return fresh_;
}

void TlsTransport::Take(size_t size) {
  if (!plain_.empty()) return plain_.Consume(size);
  // The scratch is everybody's: what is left moves.
  plain_.Append(std::exchange(fresh_, {}).subspan(size));
}

void TlsTransport::SendEnd() {
  Encrypt();
  session_->Close();
  Gone();
}

std::string TlsTransport::certificate_element() const {
  const PeerIdentity* peer = session_->peer();
  if (peer == nullptr) return {};
  const std::string encoded_pem = peer->url_encoded_pem();
  ClientCertFacts facts;
  facts.own_uris = session_->local_uris();
  facts.sha256 = peer->view().sha256;
  facts.encoded_pem = encoded_pem;
  facts.subject = peer->view().subject;
  facts.uris = peer->view().uris;
  facts.dns_names = peer->view().dns_names;
  return ClientCertElement(facts);
}

void TlsTransport::Gone() {
  if (signing_ != OperationId()) SignCall::Cancel(core_, std::exchange(signing_, {}));
}

void TlsTransport::Signed(const absl::StatusOr<std::string>& signature) {
  signing_ = {};
  session_->Sign(signature);
  client_.WorkSoon();
}

char* TlsTransport::Prepare(size_t size) {
  return reinterpret_cast<char*>(pending_.Prepare(size).data());
}

void TlsTransport::Commit(size_t size) {
  pending_.Commit(size);
  EncryptSoon();
}

void TlsTransport::Lend(ByteSpan bytes) {
  if (core_.lending()) {
    pending_.AppendLent(bytes);
  } else {
    pending_.Append(bytes);
  }
  EncryptSoon();
}

void TlsTransport::EncryptSoon() {
  if (std::exchange(encrypt_queued_, true)) return;
  core_.Later(
      [](Core& core, uint64_t bits) {
        Connection* client = core.connections().Find(ConnectionId::FromBits(bits));
        if (client == nullptr || client->transport() == nullptr) return;
        static_cast<TlsTransport*>(client->transport())->Encrypt();
      },
      client_.id().bits());
}

void TlsTransport::Encrypt() {
  encrypt_queued_ = false;
  while (!pending_.empty()) {
    const ByteSpan bytes = pending_.front();
    session_->Write(bytes);
    pending_.Consume(bytes.size());
  }
}

}  // namespace postern
