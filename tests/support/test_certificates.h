// Certificates made while a test runs: a CA, what it issues, what it revokes. Nothing is read from
// files, and every date is relative to kTestWallTime.

#ifndef POSTERN_TESTS_SUPPORT_TEST_CERTIFICATES_H_
#define POSTERN_TESTS_SUPPORT_TEST_CERTIFICATES_H_

#include <openssl/base.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "postern/credentials.h"
#include "postern/time.h"

namespace postern {

// kTestWallTime is 2026-11-24T00:00:00Z.
inline constexpr WallTime kTestWallTime{std::chrono::seconds(1'795'478'400)};

enum class TestKeyType { kEcdsa, kRsa, kEd25519 };

// A TestSubject is what a certificate is issued for.
struct TestSubject {
  std::string common_name = "leaf";
  std::string organization;
  std::vector<std::string> dns;
  std::vector<std::string> uris;
  std::vector<std::string> ips;  // Dotted quads.
  TestKeyType key_type = TestKeyType::kEcdsa;
  std::chrono::seconds begins = -std::chrono::hours(24);  // Relative to kTestWallTime.
  std::chrono::seconds ends = std::chrono::hours(24 * 365);
  bool is_ca = false;
};

// A TestCertificate is a certificate with its key, both in PEM.
struct TestCertificate {
  std::string certificate;
  std::string key;
  uint64_t serial = 0;

  // credential returns it as a server's credential.
  Credential credential() const;
};

// A TestCa issues certificates. Two of one name have different keys.
class TestCa {
 public:
  explicit TestCa(std::string_view common_name = "ca");
  ~TestCa();

  // Issue makes a certificate with a key of its own.
  TestCertificate Issue(const TestSubject& subject);

  // IssueMany makes `count` ECDSA or RSA certificates "hostN.example"; RSA ones share one key.
  std::vector<TestCertificate> IssueMany(size_t count, TestKeyType key_type);

  // Crl returns a list, in PEM, of the revoked serial numbers.
  std::string Crl(const std::vector<uint64_t>& serials) const;

  const std::string& certificate() const { return certificate_; }  // PEM.

 private:
  TestCertificate IssueWith(const TestSubject& subject, EVP_PKEY* key, bool with_key_id);

  std::string common_name_;
  bssl::UniquePtr<EVP_PKEY> key_;
  std::string certificate_;
  uint64_t next_serial_ = 1000;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_TEST_CERTIFICATES_H_
