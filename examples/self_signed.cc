#include "examples/self_signed.h"

#include <openssl/bio.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace {

constexpr long kDay = 24 * 60 * 60;

std::string Text(BIO* bio) {
  const uint8_t* bytes = nullptr;
  size_t size = 0;
  if (!BIO_mem_contents(bio, &bytes, &size)) return "";
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

bool AddNames(X509* certificate, const std::vector<std::string>& names) {
  bssl::UniquePtr<GENERAL_NAMES> list(GENERAL_NAMES_new());
  for (const std::string& name : names) {
    bssl::UniquePtr<ASN1_IA5STRING> text(ASN1_IA5STRING_new());
    bssl::UniquePtr<GENERAL_NAME> entry(GENERAL_NAME_new());
    if (!text || !entry || !ASN1_STRING_set(text.get(), name.data(), name.size())) return false;
    GENERAL_NAME_set0_value(entry.get(), GEN_DNS, text.release());
    if (!bssl::PushToStack(list.get(), std::move(entry))) return false;
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, X509V3_ADD_DEFAULT) ==
         1;
}

}  // namespace

SelfSigned MakeSelfSigned(const std::vector<std::string>& names) {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  bssl::UniquePtr<X509> certificate(X509_new());
  bssl::UniquePtr<BIO> certificate_pem(BIO_new(BIO_s_mem()));
  bssl::UniquePtr<BIO> key_pem(BIO_new(BIO_s_mem()));
  const auto* subject = reinterpret_cast<const uint8_t*>("Postern example");
  X509* x509 = certificate.get();
  const bool made =
      ec && key && certificate && certificate_pem && key_pem && EC_KEY_generate_key(ec.get()) &&
      EVP_PKEY_set1_EC_KEY(key.get(), ec.get()) && X509_set_version(x509, X509_VERSION_3) &&
      ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) &&
      X509_gmtime_adj(X509_getm_notBefore(x509), -kDay) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(x509), 30 * kDay) != nullptr &&
      X509_NAME_add_entry_by_NID(X509_get_subject_name(x509), NID_commonName, MBSTRING_UTF8,
                                 subject, -1, -1, 0) &&
      X509_set_issuer_name(x509, X509_get_subject_name(x509)) && X509_set_pubkey(x509, key.get()) &&
      AddNames(x509, names) && X509_sign(x509, key.get(), EVP_sha256()) != 0 &&
      PEM_write_bio_X509(certificate_pem.get(), x509) &&
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  if (!made) return {};
  return {Text(certificate_pem.get()), Text(key_pem.get())};
}
