#include "lib/tls/session_callbacks.h"

#include <openssl/bio.h>
#include <openssl/bytestring.h>
#include <openssl/cipher.h>
#include <openssl/digest.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "lib/base/strings.h"
#include "lib/match/ip.h"
#include "lib/tls/session_state.h"
#include "lib/tls/tls_time.h"

namespace postern {
namespace {

int SessionIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

long BioControl(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* SessionBioMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(/*type=*/0, "postern session");
    if (made != nullptr) {
      BIO_meth_set_read(made, SessionCallbacks::BioRead);
      BIO_meth_set_write(made, SessionCallbacks::BioWrite);
      BIO_meth_set_ctrl(made, BioControl);
    }
    return made;
  }();
  return method;
}

#if BORINGSSL_API_VERSION < 32
// TakesEcdsa returns whether the client can check the signature of a P-256 key: the choice that
// later versions make themselves.
bool TakesEcdsa(const SSL_CLIENT_HELLO* hello) {
  constexpr uint16_t kEcdsaSecp256r1Sha256 = 0x0403;
  const uint8_t* data = nullptr;
  size_t size = 0;
  if (!SSL_early_callback_ctx_extension_get(hello, TLSEXT_TYPE_signature_algorithms, &data,
                                            &size)) {
    return false;
  }
  CBS extension, schemes;
  CBS_init(&extension, data, size);
  if (!CBS_get_u16_length_prefixed(&extension, &schemes)) return false;
  uint16_t scheme = 0;
  while (CBS_get_u16(&schemes, &scheme)) {
    if (scheme == kEcdsaSecp256r1Sha256) return true;
  }
  return false;
}
#endif

}  // namespace

Session* SessionOf(const SSL* ssl) {
  return static_cast<Session*>(SSL_get_ex_data(ssl, SessionIndex()));
}

bool AttachSession(SSL* ssl, Session* session) {
  return SSL_set_ex_data(ssl, SessionIndex(), session) == 1;
}

bssl::UniquePtr<BIO> NewSessionBio(Session* session) {
  const BIO_METHOD* method = SessionBioMethod();
  bssl::UniquePtr<BIO> bio(method != nullptr ? BIO_new(method) : nullptr);
  if (bio != nullptr) {
    BIO_set_data(bio.get(), session);
    BIO_set_init(bio.get(), 1);
  }
  return bio;
}

