// What x-forwarded-client-cert says of a client's certificate (dataplane.md 2.9). Reading and
// checking the certificate is left to lib/tls, and when it is said to lib/snapshot/clean_request.h.

#ifndef POSTERN_HTTP_CLIENT_CERT_FIELD_H_
#define POSTERN_HTTP_CLIENT_CERT_FIELD_H_

#include <span>
#include <string>
#include <string_view>

namespace postern {

// A ClientCertFacts is what an element is made of. Everything is borrowed.
struct ClientCertFacts {
  std::span<const std::string> own_uris;  // SANs of our certificate.
  std::string_view sha256;                // Of the client's, hex.
  std::string_view encoded_pem;           // URL-encoded.
  std::string_view subject;               // RFC 2253.
  std::span<const std::string_view> uris;
  std::span<const std::string_view> dns_names;
};

// ClientCertElement returns the element for a certificate: By, Hash, Cert, Subject, URI, DNS. A
// name with a control byte in it is left out.
std::string ClientCertElement(const ClientCertFacts& facts);

}  // namespace postern

#endif  // POSTERN_HTTP_CLIENT_CERT_FIELD_H_
