// The certificates of one server, by the name that a client asks for. What a certificate is, and
// whether a client can check its signature, is left to lib/tls/certificate and BoringSSL.

#ifndef POSTERN_TLS_CERTIFICATE_STORE_H_
#define POSTERN_TLS_CERTIFICATE_STORE_H_

#include <memory>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "lib/base/string_map.h"
#include "lib/tls/certificate.h"

namespace postern {

// A CertificateStore is immutable and may be used from any thread.
class CertificateStore {
 public:
  using Certificates = absl::InlinedVector<std::shared_ptr<const Certificate>, 1>;

  explicit CertificateStore(Certificates certificates);

  // Candidates returns the certificates for a client that asks for `server_name`, in lower case,
  // empty if it names none; best first, of which the first that the client can check is presented.
  // As in Envoy: the first certificate of each kind of key that has the name exactly, else as
  // "*.rest" for one label; ECDSA before RSA; behind them the first of all, for a client that can
  // check none of these. If none has the name, all: in their order, or ECDSA first if the client
  // named nothing.
  const Certificates& Candidates(std::string_view server_name) const;

 private:
  // A Choice is there if there are two certificates or more.
  struct Choice {
    Certificates ecdsa_first;
    StringMap<Certificates> by_name;  // "a.example", "*.example".
  };

  Certificates all_;
  std::unique_ptr<const Choice> choice_;
};

}  // namespace postern

#endif  // POSTERN_TLS_CERTIFICATE_STORE_H_
