#include "lib/model/protocol.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

TEST(ProtocolTest, EachTextHasItsClasses) {
  const struct {
    std::string_view text;
    Protocol protocol;
    bool http, tls, tcp, http2;
  } cases[] = {
      {"HTTP", Protocol::kHttp, true, false, false, false},
      {"http", Protocol::kHttp, true, false, false, false},
      {"HTTPS", Protocol::kHttps, false, true, true, false},
      {"http2", Protocol::kHttp2, true, false, false, true},
      {"Grpc", Protocol::kGrpc, true, false, false, true},
      {"GRPC-WEB", Protocol::kGrpcWeb, true, false, false, true},
      {"HTTP_PROXY", Protocol::kHttpProxy, true, false, false, false},
      {"tcp", Protocol::kTcp, false, false, true, false},
      {"TLS", Protocol::kTls, false, true, true, false},
      {"mongo", Protocol::kMongo, false, false, true, false},
      {"REDIS", Protocol::kRedis, false, false, true, false},
      {"MySql", Protocol::kMysql, false, false, true, false},
      {"udp", Protocol::kUdp, false, false, false, false},
      {"", Protocol::kUnsupported, false, false, false, false},
      {"HTTP ", Protocol::kUnsupported, false, false, false, false},
      {"HBONE", Protocol::kUnsupported, false, false, false, false},
      {"THRIFT", Protocol::kUnsupported, false, false, false, false},
  };
  for (const auto& c : cases) {
    const Protocol protocol = ParseProtocol(c.text);
    EXPECT_EQ(protocol, c.protocol) << c.text;
    EXPECT_EQ(IsHttpFamily(protocol), c.http) << c.text;
    EXPECT_EQ(IsTlsFamily(protocol), c.tls) << c.text;
    EXPECT_EQ(IsTcpFamily(protocol), c.tcp) << c.text;
    EXPECT_EQ(IsHttp2(protocol), c.http2) << c.text;
  }
}

}  // namespace
}  // namespace postern
