#include "lib/tls/peer_verifier.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "lib/base/strings.h"
#include "lib/match/ip.h"
#include "lib/tls/digest.h"
#include "lib/tls/error.h"

namespace postern {
namespace {

constexpr int kMaxChainDepth = 10;

// CanonicalHash returns a hash in the form of Sha256Hex.
std::string CanonicalHash(std::string_view hash) {
  std::string hex;
  for (const char c : hash) {
    if (c != ':') hex += AsciiLower(c);
  }
  return hex;
}

bool Contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool DnsMatches(std::string_view pattern, std::string_view name) {
  if (EqualsIgnoreCase(pattern, name)) return true;
  if (!pattern.starts_with("*.")) return false;
  const size_t dot = name.find('.');
  return dot != name.npos && dot > 0 && EqualsIgnoreCase(pattern.substr(1), name.substr(dot));
}

ByteSpan BytesOf(const CRYPTO_BUFFER* buffer) {
  return {CRYPTO_BUFFER_data(buffer), CRYPTO_BUFFER_len(buffer)};
}

}  // namespace

bool MatchesSubjectAltName(const SubjectAltNames& names, std::string_view wanted) {
  for (const std::string& dns : names.dns) {
    if (DnsMatches(dns, wanted)) return true;
  }
  return Contains(names.uris, wanted) || Contains(names.ips, wanted) ||
         Contains(names.emails, wanted);
}

bool ChainIsFor(const STACK_OF(CRYPTO_BUFFER) * chain, std::string_view name) {
  if (chain == nullptr || sk_CRYPTO_BUFFER_num(chain) == 0) return false;
  const bssl::UniquePtr<X509> leaf(X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(chain, 0)));
  if (leaf == nullptr) {
    DrainTlsErrors();
    return false;
  }
  const SubjectAltNames names = ReadSubjectAltNames(leaf.get());
  if (const std::optional<Ip> ip = ParseIp(name); ip.has_value()) {
    return Contains(names.ips, FormatIp(ip->v6, ip->bytes));
  }
  return std::any_of(names.dns.begin(), names.dns.end(),
                     [name](const std::string& dns) { return DnsMatches(dns, name); });
}

PeerVerifier::PeerVerifier(Peer peer, std::shared_ptr<const TrustStore> trust, PeerRules rules)
    : peer_(peer), trust_(std::move(trust)), rules_(std::move(rules)) {
  for (std::string& hash : rules_.certificate_sha256) hash = CanonicalHash(hash);
  digest_ = Digest()
                .AddNumber(static_cast<uint64_t>(peer_))
                .Add(trust_ != nullptr ? std::string_view(trust_->digest()) : std::string_view())
                .Add(rules_.subject_alt_names)
                .Add(rules_.spki_sha256)
                .Add(rules_.certificate_sha256)
                .AddNumber(rules_.accept_untrusted)
                .Finish();
}

int PeerVerifier::CheckChain(X509* leaf, const STACK_OF(CRYPTO_BUFFER) * chain,
                             WallTime now) const {
  if (trust_ == nullptr) return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
  const bssl::UniquePtr<STACK_OF(X509)> others(sk_X509_new_null());
  const bssl::UniquePtr<X509_STORE_CTX> check(X509_STORE_CTX_new());
  if (others == nullptr || check == nullptr) return X509_V_ERR_OUT_OF_MEM;
  for (size_t i = 1; i < sk_CRYPTO_BUFFER_num(chain); ++i) {
    bssl::UniquePtr<X509> other(X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(chain, i)));
    if (other == nullptr) return X509_V_ERR_UNSPECIFIED;
    if (!bssl::PushToStack(others.get(), std::move(other))) return X509_V_ERR_OUT_OF_MEM;
  }
  if (!X509_STORE_CTX_init(check.get(), trust_->store(), leaf, others.get()) ||
      !X509_STORE_CTX_set_default(check.get(),
                                  peer_ == Peer::kClient ? "ssl_client" : "ssl_server")) {
    return X509_V_ERR_UNSPECIFIED;
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(check.get());
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
  if (trust_->has_crl()) flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  X509_VERIFY_PARAM_set_flags(param, flags);
  X509_VERIFY_PARAM_set_depth(param, kMaxChainDepth);
  X509_VERIFY_PARAM_set_time(param, std::chrono::system_clock::to_time_t(now));
  if (X509_verify_cert(check.get()) == 1) return X509_V_OK;
  const int error = X509_STORE_CTX_get_error(check.get());
  return error != X509_V_OK ? error : X509_V_ERR_UNSPECIFIED;
}

PeerVerdict PeerVerifier::Verify(const STACK_OF(CRYPTO_BUFFER) * chain, WallTime now) const {
  PeerVerdict verdict;
  const bssl::UniquePtr<X509> leaf(chain != nullptr && sk_CRYPTO_BUFFER_num(chain) > 0
                                       ? X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(chain, 0))
                                       : nullptr);
  if (leaf == nullptr) {
    DrainTlsErrors();
    verdict.alert = SSL_AD_BAD_CERTIFICATE;
    verdict.reason = "the peer's certificate does not parse";
    return verdict;
  }
  verdict.not_after = NotAfter(leaf.get());
  const int error = CheckChain(leaf.get(), chain, now);
  DrainTlsErrors();
  verdict.trusted = error == X509_V_OK;
  if (!verdict.trusted && !rules_.accept_untrusted) {
    verdict.alert = static_cast<uint8_t>(SSL_alert_from_verify_result(error));
    verdict.reason =
        StrCat("the peer's certificate is refused: ", X509_verify_cert_error_string(error));
    return verdict;
  }
  verdict.alert = SSL_AD_CERTIFICATE_UNKNOWN;
  if (!rules_.subject_alt_names.empty()) {
    const SubjectAltNames names = ReadSubjectAltNames(leaf.get());
    const auto& wanted = rules_.subject_alt_names;
    if (std::none_of(wanted.begin(), wanted.end(), [&names](const std::string& name) {
          return MatchesSubjectAltName(names, name);
        })) {
      verdict.reason = "the peer's certificate has none of the subject alternative names asked for";
      return verdict;
    }
  }
  const bool pinned = !rules_.spki_sha256.empty() || !rules_.certificate_sha256.empty();
  if (pinned && !Contains(rules_.spki_sha256, Sha256Base64(AsBytes(PublicKeyInfo(leaf.get())))) &&
      !Contains(rules_.certificate_sha256, Sha256Hex(BytesOf(sk_CRYPTO_BUFFER_value(chain, 0))))) {
    verdict.reason = "the peer's certificate has none of the digests asked for";
    return verdict;
  }
  verdict.accepted = true;
  return verdict;
}

}  // namespace postern
