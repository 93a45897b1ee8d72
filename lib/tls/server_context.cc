#include "lib/tls/server_context.h"

#include <openssl/ssl.h>

#include <algorithm>
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
    : certificates_(std::move(tls.certificates)),
      ssl_context_(std::move(ssl_context)),
      client_auth_(tls.client_auth) {
  if (client_auth_ != ClientAuth::kNone) {
    verifier_ = std::make_unique<const PeerVerifier>(
        PeerVerifier::Peer::kClient, std::move(tls.trust), std::move(tls.client_rules));
  }
  for (const std::string& protocol : tls.alpn) {
    alpn_ += static_cast<char>(protocol.size());
    alpn_ += protocol;
  }
  const std::string digest =
      Digest()
          .Add(tls.identity)
          .AddNumber(static_cast<uint64_t>(client_auth_))
          .Add(verifier_ ? std::string_view(verifier_->digest()) : std::string_view())
          .AddNumber(static_cast<uint64_t>(tls.policy.min_version))
          .AddNumber(static_cast<uint64_t>(tls.policy.max_version))
          .Add(tls.policy.cipher_suites)
          .Add(tls.policy.curves)
          .Add(tls.alpn)
          .Finish();
  std::copy(digest.begin(), digest.end(), digest_.begin());
}

ServerContext::~ServerContext() = default;

std::string ServerContext::SessionIdContext(std::string_view server_name) const {
  return Digest()
      .Add(std::string_view(digest_.data(), digest_.size()))
      .Add(AsciiLower(server_name))
      .Finish();
}

}  // namespace postern
