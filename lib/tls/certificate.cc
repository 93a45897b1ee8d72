#include "lib/tls/certificate.h"

#include <openssl/evp.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/tls/error.h"
#include "lib/tls/host_key.h"
#include "lib/tls/pem.h"

namespace postern {
namespace {

absl::Status Annotate(std::string_view source, const absl::Status& status) {
  return absl::Status(status.code(), ToAbsl(StrCat(source, ": ", ToStd(status.message()))));
}

}  // namespace

struct Certificate::Usable {
#if BORINGSSL_API_VERSION >= 32
  bssl::UniquePtr<SSL_CREDENTIAL> credential;
#else
  bool good = false;
  bssl::UniquePtr<EVP_PKEY> key;  // Null if the host signs.
#endif
};

absl::StatusOr<std::shared_ptr<const Certificate>> Certificate::Load(std::string_view source,
                                                                     const Credential& credential) {
  std::shared_ptr<Certificate> loaded(new Certificate);
  auto chain = ReadPemCertificates(credential.certificate_chain);
  if (!chain.ok()) return Annotate(source, chain.status());
  auto leaf = ReadLeaf(chain->front().get());
  if (!leaf.ok()) return Annotate(source, leaf.status());
  if (credential.key_id.empty()) {
    auto key = PrivateKey::FromPem(credential.private_key.view());
    if (!key.ok()) return Annotate(source, key.status());
    const absl::Status fits = key->CheckAgainst(AsBytes(leaf->public_key_info));
    if (!fits.ok()) return Annotate(source, fits);
    loaded->private_key_.emplace(*std::move(key));
  }
  loaded->source_ = std::string(source);
  loaded->serial_ = std::move(leaf->serial);
  for (const std::string& name : leaf->names.dns) {
    loaded->server_names_.push_back(AsciiLower(name));
  }
  if (loaded->server_names_.empty() && !leaf->common_name.empty()) {
    loaded->server_names_.push_back(AsciiLower(leaf->common_name));
  }
  loaded->not_before_ = leaf->not_before;
  loaded->not_after_ = leaf->not_after;
  loaded->key_type_ = leaf->key_type;
  for (auto& certificate : *chain) loaded->chain_.push_back(std::move(certificate));
  Rare rare{std::move(leaf->names.ips), std::move(leaf->names.uris), credential.key_id,
            credential.ocsp_staple};
  if (!(rare.ips.empty() && rare.uris.empty() && rare.key_id.empty() && rare.ocsp_staple.empty())) {
    loaded->rare_ = std::make_unique<const Rare>(std::move(rare));
  }
  return loaded;
}

Certificate::~Certificate() { delete usable_.load(); }

std::unique_ptr<Certificate::Usable> Certificate::MakeUsable() const {
  auto usable = std::make_unique<Usable>();
  bssl::UniquePtr<EVP_PKEY> key;
  if (private_key_.has_value()) {
    absl::StatusOr<bssl::UniquePtr<EVP_PKEY>> parsed = private_key_->Parse();
    if (!parsed.ok()) return usable;
    key = *std::move(parsed);
  }
#if BORINGSSL_API_VERSION >= 32
  std::vector<CRYPTO_BUFFER*> chain;
  for (const auto& buffer : chain_) chain.push_back(buffer.get());
  bssl::UniquePtr<SSL_CREDENTIAL> credential(SSL_CREDENTIAL_new_x509());
  bool good = credential != nullptr &&
              SSL_CREDENTIAL_set1_cert_chain(credential.get(), chain.data(), chain.size());
  if (good && key != nullptr) {
    good = SSL_CREDENTIAL_set1_private_key(credential.get(), key.get());
  } else if (good) {
    good = SSL_CREDENTIAL_set_private_key_method(credential.get(), HostKeyMethod());
  }
  if (good && !ocsp_staple().empty()) {
    const bssl::UniquePtr<CRYPTO_BUFFER> staple(
        CRYPTO_BUFFER_new(AsBytes(ocsp_staple()).data(), ocsp_staple().size(), /*pool=*/nullptr));
    good = staple != nullptr && SSL_CREDENTIAL_set1_ocsp_response(credential.get(), staple.get());
  }
  if (good) usable->credential = std::move(credential);
#else
  usable->key = std::move(key);
  usable->good = true;
#endif
  DrainTlsErrors();
  return usable;
}

const Certificate::Usable* Certificate::use() const {
  const Usable* usable = usable_.load(std::memory_order_acquire);
  if (usable != nullptr) return usable;
  // Two threads may both parse; the first to publish wins and the other takes its result.
  std::unique_ptr<Usable> made = MakeUsable();
  if (usable_.compare_exchange_strong(usable, made.get(), std::memory_order_acq_rel)) {
    return made.release();
  }
  return usable;
}

absl::Status Certificate::Present(SSL* ssl) const {
  const Usable* usable = use();
#if BORINGSSL_API_VERSION >= 32
  const bool done =
      usable->credential != nullptr && SSL_add1_credential(ssl, usable->credential.get());
#else
  std::vector<CRYPTO_BUFFER*> chain;
  for (const auto& buffer : chain_) chain.push_back(buffer.get());
  const bool done =
      usable->good &&
      SSL_set_chain_and_key(ssl, chain.data(), chain.size(), usable->key.get(),
                            usable->key == nullptr ? HostKeyMethod() : nullptr) &&
      (ocsp_staple().empty() ||
       SSL_set_ocsp_response(ssl, AsBytes(ocsp_staple()).data(), ocsp_staple().size()));
#endif
  if (done) return absl::OkStatus();
  DrainTlsErrors();
  return absl::FailedPreconditionError(StrCat(source_, ": the private key does not work"));
}

bool Certificate::IsChosenBy([[maybe_unused]] const SSL* ssl) const {
#if BORINGSSL_API_VERSION >= 32
  const Usable* usable = usable_.load(std::memory_order_acquire);
  return usable != nullptr && usable->credential != nullptr &&
         SSL_get0_selected_credential(ssl) == usable->credential.get();
#else
  return true;
#endif
}

}  // namespace postern
