#include "lib/tls/tls_policy.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

#include "lib/base/strings.h"
#include "lib/tls/error.h"
#include "lib/tls/session_callbacks.h"

namespace postern {
namespace {

// Envoy's: suites in brackets are equal, and the client's order decides between them.
constexpr char kDefaultSuites[] =
    "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]:"
    "[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";

constexpr std::string_view kDefaultCurves[] = {"X25519MLKEM768", "X25519", "P-256"};

// The longest chain a peer may send; BoringSSL's own limit is 100 KiB.
constexpr size_t kMaxPeerChainBytes = 32 << 10;

// Joined returns the `items` that `Take` accepts, each once, with colons between them.
template <typename Items, typename Take>
std::string Joined(const Items& items, Take take) {
  std::string list;
  std::vector<std::string_view> taken;
  for (const std::string_view item : items) {
    if (std::find(taken.begin(), taken.end(), item) != taken.end() || !take(item)) continue;
    taken.push_back(item);
    StrAppend(&list, list.empty() ? "" : ":", item);
  }
  return list;
}

bool SetSuites(SSL_CTX* context, const std::vector<std::string>& wanted) {
  const std::string list = Joined(wanted, [context](std::string_view suite) {
    const bool is_operator = !suite.empty() && !IsAsciiAlnum(suite.front());
    return is_operator || SSL_CTX_set_strict_cipher_list(context, std::string(suite).c_str());
  });
  DrainTlsErrors();
  return SSL_CTX_set_strict_cipher_list(context, list.empty() ? kDefaultSuites : list.c_str());
}

bool SetCurves(SSL_CTX* context, const std::vector<std::string>& wanted) {
  const auto supported = [context](std::string_view curve) {
    return SSL_CTX_set1_curves_list(context, std::string(curve).c_str()) == 1;
  };
  std::string list = Joined(wanted, supported);
  if (list.empty()) list = Joined(kDefaultCurves, supported);
  DrainTlsErrors();
  return SSL_CTX_set1_curves_list(context, list.c_str());
}

}  // namespace

TlsPolicyCache::TlsPolicyCache() = default;
TlsPolicyCache::~TlsPolicyCache() = default;

absl::StatusOr<bssl::UniquePtr<SSL_CTX>> TlsPolicyCache::Find(const TlsPolicy& policy) {
  if (const auto found = contexts_.find(policy); found != contexts_.end()) {
    return bssl::UpRef(found->second);
  }
  if (policy.min_version > policy.max_version) {
    return InvalidArgument("the lowest version of TLS is above the highest");
  }
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_with_buffers_method()));
  if (context == nullptr ||
      !SSL_CTX_set_min_proto_version(context.get(), static_cast<uint16_t>(policy.min_version)) ||
      !SSL_CTX_set_max_proto_version(context.get(), static_cast<uint16_t>(policy.max_version)) ||
      !SetSuites(context.get(), policy.cipher_suites) || !SetCurves(context.get(), policy.curves)) {
    return TlsError("the TLS policy cannot be set up");
  }
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  // A write may be cut into records, and go on from another place of the same bytes.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context.get(), kMaxPeerChainBytes);
  InstallSessionCallbacks(context.get(), policy.server);
  contexts_.emplace(policy, bssl::UpRef(context));
  return context;
}

}  // namespace postern
