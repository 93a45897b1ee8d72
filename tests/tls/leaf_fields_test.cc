#include "lib/tls/leaf_fields.h"

#include <gtest/gtest.h>
#include <openssl/pool.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "lib/tls/pem.h"
#include "postern/bytes.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

using Der = std::string;

bssl::UniquePtr<CRYPTO_BUFFER> BufferOf(const Der& der) {
  return bssl::UniquePtr<CRYPTO_BUFFER>(
      CRYPTO_BUFFER_new(AsBytes(der).data(), der.size(), /*pool=*/nullptr));
}

Der DerOf(const std::string& pem) {
  const auto read = ReadPemCertificates(pem).value();
  return Der(AsText({CRYPTO_BUFFER_data(read[0].get()), CRYPTO_BUFFER_len(read[0].get())}));
}

Der Issue(const TestSubject& subject) {
  static auto* const ca = new TestCa("ca");
  return DerOf(ca->Issue(subject).certificate);
}

TestSubject Subject(std::vector<std::string> dns) {
  TestSubject subject;
  subject.dns = std::move(dns);
  return subject;
}

// Plain returns certificates that nothing is unusual about.
std::vector<Der> Plain() {
  std::vector<Der> plain;
  for (const TestKeyType type : {TestKeyType::kEcdsa, TestKeyType::kRsa, TestKeyType::kEd25519}) {
    TestSubject subject = Subject({"www.example.com", "*.Example.com"});
    subject.organization = "Lab";
    subject.uris = {"spiffe://cluster.local/ns/default/sa/web"};
    subject.key_type = type;
    plain.push_back(Issue(subject));
  }
  TestSubject ca = Subject({"ca.example"});
  ca.is_ca = true;
  plain.push_back(Issue(ca));
  TestSubject old = Subject({"old.example"});
  old.begins = -std::chrono::hours(24) * 365 * 70;
  old.ends = -std::chrono::hours(24) * 365 * 3;
  plain.push_back(Issue(old));
  return plain;
}

// ExpectSame checks that the quick reader knows nothing else of `der` than X509 does, if it takes
// it, and that what ReadLeaf says is what X509 says. It returns whether the quick one took it.
bool ExpectSame(const Der& der) {
  const auto buffer = BufferOf(der);
  const auto any = ReadAnyLeaf(buffer.get());
  const auto plain = ReadPlainLeaf(buffer.get());
  const auto read = ReadLeaf(buffer.get());
  EXPECT_EQ(read.status(), any.status());
  EXPECT_TRUE(!read.ok() || !any.ok() || *read == *any);
  if (!plain) return false;
  EXPECT_TRUE(any.ok() && *plain == *any) << any.status();
  return true;
}

TEST(LeafFieldsTest, PlainCertificatesAreReadTheQuickWay) {
  for (const Der& der : Plain()) {
    EXPECT_TRUE(ExpectSame(der));
    const auto fields = ReadLeaf(BufferOf(der).get()).value();
    EXPECT_FALSE(fields.names.dns.empty());
    EXPECT_FALSE(fields.serial.empty());
  }
}

TEST(LeafFieldsTest, AllElseIsLeftToX509) {
  TestSubject far = Subject({"far.example"});
  far.ends = std::chrono::hours(24) * 365 * 40;  // After 2049: a GeneralizedTime.
  TestSubject ip = Subject({"ip.example"});
  ip.ips = {"192.0.2.1"};
  TestSubject foreign =
      Subject({"b\xc3\xbc"
               "cher.example"});
  foreign.common_name =
      "b\xc3\xbc"
      "cher";
  foreign.dns = {"ascii.example"};
  const TestSubject nameless = Subject({});
  for (const TestSubject& subject : {far, ip, foreign, nameless}) {
    EXPECT_FALSE(ExpectSame(Issue(subject)));
    EXPECT_TRUE(ReadLeaf(BufferOf(Issue(subject)).get()).ok());
  }
}

TEST(LeafFieldsTest, NoChangedByteIsReadOtherwise) {
  size_t taken = 0;
  for (const Der& der : Plain()) {
    for (size_t at = 0; at < der.size(); ++at) {
      const auto byte = static_cast<uint8_t>(der[at]);
      std::vector<uint8_t> others = {0x00,
                                     0x01,
                                     0x7f,
                                     0x80,
                                     0xff,
                                     static_cast<uint8_t>(byte + 1),
                                     static_cast<uint8_t>(byte - 1)};
      for (int bit = 0; bit < 8; ++bit) others.push_back(static_cast<uint8_t>(byte ^ (1 << bit)));
      for (const uint8_t other : others) {
        Der changed = der;
        changed[at] = static_cast<char>(other);
        taken += ExpectSame(changed) ? 1 : 0;
        if (HasFailure()) FAIL() << "at " << at << ": " << int{other};
      }
    }
  }
  EXPECT_GT(taken, 1000);  // Letters of names, numbers and signatures may be others.
}

TEST(LeafFieldsTest, NothingThatIsCutOrStretchedIsReadOtherwise) {
  std::mt19937 random(20261130);
  for (const Der& der : Plain()) {
    for (size_t size = 0; size < der.size(); ++size) ExpectSame(der.substr(0, size));
    for (int i = 0; i < 2000; ++i) {
      Der changed = der;
      const size_t at = random() % changed.size();
      if (random() % 2 == 0) {
        changed.insert(at, 1, static_cast<char>(random()));
      } else {
        changed.erase(at, 1 + random() % 3);
      }
      // The length of the whole may be right again.
      if (random() % 2 == 0 && changed.size() > 4) {
        changed[2] = static_cast<char>((changed.size() - 4) >> 8);
        changed[3] = static_cast<char>(changed.size() - 4);
      }
      ExpectSame(changed);
      if (HasFailure()) FAIL() << "at " << at;
    }
  }
}

}  // namespace
}  // namespace postern
