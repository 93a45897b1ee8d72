// Raw TCP through an Engine in memory: bytes both ways, half-closes, failures, idle time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "postern/service.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kConfig = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 27017, name: mongo, protocol: TCP}
    hosts: ["*"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: mongo, namespace: prod}
spec:
  hosts: ["*"]
  gateways: [istio-system/gw]
  tcp:
  - route:
    - destination: {host: mongo.prod.svc.cluster.local, port: {number: 5555}}
)";

class TunnelTest : public testing::Test {
 protected:
  EngineHarness harness_{BuildSnapshot(kConfig, IngressOptions())};
};

TEST_F(TunnelTest, ConnectsBeforeTheClientSpeaksAndCarriesBytesBothWays) {
  const ConnectionId client = harness_.Accept(27017);
  ASSERT_EQ(harness_.upstreams().size(), 1u);
  EXPECT_EQ(harness_.end(harness_.upstream()).target, "mongo.prod.svc.cluster.local:5555");
  harness_.Receive(harness_.upstream(), "welcome");
  EXPECT_EQ(harness_.Take(client), "welcome");
  harness_.Receive(client, "query");
  EXPECT_EQ(harness_.Take(harness_.upstream()), "query");
}

TEST_F(TunnelTest, PassesAHalfCloseOnAndWaitsForTheOther) {
  uint64_t received = 0, sent = 0;
  harness_.on_connection = [&](const ConnectionLog& log) {
    received = log.tunnel_received_bytes;
    sent = log.tunnel_sent_bytes;
  };
  const ConnectionId client = harness_.Accept(27017);
  const ConnectionId upstream = harness_.upstream();
  harness_.Receive(client, "last words");
  harness_.ReceiveEnd(client);
  EXPECT_TRUE(harness_.end(upstream).shut);
  EXPECT_FALSE(harness_.end(client).closed);
  harness_.Receive(upstream, "answer");
  EXPECT_EQ(harness_.Take(client), "answer");
  harness_.ReceiveEnd(upstream);
  EXPECT_TRUE(harness_.end(client).shut);
  EXPECT_TRUE(harness_.end(client).closed);
  EXPECT_TRUE(harness_.end(upstream).closed);
  EXPECT_EQ(harness_.engine().connections(), 0u);
  EXPECT_THAT(harness_.connection_logs(), ElementsAre(HasSubstr("-")));
  EXPECT_EQ(received, std::string_view("last words").size());
  EXPECT_EQ(sent, std::string_view("answer").size());
}

TEST_F(TunnelTest, BytesOfAClientWaitForTheUpstream) {
  harness_.connect = [](const HarnessEnd&) { return std::nullopt; };
  const ConnectionId client = harness_.Accept(27017);
  harness_.Receive(client, "early");
  harness_.ReceiveEnd(client);
  harness_.engine().Connected(harness_.now(), harness_.upstream());
  harness_.Flush();
  EXPECT_EQ(harness_.Take(harness_.upstream()), "early");
  EXPECT_TRUE(harness_.end(harness_.upstream()).shut);
}

TEST_F(TunnelTest, AFailedConnectClosesTheClientWithoutAByte) {
  const struct {
    absl::Status why;
    std::string_view flags;
  } rows[] = {
      {absl::UnavailableError("connection refused"), "UF,URX"},
      {absl::NotFoundError("no such host"), "NC"},
  };
  for (const auto& row : rows) {
    EngineHarness harness(BuildSnapshot(kConfig, IngressOptions()));
    harness.connect = [&](const HarnessEnd&) { return row.why; };
    const ConnectionId client = harness.Accept(27017);
    EXPECT_TRUE(harness.end(client).closed);
    EXPECT_EQ(harness.Take(client), "");
    ASSERT_EQ(harness.connection_logs().size(), 1u);
    for (const char* flag : {"UF", "URX", "NC"}) {
      EXPECT_EQ(row.flags.find(flag) != std::string_view::npos,
                harness.connection_logs()[0].find(flag) != std::string::npos)
          << harness.connection_logs()[0];
    }
  }
}

TEST_F(TunnelTest, GivesUpAConnectAfterItsTimeout) {
  harness_.connect = [](const HarnessEnd&) { return std::nullopt; };
  const ConnectionId client = harness_.Accept(27017);
  harness_.Advance(seconds(9));
  EXPECT_FALSE(harness_.end(client).closed);
  harness_.Advance(seconds(2));
  EXPECT_TRUE(harness_.end(client).closed);
  EXPECT_TRUE(harness_.end(harness_.upstream()).closed);
}

