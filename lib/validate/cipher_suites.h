// The cipher suites that a Gateway may name (validation.md 1.A). What a server does with them is
// for lib/tls; that others are dropped is for lib/validate/tls_rules.h to say.

#ifndef POSTERN_VALIDATE_CIPHER_SUITES_H_
#define POSTERN_VALIDATE_CIPHER_SUITES_H_

#include <string_view>

namespace postern {

// IsKeptCipherSuite says that Istio keeps `entry`: one of fifteen names in exactly this case,
// "ALL", nothing, or anything that does not begin with a letter or a digit, which may be an
// operator of OpenSSL's.
bool IsKeptCipherSuite(std::string_view entry);

}  // namespace postern

#endif  // POSTERN_VALIDATE_CIPHER_SUITES_H_
