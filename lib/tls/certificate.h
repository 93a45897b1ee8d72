// A certificate chain with its private key, as one end of TLS presents it. Which of several a
// client gets is left to lib/tls/certificate_store.

#ifndef POSTERN_TLS_CERTIFICATE_H_
#define POSTERN_TLS_CERTIFICATE_H_

#include <openssl/base.h>

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "lib/tls/leaf_fields.h"
#include "lib/tls/private_key.h"
#include "postern/credentials.h"
#include "postern/time.h"

namespace postern {

// A Certificate is immutable and may be used from any thread. Its private key is parsed when it is
// first used, once, and published atomically.
class Certificate {
 public:
  // Load checks PEM, DER and that the key's public half is the leaf's. `source` says in messages
  // and reports where it is from: "secret istio-system/web". Dates are not looked at: Istio serves
  // what has expired. InvalidArgument names what is wrong, and no byte of it.
  static absl::StatusOr<std::shared_ptr<const Certificate>> Load(std::string_view source,
                                                                 const Credential& credential);

  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate();

  const std::string& source() const { return source_; }
  const std::string& serial() const { return serial_; }
  // server_names is what SNI is compared with, in lower case: the DNS names, or without any the
  // common name.
  std::span<const std::string> server_names() const { return server_names_; }
  std::span<const std::string> ips() const { return rare_ ? Strings(rare_->ips) : Strings(); }
  std::span<const std::string> uris() const { return rare_ ? Strings(rare_->uris) : Strings(); }
  WallTime not_before() const { return not_before_; }
  WallTime not_after() const { return not_after_; }
  KeyType key_type() const { return key_type_; }
  // key_id is not empty if the host keeps the key, and signs.
  std::string_view key_id() const {
    return rare_ ? std::string_view(rare_->key_id) : std::string_view();
  }

  // Present makes `ssl`, before its handshake, offer this certificate after those added before.
  // With API 17 only the last one added counts. FailedPrecondition if the key, parsed now, turns
  // out to be bad, which is then so for good.
  absl::Status Present(SSL* ssl) const;

  // IsChosenBy returns whether `ssl`, in its handshake, presents this certificate. With API 17 it
  // cannot tell, and returns true.
  bool IsChosenBy(const SSL* ssl) const;

 private:
  // A Usable is the parsed key in the form that the library takes; both null if it does not parse.
  struct Usable;

  using Strings = std::span<const std::string>;

  // A Rare is what few of ten thousand certificates have.
  struct Rare {
    std::vector<std::string> ips;
    std::vector<std::string> uris;
    std::string key_id;
    std::string ocsp_staple;
  };

  Certificate() = default;

  std::string_view ocsp_staple() const {
    return rare_ ? std::string_view(rare_->ocsp_staple) : std::string_view();
  }
  const Usable* use() const;
  std::unique_ptr<Usable> MakeUsable() const;

  std::string source_;
  std::string serial_;
  absl::InlinedVector<std::string, 1> server_names_;
  WallTime not_before_;
  WallTime not_after_;
  KeyType key_type_ = KeyType::kEcdsa;
  absl::InlinedVector<bssl::UniquePtr<CRYPTO_BUFFER>, 1> chain_;
  std::optional<PrivateKey> private_key_;
  std::unique_ptr<const Rare> rare_;  // Null: it has nothing of it.
  mutable std::atomic<const Usable*> usable_ = nullptr;
};

}  // namespace postern

#endif  // POSTERN_TLS_CERTIFICATE_H_
