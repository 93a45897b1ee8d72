// What lib/tls/session.cc and session_callbacks.cc share, and nobody else sees.

#ifndef POSTERN_TLS_SESSION_STATE_H_
#define POSTERN_TLS_SESSION_STATE_H_

#include <openssl/base.h>

#include <optional>
#include <string>

#include "lib/tls/host_key.h"
#include "lib/tls/session.h"

namespace postern {

struct Session::Handshake {
  std::optional<HostSignature> signature;
  std::string asked_for;  // By Connect.
  bool verified = false;  // The peer's certificate was judged and accepted, ...
  bool trusted = false;   // ... with a good chain.
  absl::Status problem;   // Of a callback.
};

// SessionOf returns the session that `ssl` belongs to; AttachSession says which one it is.
Session* SessionOf(const SSL* ssl);
bool AttachSession(SSL* ssl, Session* session);

// NewSessionBio returns a BIO that reads the input of `session`, and writes into its sink.
bssl::UniquePtr<BIO> NewSessionBio(Session* session);

// A SessionCallbacks is the Session's side of BoringSSL's questions.
struct SessionCallbacks {
  static int BioRead(BIO* bio, char* out, int size);
  static int BioWrite(BIO* bio, const char* bytes, int size);

  // SelectCertificate sees the ClientHello first: resumption and certificate are decided by it.
  static ssl_select_cert_result_t SelectCertificate(const SSL_CLIENT_HELLO* hello);
  static int SelectAlpn(SSL* ssl, const uint8_t** out, uint8_t* out_len, const uint8_t* in,
                        unsigned in_len, void* arg);
  static ssl_verify_result_t Verify(SSL* ssl, uint8_t* out_alert);
  static int UseTicketKey(SSL* ssl, uint8_t* key_name, uint8_t* iv, EVP_CIPHER_CTX* cipher,
                          HMAC_CTX* hmac, int encrypt);

  // JudgePeer verifies the chain that `session` has, and notes the outcome.
  static PeerVerdict JudgePeer(Session* session);
  static absl::Status Present(Session* session, const SSL_CLIENT_HELLO* hello);
};

}  // namespace postern

#endif  // POSTERN_TLS_SESSION_STATE_H_