TEST_F(TunnelTest, ClosesBothEndsWhenNothingMovesForAnHour) {
  const ConnectionId client = harness_.Accept(27017);
  harness_.Advance(seconds(3500));
  harness_.Receive(client, "x");
  harness_.Advance(seconds(3500));
  EXPECT_FALSE(harness_.end(client).closed);
  harness_.Advance(seconds(200));
  EXPECT_TRUE(harness_.end(client).closed);
  EXPECT_TRUE(harness_.end(harness_.upstream()).closed);
}

TEST_F(TunnelTest, EndpointsOfTheHostTakeThePlaceOfTheName) {
  const Endpoint endpoints[] = {{*Address::Parse("192.0.2.7:27017"), 1, {}, "", true}};
  harness_.engine().SetEndpoints(harness_.now(), "mongo.prod.svc.cluster.local", 5555, endpoints);
  harness_.Accept(27017);
  EXPECT_EQ(harness_.end(harness_.upstream()).target,
            "mongo.prod.svc.cluster.local:5555 192.0.2.7:27017");
  harness_.engine().SetEndpoints(harness_.now(), "mongo.prod.svc.cluster.local", 5555, {});
  const ConnectionId client = harness_.Accept(27017);
  EXPECT_TRUE(harness_.end(client).closed);
  EXPECT_EQ(harness_.connection_logs().back(), "UH no_healthy_upstream");
}

TEST_F(TunnelTest, AListenerThatIsNotThereClosesAtOnce) {
  const ConnectionId client = harness_.Accept(81);
  EXPECT_TRUE(harness_.end(client).closed);
  EXPECT_EQ(harness_.connection_logs().back(), "- no_listener");
}

TEST_F(TunnelTest, ASlowReaderStopsTheOtherEndAndItGoesOnWhenItHasRead) {
  EngineHarness::Options options;
  options.write_at_once = false;
  options.engine.limits.output_bytes = 1000;
  EngineHarness harness(BuildSnapshot(kConfig, IngressOptions()), options);
  Engine& engine = harness.engine();
  const TimePoint now = harness.now();
  const ConnectionId client = harness.Accept(27017);
  const ConnectionId upstream = harness.upstream();
  engine.Receive(now, client, AsBytes(std::string(999, 'a')));
  EXPECT_TRUE(engine.reading(client));
  engine.Receive(now, client, AsBytes(std::string(5, 'b')));
  EXPECT_FALSE(engine.reading(client));
  engine.Receive(now, client, AsBytes("kept"));
  ByteSpan out[4];
  ASSERT_GE(engine.Output(upstream, out), 1u);
  engine.Consume(now, upstream, 400);
  EXPECT_FALSE(engine.reading(client));
  engine.Consume(now, upstream, 300);
  EXPECT_TRUE(engine.reading(client));
  harness.Flush();
  EXPECT_EQ(harness.Take(upstream).size(), 999u + 5 + 4 - 700);
}

// A Service that sends back what it gets.
class Echo : public Service {
 public:
  void OnConnection(Engine&, StreamId, const ServiceConnection& connection) override {
    cluster = std::string(connection.cluster.host);
  }
  void OnData(Engine& engine, StreamId stream, ByteSpan bytes) override {
    engine.Send(engine.now(), stream, bytes);
  }
  void OnDataEnd(Engine& engine, StreamId stream, std::span<const HeaderView>) override {
    engine.Send(engine.now(), stream, {}, true);
  }
  void OnClose(Engine&, StreamId, const absl::Status& why) override {
    ++closed;
    status = why;
  }

  std::string cluster;
  int closed = 0;
  absl::Status status;
};

TEST_F(TunnelTest, AServiceInTheProcessIsAnUpstreamLikeAnyOther) {
  Echo echo;
  harness_.engine().Serve("mongo.prod.svc.cluster.local", 0, &echo);
  const ConnectionId client = harness_.Accept(27017);
  EXPECT_TRUE(harness_.upstreams().empty());
  const std::string large(300'000, 'x');
  harness_.Receive(client, large);
  EXPECT_EQ(harness_.Take(client), large);
  harness_.ReceiveEnd(client);
  EXPECT_TRUE(harness_.end(client).shut);
  EXPECT_TRUE(harness_.end(client).closed);
  EXPECT_EQ(echo.closed, 1);
  EXPECT_TRUE(echo.status.ok()) << echo.status;
  EXPECT_EQ(echo.cluster, "mongo.prod.svc.cluster.local");
}

TEST_F(TunnelTest, DrainingWithoutTimeGivesEachIdItsLastCall) {
  const ConnectionId client = harness_.Accept(27017);
  harness_.engine().Drain(harness_.now(), harness_.now());
  EXPECT_TRUE(harness_.end(client).closed);
  EXPECT_TRUE(harness_.end(harness_.upstream()).closed);
  EXPECT_EQ(harness_.engine().connections(), 0u);
  EXPECT_TRUE(harness_.end(harness_.Accept(27017)).closed);
}

}  // namespace
}  // namespace postern
