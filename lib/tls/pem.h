// PEM text as DER blocks. What a block holds is left to lib/tls/certificate, private_key and
// trust_store.

#ifndef POSTERN_TLS_PEM_H_
#define POSTERN_TLS_PEM_H_

#include <openssl/base.h>
#include <openssl/pool.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "postern/bytes.h"
#include "postern/credentials.h"

namespace postern {

// A PemBlock is one "-----BEGIN label-----" with its bytes, wiped at its end.
struct PemBlock {
  std::string label;
  bool encrypted = false;  // It has the header of a password.
  SecretText der;

  ByteSpan bytes() const { return AsBytes(der.view()); }
};

// ReadPem returns the blocks of `pem` in order; text between them is skipped. InvalidArgument if a
// block does not end or is no base64; the message has no part of the text in it.
absl::StatusOr<std::vector<PemBlock>> ReadPem(std::string_view pem);

// ReadPemCertificates returns the certificates among the blocks of `pem`, unparsed, and skips the
// others. InvalidArgument if there is none.
absl::StatusOr<std::vector<bssl::UniquePtr<CRYPTO_BUFFER>>> ReadPemCertificates(
    std::string_view pem);

}  // namespace postern

#endif  // POSTERN_TLS_PEM_H_
