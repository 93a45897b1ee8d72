// How the gateway speaks TLS to an upstream: policy, its own certificate, and what it asks of
// servers. Whose name it asks for, and the conversation itself, are left to lib/tls/session.

#ifndef POSTERN_TLS_CLIENT_CONTEXT_H_
#define POSTERN_TLS_CLIENT_CONTEXT_H_

#include <openssl/base.h>

#include <memory>

#include "absl/status/statusor.h"
#include "lib/tls/certificate.h"
#include "lib/tls/peer_verifier.h"
#include "lib/tls/tls_policy.h"

namespace postern {

// A ClientTls is what a ClientContext is made from.
struct ClientTls {
  TlsPolicy policy;
  std::shared_ptr<const Certificate> certificate;  // Null: none is shown.
  std::shared_ptr<const TrustStore> trust;  // Null: every server is refused, unless the rules
                                            // accept the untrusted.
  PeerRules server_rules;
  bool verify_name = false;  // The server's certificate must be for the name asked for, if any.
};

// A ClientContext is immutable and may be used from any thread.
class ClientContext {
 public:
  static absl::StatusOr<std::shared_ptr<const ClientContext>> Make(ClientTls tls,
                                                                   TlsPolicyCache* policies);
  ~ClientContext();

  const ClientTls& tls() const { return tls_; }
  const PeerVerifier& verifier() const { return verifier_; }
  SSL_CTX* ssl_context() const { return ssl_context_.get(); }

 private:
  ClientContext(ClientTls tls, bssl::UniquePtr<SSL_CTX> ssl_context);

  ClientTls tls_;
  PeerVerifier verifier_;
  bssl::UniquePtr<SSL_CTX> ssl_context_;
};

}  // namespace postern

#endif  // POSTERN_TLS_CLIENT_CONTEXT_H_
