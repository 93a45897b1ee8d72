// What two ends of TLS may agree on, and the library's context that holds it, one for all who have
// the same policy. Certificates and what is asked of peers are left to lib/tls/server_context and
// client_context.

#ifndef POSTERN_TLS_TLS_POLICY_H_
#define POSTERN_TLS_TLS_POLICY_H_

#include <openssl/base.h>

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace postern {

enum class TlsVersion : uint16_t { kTls10 = 0x301, kTls11 = 0x302, kTls12 = 0x303, kTls13 = 0x304 };

// A TlsPolicy is versions, suites and curves.
struct TlsPolicy {
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  // Of TLS 1.2 and before, by OpenSSL's names, in order of preference, "ALL" and its operators
  // among them. Names that this build cannot do are left out; without any left, Envoy's default:
  // ECDHE with AES-GCM or ChaCha20.
  std::vector<std::string> cipher_suites;
  // "X25519MLKEM768", "X25519", "P-256", "P-384", "P-521"; empty: the first three. Unknown ones,
  // and those that this build cannot do, are left out.
  std::vector<std::string> curves;
  bool server = true;

  friend auto operator<=>(const TlsPolicy&, const TlsPolicy&) = default;
};

// A TlsPolicyCache makes one SSL_CTX for each policy asked for. For one thread; the contexts may be
// used from any.
class TlsPolicyCache {
 public:
  TlsPolicyCache();
  ~TlsPolicyCache();

  // Find returns the context of `policy`, which has the callbacks of lib/tls/session.
  // InvalidArgument if the policy leaves nothing to agree on.
  absl::StatusOr<bssl::UniquePtr<SSL_CTX>> Find(const TlsPolicy& policy);

 private:
  std::map<TlsPolicy, bssl::UniquePtr<SSL_CTX>> contexts_;
};

}  // namespace postern

#endif  // POSTERN_TLS_TLS_POLICY_H_