int SessionCallbacks::BioRead(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  ByteSpan& input = static_cast<Session*>(BIO_get_data(bio))->input_;
  const size_t taken = std::min(input.size(), static_cast<size_t>(size));
  if (taken == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(out, input.data(), taken);
  input = input.subspan(taken);
  return static_cast<int>(taken);
}

int SessionCallbacks::BioWrite(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  static_cast<Session*>(BIO_get_data(bio))
      ->sink_->Write(std::string_view(bytes, static_cast<size_t>(size)));
  return size;
}

absl::Status SessionCallbacks::Present(Session* session,
                                       [[maybe_unused]] const SSL_CLIENT_HELLO* hello) {
  const auto& candidates = session->server_->certificates().Candidates(session->server_name_);
  session->presented_ = candidates.front().get();
  absl::Status last;
#if BORINGSSL_API_VERSION < 32
  // This BoringSSL holds one certificate: the first good one that the client can use, or if there
  // is none of those, the first.
  const bool takes_ecdsa = TakesEcdsa(hello);
  const auto fits = [takes_ecdsa](const auto& candidate) {
    return takes_ecdsa || candidate->key_type() == KeyType::kRsa;
  };
  const bool none_fits = std::none_of(candidates.begin(), candidates.end(), fits);
  for (const auto& candidate : candidates) {
    if (!none_fits && !fits(candidate)) continue;
    session->presented_ = candidate.get();
    last = candidate->Present(session->ssl_.get());
    if (last.ok()) return last;
  }
  return last;
#else
  bool any = false;
  for (const auto& candidate : candidates) {
    last = candidate->Present(session->ssl_.get());
    any = any || last.ok();
  }
  return any ? absl::OkStatus() : last;
#endif
}

ssl_select_cert_result_t SessionCallbacks::SelectCertificate(const SSL_CLIENT_HELLO* hello) {
  Session* session = SessionOf(hello->ssl);
  SSL* ssl = session->ssl_.get();
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  // An address is no name, RFC 6066 section 3.
  if (name != nullptr && !ParseIp(name).has_value()) session->server_name_ = AsciiLower(name);
  const std::string id = session->server_->SessionIdContext(session->server_name_);
  if (!SSL_set_session_id_context(ssl, AsBytes(id).data(), id.size())) return ssl_select_cert_error;
  if (const absl::Status presented = Present(session, hello); !presented.ok()) {
    session->handshake_->problem = presented;
    return ssl_select_cert_error;
  }
  return ssl_select_cert_success;
}

int SessionCallbacks::SelectAlpn(SSL* ssl, const uint8_t** out, uint8_t* out_len, const uint8_t* in,
                                 unsigned in_len, void* /*arg*/) {
  const ByteSpan alpn = AsBytes(SessionOf(ssl)->server_->alpn());
  CBS preferred, wanted;
  CBS_init(&preferred, alpn.data(), alpn.size());
  while (CBS_get_u8_length_prefixed(&preferred, &wanted)) {
    CBS offered, protocol;
    CBS_init(&offered, in, in_len);
    while (CBS_get_u8_length_prefixed(&offered, &protocol)) {
      if (CBS_len(&protocol) != CBS_len(&wanted) ||
          !CBS_mem_equal(&protocol, CBS_data(&wanted), CBS_len(&wanted))) {
        continue;
      }
      *out = CBS_data(&protocol);
      *out_len = static_cast<uint8_t>(CBS_len(&protocol));
      return SSL_TLSEXT_ERR_OK;
    }
  }
  // As Envoy: without a common protocol the connection goes on without one.
  return SSL_TLSEXT_ERR_NOACK;
}

PeerVerdict SessionCallbacks::JudgePeer(Session* session) {
  const STACK_OF(CRYPTO_BUFFER)* chain = SSL_get0_peer_certificates(session->ssl_.get());
  const PeerVerifier& verifier =
      session->server_ != nullptr ? *session->server_->verifier() : session->client_->verifier();
  PeerVerdict verdict = verifier.Verify(chain, session->environment_->now);
  Session::Handshake& handshake = *session->handshake_;
  if (verdict.accepted && session->client_ != nullptr && session->client_->tls().verify_name &&
      !handshake.asked_for.empty() && !verifier.rules().accept_untrusted &&
      !ChainIsFor(chain, handshake.asked_for)) {
    verdict.accepted = false;
    verdict.alert = SSL_AD_CERTIFICATE_UNKNOWN;
    verdict.reason = StrCat("the server's certificate is not for ", Quote(handshake.asked_for));
  }
  handshake.verified = verdict.accepted;
  handshake.trusted = verdict.trusted;
  if (!verdict.accepted) handshake.problem = absl::PermissionDeniedError(verdict.reason);
  return verdict;
}

ssl_verify_result_t SessionCallbacks::Verify(SSL* ssl, uint8_t* out_alert) {
  Session* session = SessionOf(ssl);
  const PeerVerdict verdict = JudgePeer(session);
  if (!verdict.accepted) {
    *out_alert = verdict.alert;
    return ssl_verify_invalid;
  }
  if (session->server_ != nullptr) {
    // No ticket outlives the certificate that it stands for.
    SSL_SESSION* ticket = SSL_get_session(ssl);
    const auto left =
        std::chrono::floor<std::chrono::seconds>(verdict.not_after - session->environment_->now);
    if (ticket != nullptr && left.count() < int64_t{SSL_SESSION_get_timeout(ticket)}) {
      SSL_SESSION_set_timeout(ticket, static_cast<uint32_t>(std::max<int64_t>(left.count(), 0)));
    }
  }
  return ssl_verify_ok;
}

int SessionCallbacks::UseTicketKey(SSL* ssl, uint8_t* key_name, uint8_t* iv, EVP_CIPHER_CTX* cipher,
                                   HMAC_CTX* hmac, int encrypt) {
  constexpr int kFailed = -1, kNotFound = 0, kFound = 1, kFoundAndRenew = 2;
  TlsEnvironment& environment = *SessionOf(ssl)->environment_;
  const auto use = [&](const TicketKey& key, bool encrypting) {
    return HMAC_Init_ex(hmac, key.hmac_key.data(), key.hmac_key.size(), EVP_sha256(), nullptr) &&
           EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.aes_key.data(), iv,
                             encrypting ? 1 : 0);
  };
  if (encrypt == 1) {
    const TicketKey* key = environment.ticket_keys.Encrypting(environment.now);
    TicketKey throwaway;
    if (key == nullptr) {
      // The keys were taken away in the middle of the handshake. API 17 takes no "no" here, so the
      // ticket is made with a key that nobody keeps.
      RAND_bytes(throwaway.hmac_key.data(), throwaway.hmac_key.size());
      RAND_bytes(throwaway.aes_key.data(), throwaway.aes_key.size());
      key = &throwaway;
    }
    RAND_bytes(iv, EVP_CIPHER_iv_length(EVP_aes_256_cbc()));
    std::copy(key->name.begin(), key->name.end(), key_name);
    return use(*key, true) ? kFound : kFailed;
  }
  const auto found = environment.ticket_keys.Find(
      {key_name, std::tuple_size_v<decltype(TicketKey::name)>}, environment.now);
  if (!found.has_value()) return kNotFound;
  if (!use(*found->key, false)) return kFailed;
  return found->first ? kFound : kFoundAndRenew;
}

void InstallSessionCallbacks(SSL_CTX* context, bool server) {
  UseTlsTime(context);
  if (!server) return;
  SSL_CTX_set_select_certificate_cb(context, SessionCallbacks::SelectCertificate);
  SSL_CTX_set_alpn_select_cb(context, SessionCallbacks::SelectAlpn, nullptr);
  SSL_CTX_set_tlsext_ticket_key_cb(context, SessionCallbacks::UseTicketKey);
}

}  // namespace postern
