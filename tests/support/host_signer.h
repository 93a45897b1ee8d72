// The host's side of OnSign in tests: a private key that the library never sees.

#ifndef POSTERN_TESTS_SUPPORT_HOST_SIGNER_H_
#define POSTERN_TESTS_SUPPORT_HOST_SIGNER_H_

#include <openssl/base.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "postern/bytes.h"

namespace postern {

// A HostSigner signs as a TLS server has to, with the PEM key it was given.
class HostSigner {
 public:
  explicit HostSigner(const std::string& key);
  ~HostSigner();

  // Sign returns the signature of `input` under a TLS SignatureScheme.
  absl::StatusOr<std::string> Sign(uint16_t algorithm, ByteSpan input) const;

 private:
  bssl::UniquePtr<EVP_PKEY> key_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_HOST_SIGNER_H_
