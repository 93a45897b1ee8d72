// How one server of the configuration speaks TLS: policy, protocols, certificates, and what it asks
// of clients. The conversation itself is left to lib/tls/session.

#ifndef POSTERN_TLS_SERVER_CONTEXT_H_
#define POSTERN_TLS_SERVER_CONTEXT_H_

#include <openssl/base.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/tls/certificate.h"
#include "lib/tls/certificate_store.h"
#include "lib/tls/peer_verifier.h"
#include "lib/tls/tls_policy.h"

namespace postern {

// A ClientAuth is whether a server asks clients for a certificate.
enum class ClientAuth { kNone, kOptional, kRequired };

// A ServerTls is what a ServerContext is made from.
struct ServerTls {
  // identity tells this server from every other: a session of one never resumes at another.
  std::string identity;
  TlsPolicy policy;
  std::vector<std::string> alpn;  // In the server's order of preference, of 1 to 255 bytes each.
  CertificateStore::Certificates certificates;  // At least one.
  ClientAuth client_auth = ClientAuth::kNone;
  std::shared_ptr<const TrustStore> trust;  // Not null if clients are asked.
  PeerRules client_rules;  // Not empty: a certificate is required, even if `client_auth` says less.
};

// A ServerContext is immutable and may be used from any thread.
class ServerContext {
 public:
  static absl::StatusOr<std::shared_ptr<const ServerContext>> Make(ServerTls tls,
                                                                   TlsPolicyCache* policies);
  ~ServerContext();

  const CertificateStore& certificates() const { return certificates_; }
  SSL_CTX* ssl_context() const { return ssl_context_.get(); }
  ClientAuth client_auth() const { return client_auth_; }

  // alpn is in the server's order of preference, in the form that ClientHellos have it: each after
  // a byte with its length (RFC 7301 section 3.1).
  std::string_view alpn() const { return alpn_; }

  // verifier is for clients' certificates; nullptr if none is asked for.
  const PeerVerifier* verifier() const { return verifier_.get(); }

  // SessionIdContext returns the 32 bytes that a ticket must have been issued under to be taken
  // from a client that asks for `server_name`: they stand for the server, all that it asks of
  // clients, and the name. RFC 8446 section 4.6.1; CVE-2025-23419 is what happens without.
  std::string SessionIdContext(std::string_view server_name) const;

 private:
  ServerContext(ServerTls tls, bssl::UniquePtr<SSL_CTX> ssl_context);

  // There may be ten thousand: what handshakes do not ask for is in the digest, and not kept.
  CertificateStore certificates_;
  bssl::UniquePtr<SSL_CTX> ssl_context_;
  std::unique_ptr<const PeerVerifier> verifier_;  // Most servers have none.
  ClientAuth client_auth_;
  std::string alpn_;
  std::array<char, 32> digest_;  // SHA-256.
};

}  // namespace postern

#endif  // POSTERN_TLS_SERVER_CONTEXT_H_
