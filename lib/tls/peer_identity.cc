#include "lib/tls/peer_identity.h"

#include <openssl/base64.h>
#include <openssl/x509.h>

#include "lib/tls/error.h"

namespace postern {

std::unique_ptr<const PeerIdentity> PeerIdentity::Of(const CRYPTO_BUFFER* leaf, bool verified) {
  // API 17 wants it mutable, and leaves it as it is.
  const bssl::UniquePtr<X509> certificate(X509_parse_from_buffer(const_cast<CRYPTO_BUFFER*>(leaf)));
  if (certificate == nullptr) {
    DrainTlsErrors();
    return nullptr;
  }
  std::unique_ptr<PeerIdentity> identity(new PeerIdentity);
  identity->der_ = std::string(AsText({CRYPTO_BUFFER_data(leaf), CRYPTO_BUFFER_len(leaf)}));
  identity->subject_ = SubjectText(certificate.get());
  identity->serial_ = SerialHex(certificate.get());
  identity->sha256_ = Sha256Hex(AsBytes(identity->der_));
  identity->spki_sha256_ = Sha256Base64(AsBytes(PublicKeyInfo(certificate.get())));
  identity->names_ = ReadSubjectAltNames(certificate.get());
  identity->dns_names_.assign(identity->names_.dns.begin(), identity->names_.dns.end());
  identity->uris_.assign(identity->names_.uris.begin(), identity->names_.uris.end());
  PeerCertificate& view = identity->view_;
  view.verified = verified;
  view.subject = identity->subject_;
  view.serial = identity->serial_;
  view.sha256 = identity->sha256_;
  view.spki_sha256 = identity->spki_sha256_;
  view.dns_names = identity->dns_names_;
  view.uris = identity->uris_;
  for (const std::string_view uri : identity->uris_) {
    if (view.spiffe_id.empty() && uri.starts_with("spiffe://")) view.spiffe_id = uri;
  }
  return identity;
}

std::string PeerIdentity::url_encoded_pem() const {
  std::string base64(4 * ((der_.size() + 2) / 3) + 1, '\0');
  base64.resize(EVP_EncodeBlock(reinterpret_cast<uint8_t*>(base64.data()), AsBytes(der_).data(),
                                der_.size()));
  constexpr size_t kLineLength = 64;
  std::string text = "-----BEGIN%20CERTIFICATE-----%0A";
  for (size_t i = 0; i < base64.size(); ++i) {
    if (i > 0 && i % kLineLength == 0) text += "%0A";
    switch (base64[i]) {
      case '+':
        text += "%2B";
        break;
      case '/':
        text += "%2F";
        break;
      case '=':
        text += "%3D";
        break;
      default:
        text += base64[i];
    }
  }
  return text + "%0A-----END%20CERTIFICATE-----%0A";
}

}  // namespace postern
