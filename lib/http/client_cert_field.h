// x-forwarded-client-cert: what the proxy says of a client's certificate (dataplane.md 2.9).
// Reading and checking the certificate is left to lib/tls.

#ifndef POSTERN_HTTP_CLIENT_CERT_FIELD_H_
#define POSTERN_HTTP_CLIENT_CERT_FIELD_H_

#include <span>
#include <string>
#include <string_view>

#include "lib/http/headers.h"
#include "postern/snapshot.h"

namespace postern {

// A ClientCertMode is Envoy's forward_client_cert_details.
using ClientCertMode = SnapshotOptions::ForwardClientCert;

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

// SetClientCert does to the field what `mode` says. `element` is empty if the client has shown no
// certificate; it must outlive `headers`.
void SetClientCert(ClientCertMode mode, std::string_view element, HeaderList* headers);

}  // namespace postern

#endif  // POSTERN_HTTP_CLIENT_CERT_FIELD_H_
