#include "lib/tls/trust_store.h"

#include <openssl/pool.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/tls/error.h"
#include "lib/tls/pem.h"

namespace postern {
namespace {

void Hash(SHA256_CTX* hash, ByteSpan bytes) { SHA256_Update(hash, bytes.data(), bytes.size()); }

bssl::UniquePtr<CRYPTO_BUFFER> SubjectOf(X509* certificate) {
  uint8_t* der = nullptr;
  const int size = i2d_X509_NAME(X509_get_subject_name(certificate), &der);
  if (size < 0) return nullptr;
  const bssl::UniquePtr<uint8_t> owned(der);
  return bssl::UniquePtr<CRYPTO_BUFFER>(
      CRYPTO_BUFFER_new(der, static_cast<size_t>(size), /*pool=*/nullptr));
}

}  // namespace

TrustStore::TrustStore() = default;
TrustStore::~TrustStore() = default;

absl::StatusOr<std::shared_ptr<const TrustStore>> TrustStore::Load(std::string_view source,
                                                                   std::string_view ca_certificates,
                                                                   std::string_view crl) {
  std::shared_ptr<TrustStore> trust(new TrustStore);
  trust->source_ = std::string(source);
  trust->store_.reset(X509_STORE_new());
  trust->subjects_.reset(sk_CRYPTO_BUFFER_new_null());
  if (trust->store_ == nullptr || trust->subjects_ == nullptr) {
    return TlsError(StrCat(source, ": cannot hold a CA bundle"));
  }
  SHA256_CTX hash;
  SHA256_Init(&hash);
  const auto cas = ReadPemCertificates(ca_certificates);
  if (!cas.ok()) return InvalidArgument(source, ": ", ToStd(cas.status().message()));
  for (const auto& buffer : *cas) {
    const bssl::UniquePtr<X509> ca(X509_parse_from_buffer(buffer.get()));
    if (ca == nullptr) return TlsError(StrCat(source, ": a CA certificate does not parse"));
    Hash(&hash, {CRYPTO_BUFFER_data(buffer.get()), CRYPTO_BUFFER_len(buffer.get())});
    bssl::UniquePtr<CRYPTO_BUFFER> subject = SubjectOf(ca.get());
    if (subject == nullptr || !X509_STORE_add_cert(trust->store_.get(), ca.get()) ||
        !bssl::PushToStack(trust->subjects_.get(), std::move(subject))) {
      return TlsError(StrCat(source, ": cannot take a CA certificate"));
    }
  }
  if (!crl.empty()) {
    const auto blocks = ReadPem(crl);
    if (!blocks.ok()) return InvalidArgument(source, ": CRL: ", ToStd(blocks.status().message()));
    for (const PemBlock& block : *blocks) {
      if (block.label != "X509 CRL") continue;
      const uint8_t* at = block.bytes().data();
      const bssl::UniquePtr<X509_CRL> list(
          d2i_X509_CRL(nullptr, &at, static_cast<long>(block.bytes().size())));
      if (list == nullptr || !X509_STORE_add_crl(trust->store_.get(), list.get())) {
        return TlsError(StrCat(source, ": a CRL does not parse"));
      }
      Hash(&hash, block.bytes());
      trust->has_crl_ = true;
    }
    if (!trust->has_crl_) return InvalidArgument(source, ": no CRL in the PEM text");
  }
  trust->digest_.resize(SHA256_DIGEST_LENGTH);
  SHA256_Final(reinterpret_cast<uint8_t*>(trust->digest_.data()), &hash);
  return trust;
}

bssl::UniquePtr<STACK_OF(CRYPTO_BUFFER)> TrustStore::subjects() const {
  bssl::UniquePtr<STACK_OF(CRYPTO_BUFFER)> copy(sk_CRYPTO_BUFFER_new_null());
  for (size_t i = 0; copy != nullptr && i < sk_CRYPTO_BUFFER_num(subjects_.get()); ++i) {
    bssl::UniquePtr<CRYPTO_BUFFER> subject =
        bssl::UpRef(sk_CRYPTO_BUFFER_value(subjects_.get(), i));
    if (!bssl::PushToStack(copy.get(), std::move(subject))) return nullptr;
  }
  return copy;
}

}  // namespace postern
