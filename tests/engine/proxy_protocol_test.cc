#include "lib/engine/proxy_protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "lib/base/strings.h"

namespace postern {
namespace {

using Result = ProxyParse::Result;

TEST(ProxyProtocolTest, ReadsAndRefusesTheTextForm) {
  const struct {
    std::string_view text;
    Result result;
    std::string_view remote;
  } rows[] = {
      {"PROXY TCP4 192.0.2.1 203.0.113.1 5000 443\r\n", Result::kHeader, "192.0.2.1:5000"},
      {"PROXY TCP6 2001:db8::1 2001:db8::2 5000 443\r\n", Result::kHeader, "[2001:db8::1]:5000"},
      {"PROXY UNKNOWN\r\n", Result::kHeader, ""},
      {"PROXY UNKNOWN a b c d\r\n", Result::kHeader, ""},
      {"PROXY TCP4 192.0.2.1 203.0.113.1 5000\r\n", Result::kNone, ""},
      {"PROXY TCP4 2001:db8::1 203.0.113.1 5000 443\r\n", Result::kNone, ""},
      {"PROXY TCP4 192.0.2.1 203.0.113.1 70000 443\r\n", Result::kNone, ""},
      {"PROXY UDP4 192.0.2.1 203.0.113.1 5000 443\r\n", Result::kNone, ""},
      {"GET / HTTP/1.1\r\n", Result::kNone, ""},
      {"PRO", Result::kMore, ""},
      {"PROXY TCP4 192.0.2.1", Result::kMore, ""},
  };
  for (const auto& row : rows) {
    const ProxyParse parse = ParseProxyHeader(AsBytes(row.text));
    EXPECT_EQ(parse.result, row.result) << row.text;
    if (row.result != Result::kHeader) continue;
    EXPECT_EQ(parse.header.size, row.text.size()) << row.text;
    EXPECT_EQ(parse.header.peer.remote.ToString(), row.remote) << row.text;
  }
}

TEST(ProxyProtocolTest, ALineWithoutEndIsRefusedAt107Bytes) {
  const std::string line = "PROXY TCP4 " + std::string(96, '1');
  EXPECT_EQ(ParseProxyHeader(AsBytes(line.substr(0, 106))).result, Result::kMore);
  EXPECT_EQ(ParseProxyHeader(AsBytes(line)).result, Result::kNone);
}

std::string Binary(char command, char family, std::string_view body) {
  std::string text("\r\n\r\n\0\r\nQUIT\n", 12);
  text += command;
  text += family;
  text += static_cast<char>(body.size() >> 8);
  text += static_cast<char>(body.size());
  return StrCat(text, body);
}

TEST(ProxyProtocolTest, ReadsTheBinaryFormWithItsExtensions) {
  const std::string body(
      "\xc0\x00\x02\x01\xcb\x00\x71\x01\x13\x88\x01\xbb"
      "TLV",
      15);
  const std::string tcp4 = Binary('\x21', '\x11', body);
  const ProxyParse parse = ParseProxyHeader(AsBytes(tcp4));
  ASSERT_EQ(parse.result, Result::kHeader);
  EXPECT_EQ(parse.header.size, tcp4.size());
  EXPECT_EQ(parse.header.peer.remote.ToString(), "192.0.2.1:5000");
  EXPECT_EQ(parse.header.peer.local.ToString(), "203.0.113.1:443");
  for (size_t size = 1; size < tcp4.size(); ++size) {
    EXPECT_EQ(ParseProxyHeader(AsBytes(tcp4).first(size)).result, Result::kMore);
  }
}

TEST(ProxyProtocolTest, LocalKeepsTheSocketsAddressesAndOtherVersionsAreRefused) {
  const ProxyParse local = ParseProxyHeader(AsBytes(Binary('\x20', '\x00', "")));
  EXPECT_EQ(local.result, Result::kHeader);
  EXPECT_EQ(local.header.peer.remote, Address());
  EXPECT_EQ(ParseProxyHeader(AsBytes(Binary('\x31', '\x11', ""))).result, Result::kNone);
  EXPECT_EQ(ParseProxyHeader(AsBytes(Binary('\x21', '\x11', "short"))).result, Result::kNone);
}

}  // namespace
}  // namespace postern
