// How the gateway speaks TLS to an upstream: policy, protocols, its own certificate, and what it
// asks of servers. The conversation itself is left to lib/tls/session.

#ifndef POSTERN_TLS_CLIENT_CONTEXT_H_
#define POSTERN_TLS_CLIENT_CONTEXT_H_

#include <openssl/base.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/tls/certificate.h"
#include "lib/tls/peer_verifier.h"
#include "lib/tls/tls_policy.h"

namespace postern {

// A ClientTls is what a ClientContext is made from.
struct ClientTls {
  TlsPolicy policy;
  std::vector<std::string> alpn;
  std::shared_ptr<const Certificate> certificate;  // Null: none is shown.
  std::shared_ptr<const TrustStore> trust;  // Null: every server is refused, unless the rules
                                            // accept the untrusted.
  PeerRules server_rules;
  bool verify_name = false;  // The server's certificate must be for the name that is asked for.
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
  // alpn_wire is the protocols in the form of the ALPN extension.
  const std::string& alpn_wire() const { return alpn_wire_; }

 private:
  ClientContext(ClientTls tls, bssl::UniquePtr<SSL_CTX> ssl_context);

  ClientTls tls_;
  PeerVerifier verifier_;
  bssl::UniquePtr<SSL_CTX> ssl_context_;
  std::string alpn_wire_;
};

}  // namespace postern

#endif  // POSTERN_TLS_CLIENT_CONTEXT_H_
