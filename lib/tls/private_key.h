// A server's private key: checked when it is loaded as far as that is cheap, parsed when somebody
// asks for it. Which certificate it belongs to, and when it is first used, is left to
// lib/tls/certificate.

#ifndef POSTERN_TLS_PRIVATE_KEY_H_
#define POSTERN_TLS_PRIVATE_KEY_H_

#include <openssl/base.h>

#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "postern/bytes.h"
#include "postern/credentials.h"

namespace postern {

// A PrivateKey is the DER of a PKCS #8, RSA or EC key. Move only; wiped at its end.
class PrivateKey {
 public:
  // FromPem takes the first private key of `pem`; InvalidArgument if there is none, or it has a
  // password.
  static absl::StatusOr<PrivateKey> FromPem(std::string_view pem);

  // CheckAgainst returns OK if the key's public half is that of `spki`, a SubjectPublicKeyInfo. An
  // RSA or EC key that spells its public half is believed without an operation on numbers; the
  // rest is parsed.
  absl::Status CheckAgainst(ByteSpan spki) const;

  // Parse returns the key ready to sign; a millisecond for a large RSA key.
  absl::StatusOr<bssl::UniquePtr<EVP_PKEY>> Parse() const;

 private:
  enum class Form { kPkcs8, kRsa, kEc };

  PrivateKey(Form form, SecretText der) : form_(form), der_(std::move(der)) {}

  bool SpellsPublicHalf(ByteSpan spki) const;

  Form form_;
  SecretText der_;
};

}  // namespace postern

#endif  // POSTERN_TLS_PRIVATE_KEY_H_
