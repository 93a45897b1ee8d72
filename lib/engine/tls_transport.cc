#include "lib/engine/tls_transport.h"

#include <string>
#include <utility>

#include "lib/engine/connection.h"
#include "lib/engine/core.h"
#include "lib/engine/sign_call.h"
#include "lib/http/client_cert_field.h"

namespace postern {

TlsTransport::TlsTransport(Connection& connection, std::unique_ptr<Session> session)
    : connection_(connection),
      core_(connection.core()),
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
    signing_ = SignCall::Ask(connection_, session_->signature_request());
  }
  if (session_->state() != Session::State::kOpen || std::exchange(secured_, true)) return;
  connection_.OnSecured(*session_);
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
  // A client's handshake may be over with that.
  AfterRead();
  connection_.WorkSoon();
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
  core_.Later<&TlsTransport::EncryptOn>(connection_.id());
}

void TlsTransport::EncryptOn(Connection& connection) {
  if (Transport* transport = connection.transport(); transport != nullptr) {
    static_cast<TlsTransport*>(transport)->Encrypt();
  }
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
