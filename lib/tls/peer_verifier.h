// Whether a peer's certificate is acceptable: chain, revocation, names, pins. Asking for one, and
// what becomes of the connection, is left to lib/tls/session.

#ifndef POSTERN_TLS_PEER_VERIFIER_H_
#define POSTERN_TLS_PEER_VERIFIER_H_

#include <openssl/base.h>
#include <openssl/pool.h>
#include <openssl/stack.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/tls/certificate_fields.h"
#include "lib/tls/trust_store.h"
#include "postern/time.h"

namespace postern {

// A PeerRules is what a configuration asks of a peer's certificate beyond a chain to a CA.
struct PeerRules {
  std::vector<std::string> subject_alt_names;  // At least one of them, unless empty.
  // At least one of both lists together, unless both are empty.
  std::vector<std::string> spki_sha256;         // base64.
  std::vector<std::string> certificate_sha256;  // Hex, colons allowed, in any case.
  bool accept_untrusted = false;                // `insecureSkipVerify`: the chain may be bad.

  // empty returns whether there is nothing that a certificate must fulfil.
  bool empty() const {
    return subject_alt_names.empty() && spki_sha256.empty() && certificate_sha256.empty();
  }
};

// A PeerVerdict is what a PeerVerifier found.
struct PeerVerdict {
  bool accepted = false;
  bool trusted = false;  // By its chain; accepted without it only under `accept_untrusted`.
  uint8_t alert = 0;     // To send if not accepted.
  std::string reason;    // One clause, if not accepted.
  WallTime not_after;    // Of the leaf.
};

// MatchesSubjectAltName compares as Envoy's exact matcher does: DNS names without regard to case,
// and a wildcard of the certificate stands for one label; the other kinds byte for byte.
bool MatchesSubjectAltName(const SubjectAltNames& names, std::string_view wanted);

// ChainIsFor returns whether the leaf of `chain` is for `name`, a DNS name or an IP address.
bool ChainIsFor(const STACK_OF(CRYPTO_BUFFER) * chain, std::string_view name);

// A PeerVerifier is immutable and may be used from any thread.
class PeerVerifier {
 public:
  enum class Peer { kClient, kServer };

  // `trust` may be null: then no chain is good, which matters unless `accept_untrusted`.
  PeerVerifier(Peer peer, std::shared_ptr<const TrustStore> trust, PeerRules rules);

  // Verify judges a chain, leaf first, at the time `now`.
  PeerVerdict Verify(const STACK_OF(CRYPTO_BUFFER) * chain, WallTime now) const;

  const TrustStore* trust() const { return trust_.get(); }
  const PeerRules& rules() const { return rules_; }

  // digest is 32 bytes over everything that Verify goes by, but for the time.
  const std::string& digest() const { return digest_; }

 private:
  // CheckChain returns X509_V_OK or another of BoringSSL's codes.
  int CheckChain(X509* leaf, const STACK_OF(CRYPTO_BUFFER) * chain, WallTime now) const;

  Peer peer_;
  std::shared_ptr<const TrustStore> trust_;
  PeerRules rules_;
  std::string digest_;
};

}  // namespace postern

#endif  // POSTERN_TLS_PEER_VERIFIER_H_
