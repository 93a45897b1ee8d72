#include "postern/log.h"

#include <array>
#include <chrono>
#include <string>

#include "gtest/gtest.h"

namespace postern {
namespace {

using std::chrono::milliseconds;

constexpr auto Bit = ResponseFlags::Bit;

TEST(LogTest, NamesFlagsInEnvoysOrder) {
  EXPECT_EQ(ResponseFlags{}.ToString(), "-");
  EXPECT_EQ((ResponseFlags{Bit(ResponseFlag::kUF) | Bit(ResponseFlag::kURX)}.ToString()), "URX,UF");
  EXPECT_EQ(ResponseFlags{Bit(ResponseFlag::kLH)}.ToString(), "LH");
}

class LogLineTest : public testing::Test {
 protected:
  LogLineTest() {
    peer_.remote = Address::Ipv4({192, 0, 2, 1}, 4711);
    peer_.local = Address::Ipv4({192, 0, 2, 9}, 443);
    connection_.peer = connection_.socket = &peer_;
    connection_.sni = "a.com";
    connection_.start = WallTime(milliseconds(1763872945123));
  }

  PeerInfo peer_;
  ConnectionInfo connection_;
};

TEST_F(LogLineTest, ARequestIsIstiosDefaultLine) {
  const std::array<HeaderView, 1> request = {{{"user-agent", "curl \"8\"\n"}}};
  const std::array<HeaderView, 1> response = {{{"x-envoy-upstream-service-time", "7"}}};
  RequestLog log;
  log.connection = &connection_;
  log.request.method = "GET";
  log.request.path = "/x?y";
  log.request.authority = "a.com";
  log.request.headers = request;
  log.response_headers = response;
  log.status = 200;
  log.detail = "via_upstream";
  log.request_bytes = 3;
  log.response_bytes = 5;
  log.start = connection_.start;
  log.duration = milliseconds(12);
  log.forwarded_for = "192.0.2.1";
  log.request_id = "id";
  log.cluster = {"reviews.prod.svc.cluster.local", 9080, "v1"};
  log.upstream_address = Address::Ipv4({10, 0, 0, 1}, 9080);
  log.route_name = "r.m";
  EXPECT_EQ(FormatText(log),
            "[2025-11-23T04:42:25.123Z] \"GET /x?y HTTP/1.1\" 200 - via_upstream - \"-\" 3 5 12 7 "
            "\"192.0.2.1\" \"curl \\\"8\\\"\\x0a\" \"id\" \"a.com\" \"10.0.0.1:9080\" "
            "outbound|9080|v1|reviews.prod.svc.cluster.local - 192.0.2.9:443 192.0.2.1:4711 a.com "
            "r.m");
  const std::string json = FormatJson(log);
  EXPECT_TRUE(json.starts_with("{\"start_time\":\"2025-11-23T04:42:25.123Z\",\"method\":\"GET\""));
  EXPECT_NE(json.find("\"response_code\":200,\"response_flags\":null"), std::string::npos) << json;
  EXPECT_NE(json.find("\"user_agent\":\"curl \\\"8\\\"\\u000a\""), std::string::npos) << json;
}

TEST_F(LogLineTest, AConnectionHasNoFieldsOfHttp) {
  ConnectionLog log;
  log.connection = &connection_;
  log.flags.bits = Bit(ResponseFlag::kUF) | Bit(ResponseFlag::kURX);
  log.received_bytes = 1;
  log.sent_bytes = 2;
  EXPECT_EQ(
      FormatText(log),
      "[2025-11-23T04:42:25.123Z] \"- - -\" 0 UF,URX - - \"-\" 1 2 0 - \"-\" \"-\" \"-\" \"-\" "
      "\"-\" - - 192.0.2.9:443 192.0.2.1:4711 a.com -");
}

TEST_F(LogLineTest, BytesOfATunnelAreThoseAboveTls) {
  ConnectionLog log;
  log.connection = &connection_;
  log.cluster = {"db.prod.svc.cluster.local", 5432, ""};
  log.received_bytes = 1001;
  log.sent_bytes = 1002;
  log.tunnel_received_bytes = 3;
  log.tunnel_sent_bytes = 4;
  EXPECT_NE(FormatText(log).find(" \"-\" 3 4 0 "), std::string::npos) << FormatText(log);
}

}  // namespace
}  // namespace postern
