#include "tests/support/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <string_view>

#include "postern/bytes.h"

namespace postern {
namespace {

// A test that cannot make its certificates has nothing to say.
void Must(bool ok) {
  if (!ok) std::abort();
}

bssl::UniquePtr<EVP_PKEY> MakeKey(TestKeyType type) {
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (type == TestKeyType::kEcdsa) {
    bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
    Must(EC_KEY_generate_key(ec.get()) && EVP_PKEY_set1_EC_KEY(key.get(), ec.get()));
  } else if (type == TestKeyType::kRsa) {
    bssl::UniquePtr<RSA> rsa(RSA_new());
    bssl::UniquePtr<BIGNUM> exponent(BN_new());
    Must(BN_set_word(exponent.get(), RSA_F4) &&
         RSA_generate_key_ex(rsa.get(), 2048, exponent.get(), nullptr) &&
         EVP_PKEY_set1_RSA(key.get(), rsa.get()));
  } else {
    bssl::UniquePtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nullptr));
    EVP_PKEY* made = nullptr;
    Must(EVP_PKEY_keygen_init(context.get()) && EVP_PKEY_keygen(context.get(), &made));
    key.reset(made);
  }
  return key;
}

template <typename Write>
std::string Pem(Write write) {
  const bssl::UniquePtr<BIO> out(BIO_new(BIO_s_mem()));
  Must(write(out.get()));
  const uint8_t* data = nullptr;
  size_t size = 0;
  Must(BIO_mem_contents(out.get(), &data, &size));
  return std::string(AsText({data, size}));
}

void AddEntry(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  Must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, AsBytes(value).data(),
                                  static_cast<long>(value.size()), -1, 0));
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const bssl::UniquePtr<X509_EXTENSION> extension(
      X509V3_EXT_nconf_nid(nullptr, &context, nid, value.c_str()));
  Must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1));
}

std::string AltNames(const TestSubject& subject) {
  std::string text;
  const auto add = [&text](const char* kind, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      text += text.empty() ? "" : ",";
      text += kind + name;
    }
  };
  add("DNS:", subject.dns);
  add("URI:", subject.uris);
  add("IP:", subject.ips);
  return text;
}

int64_t Seconds(std::chrono::seconds relative) {
  return (kTestWallTime + relative).time_since_epoch() / std::chrono::seconds(1);
}

bssl::UniquePtr<X509> ReadCertificate(const std::string& pem) {
  const bssl::UniquePtr<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return bssl::UniquePtr<X509>(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
}

}  // namespace

Credential TestCertificate::credential() const {
  Credential credential;
  credential.certificate_chain = certificate;
  credential.private_key = SecretText(std::string(key));
  return credential;
}

TestCa::TestCa(std::string_view common_name)
    : common_name_(common_name), key_(MakeKey(TestKeyType::kEcdsa)) {
  TestSubject self;
  self.common_name = common_name_;
  self.is_ca = true;
  certificate_ = IssueWith(self, key_.get(), /*with_key_id=*/true).certificate;
}

TestCa::~TestCa() = default;

TestCertificate TestCa::Issue(const TestSubject& subject) {
  return IssueWith(subject, MakeKey(subject.key_type).get(), /*with_key_id=*/false);
}

std::vector<TestCertificate> TestCa::IssueMany(size_t count, TestKeyType key_type) {
  std::vector<TestCertificate> certificates;
  bssl::UniquePtr<EVP_PKEY> key;
  for (size_t i = 0; i < count; ++i) {
    if (key == nullptr || key_type != TestKeyType::kRsa) key = MakeKey(key_type);
    TestSubject subject;
    subject.common_name = "host" + std::to_string(i) + ".example";
    subject.dns = {subject.common_name};
    certificates.push_back(IssueWith(subject, key.get(), /*with_key_id=*/false));
  }
  return certificates;
}

TestCertificate TestCa::IssueWith(const TestSubject& subject, EVP_PKEY* key, bool with_key_id) {
  TestCertificate made;
  made.serial = next_serial_++;
  const bssl::UniquePtr<X509> certificate(X509_new());
  Must(X509_set_version(certificate.get(), 2));
  Must(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), static_cast<long>(made.serial)));
  X509_NAME* name = X509_get_subject_name(certificate.get());
  AddEntry(name, "O", subject.organization);
  AddEntry(name, "CN", subject.common_name);
  const bssl::UniquePtr<X509_NAME> issuer(X509_NAME_new());
  AddEntry(issuer.get(), "CN", common_name_);
  Must(X509_set_issuer_name(certificate.get(), issuer.get()));
  Must(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), Seconds(subject.begins)) != nullptr);
  Must(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), Seconds(subject.ends)) != nullptr);
  Must(X509_set_pubkey(certificate.get(), key));
  if (with_key_id) {
    AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  }
  if (subject.is_ca) {
    AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  }
  if (const std::string names = AltNames(subject); !names.empty()) {
    AddExtension(certificate.get(), certificate.get(), NID_subject_alt_name, names);
  }
  Must(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
  made.certificate = Pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()) == 1; });
  made.key = Pem([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  });
  return made;
}

std::string TestCa::Crl(const std::vector<uint64_t>& serials) const {
  const bssl::UniquePtr<X509_CRL> crl(X509_CRL_new());
  const bssl::UniquePtr<X509> self = ReadCertificate(certificate_);
  const bssl::UniquePtr<ASN1_TIME> from(ASN1_TIME_set(nullptr, Seconds(-std::chrono::hours(1))));
  const bssl::UniquePtr<ASN1_TIME> until(ASN1_TIME_set(nullptr, Seconds(std::chrono::hours(9999))));
  Must(X509_CRL_set_version(crl.get(), 1) &&
       X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(self.get())) &&
       X509_CRL_set1_lastUpdate(crl.get(), from.get()) &&
       X509_CRL_set1_nextUpdate(crl.get(), until.get()));
  for (const uint64_t serial : serials) {
    bssl::UniquePtr<X509_REVOKED> revoked(X509_REVOKED_new());
    const bssl::UniquePtr<ASN1_INTEGER> number(ASN1_INTEGER_new());
    Must(ASN1_INTEGER_set(number.get(), static_cast<long>(serial)) &&
         X509_REVOKED_set_serialNumber(revoked.get(), number.get()) &&
         X509_REVOKED_set_revocationDate(revoked.get(), from.get()) &&
         X509_CRL_add0_revoked(crl.get(), revoked.get()));
    revoked.release();
  }
  Must(X509_CRL_sign(crl.get(), key_.get(), EVP_sha256()) > 0);
  return Pem([&](BIO* out) { return PEM_write_bio_X509_CRL(out, crl.get()) == 1; });
}

}  // namespace postern
