// A CA bundle with its revocation lists: what the certificates of peers are checked against. The
// check itself is left to lib/tls/peer_verifier.

#ifndef POSTERN_TLS_TRUST_STORE_H_
#define POSTERN_TLS_TRUST_STORE_H_

#include <openssl/base.h>
#include <openssl/pool.h>
#include <openssl/stack.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace postern {

// A TrustStore is immutable and may be used from any thread.
class TrustStore {
 public:
  // Load reads PEM texts; `crl` may be empty. InvalidArgument, which begins with `source`, if one
  // does not parse or there is no CA.
  static absl::StatusOr<std::shared_ptr<const TrustStore>> Load(std::string_view source,
                                                                std::string_view ca_certificates,
                                                                std::string_view crl);

  ~TrustStore();

  const std::string& source() const { return source_; }
  // digest is 32 bytes over every certificate and list.
  const std::string& digest() const { return digest_; }
  bool has_crl() const { return has_crl_; }

  // store is for verification; BoringSSL locks it itself.
  X509_STORE* store() const { return store_.get(); }

  // subjects returns the CAs' names in DER, which a server tells clients; the caller owns the copy.
  bssl::UniquePtr<STACK_OF(CRYPTO_BUFFER)> subjects() const;

 private:
  TrustStore();

  std::string source_;
  std::string digest_;
  bool has_crl_ = false;
  bssl::UniquePtr<X509_STORE> store_;
  bssl::UniquePtr<STACK_OF(CRYPTO_BUFFER)> subjects_;
};

}  // namespace postern

#endif  // POSTERN_TLS_TRUST_STORE_H_
