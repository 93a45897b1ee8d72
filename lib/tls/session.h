// One TLS connection, without I/O: ciphertext in, plaintext out, and the other way round. Sockets,
// deadlines, back-pressure, and what the plaintext means are left to the engine.

#ifndef POSTERN_TLS_SESSION_H_
#define POSTERN_TLS_SESSION_H_

#include <openssl/base.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/output_sink.h"
#include "lib/tls/client_context.h"
#include "lib/tls/peer_identity.h"
#include "lib/tls/peer_verifier.h"
#include "lib/tls/server_context.h"
#include "lib/tls/tls_environment.h"
#include "postern/bytes.h"

namespace postern {

// A Session is one end of a TLS connection. Its life:
//
//   Accept | Connect  Read* [Sign] Read*  (Read | Write)*  Close?  ~Session
//
// 1. The engine makes it once the chain is decided, and passes the bytes that it peeked at to Read
//    first, then what the socket brings. Connect writes its ClientHello to the sink at once.
// 2. `while (n = session.Read(&bytes, buffer), n > 0)` gives plaintext; each call takes at most one
//    record's worth of `bytes`. When it returns 0, all bytes were taken - but in kSigning, when
//    those left are to be passed again after Sign - and state() says what is next: more bytes, a
//    signature, or the end. To pause reading, stop calling Read and keep what is left of `bytes`;
//    Read without bytes gives what the session holds, of which 16 KiB of buffer give all.
// 3. What it has to say is in the sink when a call returns, alerts too, and also when the call
//    failed: flush it, whatever state() is.
// 4. Write takes everything, from kOpen on. Close says that nothing more will be written; reading
//    goes on until peer_closed(). An end of the socket's bytes before that is a truncation.
//
// Idle it holds 3 to 4 KiB: buffers live only while a record is incomplete, and the handshake's
// state goes when it is over. The sink, the environment and the context outlive it.
class Session {
 public:
  enum class State {
    kHandshaking,  // Wants bytes.
    kSigning,      // Wants Sign.
    kOpen,         // Carries plaintext.
    kFailed,       // See problem(). An alert may be in the sink.
  };

  // Accept begins the server's end. ResourceExhausted if memory is short.
  static absl::StatusOr<std::unique_ptr<Session>> Accept(
      std::shared_ptr<const ServerContext> context, TlsEnvironment* environment, OutputSink* sink);

  // Connect begins the client's end. It asks for `server_name`, unless that is an address, and
  // holds the server's certificate against it where the context says so; empty: neither. `alpn` is
  // what it offers, each of 1 to 255 bytes, the preferred one first.
  static absl::StatusOr<std::unique_ptr<Session>> Connect(
      std::shared_ptr<const ClientContext> context, std::string_view server_name,
      std::span<const std::string_view> alpn, TlsEnvironment* environment, OutputSink* sink);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // Read takes ciphertext from the front of `*bytes`, which it moves on, and returns how much
  // plaintext it put into `plaintext`; see 2 above. In kFailed, and once the peer has closed, it
  // drops the bytes.
  size_t Read(ByteSpan* bytes, std::span<uint8_t> plaintext);

  // Write encrypts all of `plaintext` into the sink: small records first, which a client can use
  // as they come, then large ones. Ignored in other states than kOpen.
  void Write(ByteSpan plaintext);

  // Close writes the alert that ends this direction. Once; no Write after it.
  void Close();

  // signature_request returns what is to be signed, and by which key, in kSigning.
  struct SignatureRequest {
    std::string_view key_id;
    uint16_t algorithm = 0;  // TLS SignatureScheme.
    ByteSpan input;
  };
  SignatureRequest signature_request() const;

  // Sign answers it and goes on with the handshake; a status fails it. Read must follow, if only
  // with no bytes. Ignored in other states.
  void Sign(absl::StatusOr<std::string> signature);

  State state() const { return state_; }
  bool peer_closed() const { return peer_closed_; }
  // problem says why state() is kFailed. Bytes of the peer are not in it.
  const absl::Status& problem() const { return problem_; }

  // What follows is known in kOpen; server_name from the ClientHello on, in lower case.
  std::string_view server_name() const { return server_name_; }
  std::string_view alpn() const;     // Empty: none was agreed on.
  std::string_view version() const;  // "TLSv1.3".
  std::string_view cipher() const;   // "TLS_AES_128_GCM_SHA256".
  bool resumed() const;
  // peer returns who the peer is; nullptr if it showed no certificate.
  const PeerIdentity* peer() const { return peer_.get(); }
  // local_uris returns the URI SANs of the certificate presented, for x-forwarded-client-cert.
  std::span<const std::string> local_uris() const;

 private:
  friend struct SessionCallbacks;

  // A Handshake is what is needed until kOpen only.
  struct Handshake;

  // A Call is one call into BoringSSL on behalf of a session: time and input.
  class Call;

  Session(TlsEnvironment* environment, OutputSink* sink);

  absl::Status Begin(SSL_CTX* context, bool server);
  void Advance();
  void FinishHandshake();
  void Fail(std::string_view during);
  void FailWith(absl::Status problem);

  TlsEnvironment* const environment_;
  OutputSink* const sink_;
  bssl::UniquePtr<SSL> ssl_;
  std::shared_ptr<const ServerContext> server_;  // Null: this is the client's end.
  std::shared_ptr<const ClientContext> client_;
  std::unique_ptr<Handshake> handshake_;
  std::unique_ptr<const PeerIdentity> peer_;
  const Certificate* presented_ = nullptr;
  ByteSpan input_;  // Of the Read under way.
  std::string server_name_;
  absl::Status problem_;
  size_t written_ = 0;
  State state_ = State::kHandshaking;
  bool peer_closed_ = false;
  bool closed_ = false;
};

}  // namespace postern

#endif  // POSTERN_TLS_SESSION_H_
