// The two sets of EngineOptions, value by value: what an Istio gateway sets or leaves to Envoy
// (observed.md 1.3, 1.4; dataplane.md 2.4, 2.7, 7.1), and the stricter set of engine.md.
#include "postern/engine_options.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace postern {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(EngineOptionsTest, TimeoutsAreThoseOfAnIstioGatewayAndOfTheEdge) {
  const struct {
    const char* name;
    Duration Timeouts::*member;
    Duration istio;
    Duration edge;
  } rows[] = {
      {"handshake", &Timeouts::handshake, seconds(15), seconds(10)},
      {"connection_idle", &Timeouts::connection_idle, hours(1), hours(1)},
      {"request_headers", &Timeouts::request_headers, seconds(0), seconds(60)},
      {"request", &Timeouts::request, seconds(0), minutes(5)},
      {"stream_idle", &Timeouts::stream_idle, seconds(0), minutes(5)},
      {"stream", &Timeouts::stream, seconds(0), seconds(0)},
      {"connection", &Timeouts::connection, seconds(0), seconds(0)},
      {"delayed_close", &Timeouts::delayed_close, seconds(1), seconds(1)},
      {"tcp_idle", &Timeouts::tcp_idle, hours(1), hours(1)},
      {"upstream_idle", &Timeouts::upstream_idle, hours(1), seconds(60)},
      {"goaway", &Timeouts::goaway, seconds(5), seconds(5)},
      {"drain", &Timeouts::drain, seconds(45), seconds(45)},
  };
  const EngineOptions istio = EngineOptions::Istio(), edge = EngineOptions::Edge();
  for (const auto& row : rows) {
    EXPECT_EQ(istio.timeouts.*row.member, row.istio) << row.name;
    EXPECT_EQ(edge.timeouts.*row.member, row.edge) << row.name;
    EXPECT_EQ(EngineOptions().timeouts.*row.member, row.istio) << row.name;
  }
}

TEST(EngineOptionsTest, LimitsAreThoseOfAnIstioGatewayAndOfTheEdge) {
  const auto limits = [](const Limits& l) {
    return std::vector<uint64_t>{
        l.request_header_bytes, l.request_headers,         l.response_header_bytes,
        l.response_headers,     l.requests_per_connection, l.connections,
        l.h2_streams,           l.h2_stream_window,        l.h2_connection_window,
        l.replay_bytes,         l.client_hello_bytes};
  };
  EXPECT_EQ(limits(EngineOptions::Istio().limits),
            (std::vector<uint64_t>{60 << 10, 100, 60 << 10, 100, 0, 0, 1024, 16 << 20, 24 << 20,
                                   1 << 20, 16 << 10}));
  EXPECT_EQ(limits(EngineOptions::Edge().limits),
            (std::vector<uint64_t>{60 << 10, 100, 60 << 10, 100, 0, 0, 100, 64 << 10, 1 << 20,
                                   32 << 10, 16 << 10}));
}

}  // namespace
}  // namespace postern
