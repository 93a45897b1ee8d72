#include "lib/tls/server_context.h"

#include <openssl/ssl.h>

#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/tls/digest.h"

namespace postern {

absl::StatusOr<std::shared_ptr<const ServerContext>> ServerContext::Make(ServerTls tls,
                                                                         TlsPolicyCache* policies) {
  if (tls.certificates.empty()) return InvalidArgument("a TLS server has no certificate");
  if (tls.client_auth != ClientAuth::kNone) {
    if (tls.trust == nullptr)
      return InvalidArgument("client certificates are asked for without a CA");
    // As Envoy: rules about the certificate make it mandatory.
    if (!tls.client_rules.empty()) tls.client_auth = ClientAuth::kRequired;
  }
  tls.policy.server = true;
  POSTERN_ASSIGN_OR_RETURN(bssl::UniquePtr<SSL_CTX> ssl_context, policies->Find(tls.policy));
  return std::shared_ptr<const ServerContext>(
      new ServerContext(std::move(tls), std::move(ssl_context)));
}

ServerContext::ServerContext(ServerTls tls, bssl::UniquePtr<SSL_CTX> ssl_context)
    : tls_(std::move(tls)), certificates_(tls_.certificates), ssl_context_(std::move(ssl_context)) {
  if (tls_.client_auth != ClientAuth::kNone) {
    verifier_ = std::make_unique<const PeerVerifier>(PeerVerifier::Peer::kClient, tls_.trust,
                                                     tls_.client_rules);
  }
  digest_ = Digest()
                .Add(tls_.identity)
                .AddNumber(static_cast<uint64_t>(tls_.client_auth))
                .Add(verifier_ ? std::string_view(verifier_->digest()) : std::string_view())
                .AddNumber(static_cast<uint64_t>(tls_.policy.min_version))
                .AddNumber(static_cast<uint64_t>(tls_.policy.max_version))
                .Add(tls_.policy.cipher_suites)
                .Add(tls_.policy.curves)
                .Add(tls_.alpn)
                .Finish();
}

ServerContext::~ServerContext() = default;

std::string ServerContext::SessionIdContext(std::string_view server_name) const {
  return Digest().Add(digest_).Add(AsciiLower(server_name)).Finish();
}

}  // namespace postern
