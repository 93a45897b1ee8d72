#include "lib/tls/pem.h"

#include <gtest/gtest.h>
#include <openssl/pool.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "postern/bytes.h"

namespace postern {
namespace {

std::string Wrap(std::string_view body) {
  return "-----BEGIN CERTIFICATE-----" + std::string(body) + "-----END CERTIFICATE-----";
}

// Whole is what a reader makes of a text: an error, or bytes.
std::string Whole(const absl::Status& status, std::string_view bytes) {
  return status.ok() ? "ok:" + std::string(bytes) : std::string(status.message());
}

// ExpectSame checks that a certificate's body, which may be decoded in any time, is taken and
// refused as a key's is, which goes through BoringSSL's decoder of constant time.
void ExpectSame(std::string_view body) {
  const std::string text = Wrap(body);
  const auto secret = ReadPem(text);
  const auto open = ReadPemCertificates(text);
  const std::string as_secret =
      Whole(secret.status(), secret.ok() ? secret->at(0).der.view() : std::string_view());
  const std::string as_certificate =
      Whole(open.status(), open.ok() ? AsText({CRYPTO_BUFFER_data(open->at(0).get()),
                                               CRYPTO_BUFFER_len(open->at(0).get())})
                                     : std::string_view());
  ASSERT_EQ(as_secret, as_certificate) << testing::PrintToString(std::string(body));
}

TEST(PemTest, BodiesOfCertificatesAreReadAsThoseOfKeys) {
  constexpr std::string_view kBodies[] = {
      "",
      "\n",
      "AAAA",
      "\nAAAA\n",
      "\r\nAAAA\r\nBBBB\r\n",
      "A A\tA\rA\n",
      "AAAA BBBB",
      " AAAA",
      "AAAA\v",
      "AAAA\f",
      "\vAAAA",
      "AA\fAA",
      "AA==",
      "AAA=",
      "AA=\n=\n",
      "AA==\n\n",
      "AA==AAAA",
      "AAA=A",
      "AA=A",
      "A=AA",
      "=AAA",
      "A===",
      "====",
      "==",
      "=",
      "AAAA=",
      "AAAA==",
      "AAAA===",
      "AAAA====",
      "AA==AA==",
      "AA",
      "AAA",
      "A",
      "AAAAA",
      "AA..",
      "AAA.",
      "AB==",
      "A/==",
      "AAB=",
      "AA/=",
      "////",
      "++++",
      "-_-_",
      "AAA-",
      "AAA_",
      "AA\xc2\xa0"
      "AA",
      "AAA\x80",
      "AAA\xff",
      "AAAA#",
      "key: value\n\nAAAA",
      "key: value\r\n\r\nAAAA",
      "key: value\nAAAA",
  };
  for (const std::string_view body : kBodies) ExpectSame(body);
  ExpectSame(std::string_view("AAA\0", 4));
  ExpectSame(std::string_view("AAAA\0BBB", 8));
}

TEST(PemTest, NoByteInAnyPlaceMakesADifference) {
  for (const std::string_view body : {"QUJD\nREVG\n", "QUJDREU=", "\nQUJDRA==\n"}) {
    for (size_t at = 0; at <= body.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed(body);
        changed.insert(at, 1, static_cast<char>(byte));
        ExpectSame(changed);
        if (at == body.size()) continue;
        changed = body;
        changed[at] = static_cast<char>(byte);
        ExpectSame(changed);
      }
    }
  }
}

TEST(PemTest, EveryEndOfFourCharactersIsReadAlike) {
  constexpr std::string_view kSome = "AQgwz09+/=\n.";
  for (const char a : kSome) {
    for (const char b : kSome) {
      for (const char c : kSome) {
        for (const char d : kSome) ExpectSame(std::string("QUJD") + a + b + c + d);
      }
    }
  }
}

TEST(PemTest, RandomTextIsReadAlike) {
  std::mt19937 random(20261130);
  constexpr std::string_view kMostly = "ABCDwxyz0189+/\n\n\r";
  constexpr std::string_view kRarely = "==\v\f\t .-_:#\x80";
  for (int i = 0; i < 20000; ++i) {
    std::string body;
    for (size_t size = random() % 200; body.size() < size;) {
      const std::string_view from = random() % 64 == 0 ? kRarely : kMostly;
      body += from[random() % from.size()];
    }
    // Half of them are of a length that may be right.
    if (random() % 2 == 0) {
      size_t digits = 0;
      for (const char c : body) digits += c != '\n' && c != '\r' ? 1 : 0;
      for (; digits % 4 != 0; ++digits) body += digits % 4 >= 2 ? '=' : 'A';
    }
    ExpectSame(body);
  }
}

TEST(PemTest, ABlockThatIsNoCertificateMustBeWholeToo) {
  const std::string key = "-----BEGIN PRIVATE KEY-----\nAA.A\n-----END PRIVATE KEY-----\n";
  EXPECT_EQ(ReadPemCertificates(key + Wrap("AAAA")).status().message(),
            "a PEM block is not base64");
  const std::string whole = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  EXPECT_EQ(ReadPemCertificates(whole + Wrap("AAAA") + Wrap("BBBB")).value().size(), 2);
  EXPECT_EQ(ReadPemCertificates(whole).status().message(), "no certificate in the PEM text");
}

}  // namespace
}  // namespace postern
