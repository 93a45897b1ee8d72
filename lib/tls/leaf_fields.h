// What is read of a certificate of our own when it is loaded, all at once. Whom it is presented to
// is left to lib/tls/certificate_store, and single fields of clients' to
// lib/tls/certificate_fields.

#ifndef POSTERN_TLS_LEAF_FIELDS_H_
#define POSTERN_TLS_LEAF_FIELDS_H_

#include <openssl/base.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/tls/certificate_fields.h"
#include "postern/time.h"

namespace postern {

enum class KeyType { kEcdsa, kRsa, kEd25519 };

// A LeafFields is what stands in one certificate, as the functions of certificate_fields return it.
struct LeafFields {
  std::string serial;
  std::string common_name;
  SubjectAltNames names;
  WallTime not_before;
  WallTime not_after;
  KeyType key_type = KeyType::kEcdsa;
  std::string public_key_info;

  friend bool operator==(const LeafFields&, const LeafFields&) = default;
};

// ReadLeaf returns the fields of `certificate`; InvalidArgument if it, or its key, does not parse,
// or the key cannot sign for TLS.
absl::StatusOr<LeafFields> ReadLeaf(const CRYPTO_BUFFER* certificate);

// ReadAnyLeaf does the same by BoringSSL's X509, which takes every form there is.
absl::StatusOr<LeafFields> ReadAnyLeaf(const CRYPTO_BUFFER* certificate);

// ReadPlainLeaf does the same where the certificate has the form that nearly all have: version 3 in
// DER, names of printable ASCII, dates before 2050, DNS names and URIs. nullopt for all else, of
// which ReadAnyLeaf then says what it is.
std::optional<LeafFields> ReadPlainLeaf(const CRYPTO_BUFFER* certificate);

}  // namespace postern

#endif  // POSTERN_TLS_LEAF_FIELDS_H_
