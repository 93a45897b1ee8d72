#include "lib/tls/client_hello.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "lib/tls/ja4.h"
#include "tests/support/tls_client.h"

namespace postern {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using Result = ClientHelloParser::Result;

std::string HelloFile() {
  std::ifstream in("tests/testdata/wire_cases/client_hello_a_example_h2.bin", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Refragmented returns the handshake bytes of `record` in records of `size`.
std::string Refragmented(std::string_view record, size_t size) {
  std::string out;
  for (size_t at = 5; at < record.size(); at += size) {
    const std::string_view piece = record.substr(at, size);
    out += {'\x16', '\x03', '\x01', static_cast<char>(piece.size() >> 8),
            static_cast<char>(piece.size())};
    out += piece;
  }
  return out;
}

// A Parsed is the outcome of feeding bytes in pieces of at most `piece`; 0: at random.
struct Parsed {
  Result result;
  ClientHello hello;
  int alert;
  size_t bytes;  // Needed for it.
};
Parsed ParseIn(std::string_view bytes, size_t piece) {
  std::mt19937 random(static_cast<unsigned>(bytes.size()));
  ClientHelloParser parser;
  Result result = Result::kIncomplete;
  size_t at = 0;
  while (at < bytes.size() && result == Result::kIncomplete) {
    const size_t size = std::min(bytes.size() - at, piece != 0 ? piece : 1 + random() % 100);
    result = parser.Parse(AsBytes(bytes.substr(at, size)));
    at += size;
  }
  EXPECT_EQ(parser.Parse({}), result);
  return {result, parser.hello(), result == Result::kMalformed ? parser.alert() : -1, at};
}

TEST(ClientHelloParserTest, AHelloIsReadInPiecesAndRecordsOfAnySize) {
  const std::string hello = HelloFile();
  ASSERT_EQ(hello.size(), 517);
  for (const size_t record : {size_t{512}, size_t{1}, size_t{64}}) {
    const std::string bytes = Refragmented(hello, record);
    for (const size_t piece : {size_t{1}, size_t{0}, bytes.size()}) {
      const Parsed parsed = ParseIn(bytes, piece);
      ASSERT_EQ(parsed.result, Result::kClientHello);
      EXPECT_EQ(parsed.hello.server_name, "a.example");
      EXPECT_THAT(parsed.hello.alpn, ElementsAre("h2", "http/1.1"));
      EXPECT_THAT(parsed.hello.ja4, StartsWith("t13d"));
      EXPECT_EQ(parsed.bytes, bytes.size());
    }
  }
}

TEST(ClientHelloParserTest, EveryPrefixOfAHelloIsIncomplete) {
  const std::string hello = HelloFile();
  for (size_t size = 0; size < hello.size(); ++size) {
    ClientHelloParser parser;
    EXPECT_EQ(parser.Parse(AsBytes(std::string_view(hello).substr(0, size))), Result::kIncomplete);
  }
}

TEST(ClientHelloParserTest, EveryCutOfTheMessageItselfIsMalformed) {
  const std::string hello = HelloFile();
  // The message is cut, and its lengths say so: what is missing is inside.
  for (size_t size = 4; size < hello.size() - 5; ++size) {
    std::string message = hello.substr(5, size);
    message[2] = static_cast<char>((size - 4) >> 8);
    message[3] = static_cast<char>(size - 4);
    const Parsed parsed = ParseIn(Refragmented("12345" + message, 16000), 0);
    EXPECT_NE(parsed.result, Result::kIncomplete) << size;
    EXPECT_NE(parsed.result, Result::kNotTls) << size;
  }
}

TEST(ClientHelloParserTest, WhateverAClientOfBoringSslSendsIsRead) {
  for (const char* name : {"", "x.y.example.com", "A.Example.", "192.0.2.1", "2001:db8::1"}) {
    TlsClient client({.sni = name, .alpn = {"foo"}});
    const Parsed parsed = ParseIn(client.TakeOutput(), 0);
    ASSERT_EQ(parsed.result, Result::kClientHello) << name;
    const bool is_name = std::string_view(name).find_first_of("xA") == 0;
    EXPECT_EQ(parsed.hello.server_name, is_name ? name : "");
    EXPECT_THAT(parsed.hello.alpn, ElementsAre("foo"));
  }
  TlsClient old({.sni = "a", .max_version = 0x303});
  const Parsed parsed = ParseIn(old.TakeOutput(), 0);
  EXPECT_THAT(parsed.hello.ja4, StartsWith("t12d"));
  EXPECT_THAT(parsed.hello.alpn, IsEmpty());
}

TEST(ClientHelloParserTest, BytesAreJudgedAsSoonAsTheyCanBe) {
  const std::string hello = HelloFile();
  std::string empties, warnings, nul = hello;
  for (int i = 0; i < 32; ++i) empties += std::string("\x16\x03\x01\0\0", 5);
  for (int i = 0; i < 4; ++i) warnings += std::string("\x15\x03\x01\0\x02\x01\x5a", 7);
  nul[nul.find("a.example") + 1] = '\0';
  struct {
    const char* what;
    std::string bytes;
    Result result;
    int alert;
  } const kCases[] = {
      {"HTTP", "G", Result::kNotTls, -1},
      {"SSH", "SSH-2.0-x\r\n", Result::kNotTls, -1},
      {"HTTP/2", "PRI * HTTP/2.0", Result::kNotTls, -1},
      {"SSL 2", "\x80", Result::kNotTls, -1},
      {"a record type without TLS's version", "\x16G", Result::kNotTls, -1},
      {"nothing", "", Result::kIncomplete, -1},
      {"application data", std::string("\x17\x03\x03\0\x02", 5), Result::kMalformed, 10},
      {"a long record", "\x16\x03\x01\x48\x01", Result::kMalformed, 22},
      {"a record one byte too long", "\x16\x03\x01\x40\x01", Result::kMalformed, 22},
      {"16 MiB", std::string("\x16\x03\x01\x40\0\x01\xff\xff\xff", 9), Result::kMalformed, 47},
      {"16 KiB and a byte", std::string("\x16\x03\x01\x40\0\x01\0\x40\x01", 9), Result::kMalformed,
       47},
      {"16 KiB", std::string("\x16\x03\x01\x40\0\x01\0\x40\0", 9), Result::kIncomplete, -1},
      {"another message", std::string("\x16\x03\x01\0\x05\x02", 6), Result::kMalformed, 10},
      {"32 empty records", empties + hello, Result::kClientHello, -1},
      {"33 empty records", empties + empties.substr(0, 5), Result::kMalformed, 10},
      {"4 warnings", warnings + hello, Result::kClientHello, -1},
      {"5 warnings", warnings + warnings.substr(0, 5), Result::kMalformed, 10},
      {"a fatal alert", std::string("\x15\x03\x01\0\x02\x02", 6), Result::kMalformed, 10},
      {"letters after a warning", warnings + "GET", Result::kMalformed, 70},
      {"NUL in a name", nul, Result::kMalformed, 112},
  };
  for (const auto& [what, bytes, result, alert] : kCases) {
    for (const size_t piece : {size_t{1}, size_t{0}, size_t{100'000}}) {
      const Parsed parsed = ParseIn(bytes, piece);
      EXPECT_EQ(parsed.result, result) << what;
      EXPECT_EQ(parsed.alert, alert) << what;
    }
  }
}

TEST(ClientHelloParserTest, AnExtensionStandsOnce) {
  std::string hello = HelloFile();
  // ALPN (16) becomes a second signature_algorithms-like type already there: extended master
  // secret (23) is always sent, and has no body to be misread.
  const size_t alpn = hello.find(std::string("\0\x10\0\x0e\0\x0c\x02h2", 9));
  ASSERT_NE(alpn, hello.npos);
  hello[alpn + 1] = 23;
  EXPECT_EQ(ParseIn(hello, 0).alert, 47);
}

TEST(ClientHelloParserTest, TheCallersLimitHolds) {
  const std::string hello = HelloFile();
  ClientHelloParser enough(508), short_of_one(507);
  EXPECT_EQ(enough.Parse(AsBytes(hello)), Result::kClientHello);
  EXPECT_EQ(short_of_one.Parse(AsBytes(hello)), Result::kMalformed);
}

TEST(Ja4Test, TheFingerprintIsThatOfItsSpecification) {
  // The example of JA4's technical details.
  Ja4Input chrome;
  chrome.legacy_version = 0x303;
  chrome.versions = {0x0a0a, 0x304, 0x303};
  chrome.suites = {0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                   0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
  chrome.extensions = {0x2a2a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d,
                       0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0x5a5a};
  chrome.signature_algorithms = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
  chrome.has_server_name = true;
  chrome.first_alpn = "h2";
  EXPECT_EQ(Ja4(chrome), "t13d1516h2_8daaf6152771_e5627efa2ab1");

  Ja4Input bare;
  bare.legacy_version = 0x302;
  EXPECT_EQ(Ja4(bare), "t11i000000_000000000000_000000000000");
  bare.first_alpn = "\xab.";
  EXPECT_EQ(Ja4(bare).substr(8, 2), "ae");
}

}  // namespace
}  // namespace postern
