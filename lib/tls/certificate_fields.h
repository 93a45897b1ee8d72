// What stands in a certificate, as text: of our own ones for reports, of clients' for logs and
// x-forwarded-client-cert. Whether a certificate is to be trusted is left to
// lib/tls/peer_verifier.

#ifndef POSTERN_TLS_CERTIFICATE_FIELDS_H_
#define POSTERN_TLS_CERTIFICATE_FIELDS_H_

#include <openssl/base.h>

#include <string>
#include <vector>

#include "postern/bytes.h"
#include "postern/time.h"

namespace postern {

// A SubjectAltNames is the names a certificate is for, by kind, with every byte that stands in
// them: a NUL does not end one.
struct SubjectAltNames {
  std::vector<std::string> dns;
  std::vector<std::string> uris;
  std::vector<std::string> ips;  // As text, IPv6 as RFC 5952 has it.
  std::vector<std::string> emails;

  friend bool operator==(const SubjectAltNames&, const SubjectAltNames&) = default;
};

// ReadSubjectAltNames returns the names of `certificate`, none if it has no such extension.
SubjectAltNames ReadSubjectAltNames(const X509* certificate);

// SerialHex returns the serial number in lower-case hex, without leading zero bytes but one.
std::string SerialHex(const X509* certificate);

// SubjectText returns the subject as RFC 2253 has it: "CN=client,O=lab".
std::string SubjectText(const X509* certificate);

// CommonName returns the last common name of the subject, or nothing.
std::string CommonName(const X509* certificate);

WallTime NotBefore(const X509* certificate);
WallTime NotAfter(const X509* certificate);

// PublicKeyInfo returns the DER of the SubjectPublicKeyInfo.
std::string PublicKeyInfo(const X509* certificate);

// Hex returns `bytes` in lower-case hex.
std::string Hex(ByteSpan bytes);

// Sha256Hex and Sha256Base64 return the SHA-256 digest of `bytes` as text.
std::string Sha256Hex(ByteSpan bytes);
std::string Sha256Base64(ByteSpan bytes);

}  // namespace postern

#endif  // POSTERN_TLS_CERTIFICATE_FIELDS_H_
