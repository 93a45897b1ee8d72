// Who a peer is by its certificate, in the form that logs, filters and x-forwarded-client-cert
// need. Whether to believe it was decided by lib/tls/peer_verifier.

#ifndef POSTERN_TLS_PEER_IDENTITY_H_
#define POSTERN_TLS_PEER_IDENTITY_H_

#include <openssl/base.h>
#include <openssl/pool.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/tls/certificate_fields.h"
#include "postern/log.h"

namespace postern {

// A PeerIdentity owns what its view shows. Not movable: the view points into it.
class PeerIdentity {
 public:
  // Of returns the identity in the certificate `leaf`; nullptr if it does not parse.
  static std::unique_ptr<const PeerIdentity> Of(const CRYPTO_BUFFER* leaf, bool verified);

  PeerIdentity(const PeerIdentity&) = delete;
  PeerIdentity& operator=(const PeerIdentity&) = delete;

  const PeerCertificate& view() const { return view_; }

  // url_encoded_pem returns the certificate as x-forwarded-client-cert's `Cert` has it: PEM, of
  // which Envoy escapes line ends, blanks, "+", "/" and "=".
  std::string url_encoded_pem() const;

 private:
  PeerIdentity() = default;

  std::string der_;
  std::string subject_;
  std::string serial_;
  std::string sha256_;
  std::string spki_sha256_;
  SubjectAltNames names_;
  std::vector<std::string_view> dns_names_;
  std::vector<std::string_view> uris_;
  PeerCertificate view_;
};

}  // namespace postern

#endif  // POSTERN_TLS_PEER_IDENTITY_H_
