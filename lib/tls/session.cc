#include "lib/tls/session.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/match/ip.h"
#include "lib/tls/error.h"
#include "lib/tls/session_state.h"
#include "lib/tls/tls_time.h"

namespace postern {
namespace {

// A browser can use what fits its first segments before the rest of a large record has come.
constexpr size_t kSmallRecord = 1369;
constexpr size_t kSmallRecordsBytes = 64 << 10;
constexpr size_t kLargeRecord = SSL3_RT_MAX_PLAIN_LENGTH;

std::string_view Text(const char* text) { return text != nullptr ? text : ""; }

}  // namespace

class Session::Call {
 public:
  Call(Session* session, ByteSpan input) : session_(session), time_(session->environment_->now) {
    session_->input_ = input;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() { session_->input_ = {}; }

 private:
  Session* const session_;
  const TlsTimeScope time_;
};

Session::Session(TlsEnvironment* environment, OutputSink* sink)
    : environment_(environment), sink_(sink), handshake_(std::make_unique<Handshake>()) {}

Session::~Session() = default;

absl::Status Session::Begin(SSL_CTX* context, bool server) {
  ssl_.reset(SSL_new(context));
  bssl::UniquePtr<BIO> bio = NewSessionBio(this);
  if (ssl_ == nullptr || bio == nullptr || !AttachSession(ssl_.get(), this)) {
    return TlsError("a TLS connection cannot begin");
  }
  SetHostSignature(ssl_.get(), &handshake_->signature);
  SSL_set_shed_handshake_config(ssl_.get(), 1);
  // SSL_set_bio takes one reference if both are the same.
  SSL_set_bio(ssl_.get(), bio.get(), bio.get());
  bio.release();
  if (server) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Session>> Session::Accept(
    std::shared_ptr<const ServerContext> context, TlsEnvironment* environment, OutputSink* sink) {
  std::unique_ptr<Session> session(new Session(environment, sink));
  session->server_ = std::move(context);
  POSTERN_RETURN_IF_ERROR(session->Begin(session->server_->ssl_context(), /*server=*/true));
  if (environment->ticket_keys.Encrypting(environment->now) == nullptr) {
    SSL_set_options(session->ssl_.get(), SSL_OP_NO_TICKET);
  }
  if (const PeerVerifier* verifier = session->server_->verifier(); verifier != nullptr) {
    const bool required = session->server_->client_auth() == ClientAuth::kRequired;
    SSL_set_custom_verify(session->ssl_.get(),
                          SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                          SessionCallbacks::Verify);
    SSL_set0_client_CAs(session->ssl_.get(), verifier->trust()->subjects().release());
  }
  return session;
}

absl::StatusOr<std::unique_ptr<Session>> Session::Connect(
    std::shared_ptr<const ClientContext> context, std::string_view server_name,
    std::span<const std::string_view> alpn, TlsEnvironment* environment, OutputSink* sink) {
  std::unique_ptr<Session> session(new Session(environment, sink));
  session->client_ = std::move(context);
  const ClientContext& client = *session->client_;
  POSTERN_RETURN_IF_ERROR(session->Begin(client.ssl_context(), /*server=*/false));
  SSL* ssl = session->ssl_.get();
  session->handshake_->asked_for = std::string(server_name);
  SSL_set_custom_verify(ssl, SSL_VERIFY_PEER, SessionCallbacks::Verify);
  if (!server_name.empty() && !ParseIp(server_name).has_value()) {
    session->server_name_ = AsciiLower(server_name);
    if (!SSL_set_tlsext_host_name(ssl, session->server_name_.c_str())) {
      return TlsError(StrCat("cannot ask for ", Quote(server_name)));
    }
  }
  std::string wire;  // RFC 7301 section 3.1.
  for (const std::string_view protocol : alpn) {
    assert(!protocol.empty() && protocol.size() <= 255);
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  // It returns 0 for success.
  if (!wire.empty() && SSL_set_alpn_protos(ssl, AsBytes(wire).data(), wire.size()) != 0) {
    return TlsError("cannot offer ALPN");
  }
  if (client.tls().certificate != nullptr) {
    POSTERN_RETURN_IF_ERROR(client.tls().certificate->Present(ssl));
    session->presented_ = client.tls().certificate.get();
  }
  const Call call(session.get(), {});
  session->Advance();
  return session;
}

size_t Session::Read(ByteSpan* bytes, std::span<uint8_t> plaintext) {
  if (state_ == State::kFailed || peer_closed_) {
    *bytes = {};
    return 0;
  }
  const Call call(this, *bytes);
  if (state_ != State::kOpen) Advance();
  int got = 0;
  if (state_ == State::kOpen && !plaintext.empty()) {
    constexpr size_t kMost = 1 << 30;
    got =
        SSL_read(ssl_.get(), plaintext.data(), static_cast<int>(std::min(plaintext.size(), kMost)));
    if (got <= 0) {
      const int error = SSL_get_error(ssl_.get(), got);
      if (error == SSL_ERROR_ZERO_RETURN) {
        peer_closed_ = true;
      } else if (error != SSL_ERROR_WANT_READ) {
        Fail("a record is refused");
      }
    }
  }
  *bytes = state_ == State::kFailed || peer_closed_ ? ByteSpan() : input_;
  return got > 0 ? static_cast<size_t>(got) : 0;
}

void Session::Advance() {
  const int done = SSL_do_handshake(ssl_.get());
  if (done == 1) return FinishHandshake();
  switch (SSL_get_error(ssl_.get(), done)) {
    case SSL_ERROR_WANT_READ:
      state_ = State::kHandshaking;
      return;
    case SSL_ERROR_WANT_PRIVATE_KEY_OPERATION:
      if (state_ != State::kSigning && server_ != nullptr) {
        for (const auto& candidate : server_->certificates().Candidates(server_name_)) {
          if (candidate->IsChosenBy(ssl_.get()) && !candidate->key_id().empty()) {
            presented_ = candidate.get();
            break;
          }
        }
      }
      state_ = State::kSigning;
      return;
    default:
      if (!handshake_->problem.ok()) return FailWith(std::move(handshake_->problem));
      return Fail("the TLS handshake fails");
  }
}

void Session::FinishHandshake() {
  const STACK_OF(CRYPTO_BUFFER)* chain = SSL_get0_peer_certificates(ssl_.get());
  const bool has_chain = chain != nullptr && sk_CRYPTO_BUFFER_num(chain) > 0;
  if (server_ != nullptr && server_->verifier() != nullptr && SSL_session_reused(ssl_.get())) {
    // The ticket proves who it was at the time: expiry and revocation are looked at again.
    if (has_chain || server_->client_auth() == ClientAuth::kRequired) {
      if (const PeerVerdict verdict = SessionCallbacks::JudgePeer(this); !verdict.accepted) {
        SSL_send_fatal_alert(ssl_.get(), verdict.alert);
        return FailWith(std::move(handshake_->problem));
      }
    }
  }
  if (has_chain && server_ != nullptr) {  // Nobody asks who an upstream was.
    peer_ = PeerIdentity::Of(sk_CRYPTO_BUFFER_value(chain, 0),
                             handshake_->verified && handshake_->trusted);
  }
  state_ = State::kOpen;
  SetHostSignature(ssl_.get(), nullptr);
  handshake_.reset();
}

Session::SignatureRequest Session::signature_request() const {
  SignatureRequest request;
  if (state_ != State::kSigning || !handshake_->signature.has_value()) return request;
  if (presented_ != nullptr) request.key_id = presented_->key_id();
  request.algorithm = handshake_->signature->algorithm;
  request.input = AsBytes(handshake_->signature->input);
  return request;
}

void Session::Sign(absl::StatusOr<std::string> signature) {
  if (state_ != State::kSigning || !handshake_->signature.has_value()) return;
  const bool refused = !signature.ok();
  if (refused) {
    handshake_->problem = absl::UnavailableError(
        StrCat("the host does not sign: ", ToStd(signature.status().message())));
  }
  handshake_->signature->answer = std::move(signature);
  const Call call(this, {});
  Advance();
  // BoringSSL tells the peer nothing of a key that fails.
  if (refused && state_ == State::kFailed) SSL_send_fatal_alert(ssl_.get(), SSL_AD_INTERNAL_ERROR);
}

void Session::Write(ByteSpan plaintext) {
  assert(state_ != State::kHandshaking && state_ != State::kSigning);
  if (state_ != State::kOpen || closed_) return;
  const Call call(this, {});
  while (!plaintext.empty()) {
    const size_t most = written_ < kSmallRecordsBytes ? kSmallRecord : kLargeRecord;
    const size_t size = std::min(plaintext.size(), most);
    const int put = SSL_write(ssl_.get(), plaintext.data(), static_cast<int>(size));
    if (put <= 0) return Fail("a record cannot be written");
    written_ += static_cast<size_t>(put);
    plaintext = plaintext.subspan(static_cast<size_t>(put));
  }
}

void Session::Close() {
  if (state_ != State::kOpen || closed_) return;
  closed_ = true;
  const Call call(this, {});
  SSL_shutdown(ssl_.get());
  DrainTlsErrors();
}

void Session::Fail(std::string_view during) { FailWith(TlsError(during)); }

void Session::FailWith(absl::Status problem) {
  DrainTlsErrors();
  state_ = State::kFailed;
  problem_ = std::move(problem);
  if (handshake_ != nullptr) {
    SetHostSignature(ssl_.get(), nullptr);
    handshake_.reset();
  }
}

std::string_view Session::alpn() const {
  const uint8_t* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
  return AsText({protocol, size});
}

std::string_view Session::version() const { return Text(SSL_get_version(ssl_.get())); }

std::string_view Session::cipher() const {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_.get());
  return cipher != nullptr ? Text(SSL_CIPHER_get_name(cipher)) : std::string_view();
}

bool Session::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::span<const std::string> Session::local_uris() const {
  if (presented_ == nullptr) return {};
  return presented_->uris();
}

}  // namespace postern
