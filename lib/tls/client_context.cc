#include "lib/tls/client_context.h"

#include <openssl/ssl.h>

#include <utility>

#include "lib/base/status_macros.h"

namespace postern {

absl::StatusOr<std::shared_ptr<const ClientContext>> ClientContext::Make(ClientTls tls,
                                                                         TlsPolicyCache* policies) {
  tls.policy.server = false;
  POSTERN_ASSIGN_OR_RETURN(bssl::UniquePtr<SSL_CTX> ssl_context, policies->Find(tls.policy));
  return std::shared_ptr<const ClientContext>(
      new ClientContext(std::move(tls), std::move(ssl_context)));
}

ClientContext::ClientContext(ClientTls tls, bssl::UniquePtr<SSL_CTX> ssl_context)
    : tls_(std::move(tls)),
      verifier_(PeerVerifier::Peer::kServer, tls_.trust, tls_.server_rules),
      ssl_context_(std::move(ssl_context)) {}

ClientContext::~ClientContext() = default;

}  // namespace postern
