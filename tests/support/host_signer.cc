#include "tests/support/host_signer.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace postern {

HostSigner::HostSigner(const std::string& key) {
  const bssl::UniquePtr<BIO> in(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
  key_.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
}

HostSigner::~HostSigner() = default;

absl::StatusOr<std::string> HostSigner::Sign(uint16_t algorithm, ByteSpan input) const {
  bssl::ScopedEVP_MD_CTX context;
  size_t size = 0;
  std::string signature;
  if (key_ == nullptr ||
      SSL_get_signature_algorithm_key_type(algorithm) != EVP_PKEY_id(key_.get())) {
    return absl::InvalidArgumentError("not a key for this algorithm");
  }
  if (!EVP_DigestSignInit(context.get(), nullptr, SSL_get_signature_algorithm_digest(algorithm),
                          nullptr, key_.get()) ||
      !EVP_DigestSign(context.get(), nullptr, &size, input.data(), input.size())) {
    return absl::InternalError("cannot sign");
  }
  signature.resize(size);
  if (!EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &size,
                      input.data(), input.size())) {
    return absl::InternalError("cannot sign");
  }
  signature.resize(size);
  return signature;
}

}  // namespace postern
