#include "lib/model/protocol.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

TEST(ProtocolTest, EachTextHasItsClasses) {
  const struct {
    std::string_view text;
    std::string_view name;
    bool http, tls, tcp, http2;
  } cases[] = {
      {"HTTP", "HTTP", true, false, false, false},
      {"http", "HTTP", true, false, false, false},
      {"HTTPS", "HTTPS", false, true, true, false},
      {"http2", "HTTP2", true, false, false, true},
      {"Grpc", "GRPC", true, false, false, true},
      {"GRPC-WEB", "GRPC-Web", true, false, false, true},
      {"HTTP_PROXY", "HTTP_PROXY", true, false, false, false},
      {"tcp", "TCP", false, false, true, false},
      {"TLS", "TLS", false, true, true, false},
      {"mongo", "Mongo", false, false, true, false},
      {"REDIS", "Redis", false, false, true, false},
      {"MySql", "MySQL", false, false, true, false},
      {"udp", "UDP", false, false, false, false},
      {"", "UnsupportedProtocol", false, false, false, false},
      {"HTTP ", "UnsupportedProtocol", false, false, false, false},
      {"HBONE", "UnsupportedProtocol", false, false, false, false},
      {"THRIFT", "UnsupportedProtocol", false, false, false, false},
  };
  for (const auto& c : cases) {
    const Protocol protocol = ParseProtocol(c.text);
    EXPECT_EQ(ProtocolName(protocol), c.name) << c.text;
    EXPECT_EQ(IsHttpFamily(protocol), c.http) << c.text;
    EXPECT_EQ(IsTlsFamily(protocol), c.tls) << c.text;
    EXPECT_EQ(IsTcpFamily(protocol), c.tcp) << c.text;
    EXPECT_EQ(IsHttp2(protocol), c.http2) << c.text;
  }
}

}  // namespace
}  // namespace postern
