// Limits and time limits through an Engine in memory: those of the options, and those that a
// DestinationRule sets for an upstream; and the counters that tell of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "postern/service.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kRoutes = R"(
  - match: [{uri: {exact: /direct}}]
    directResponse: {status: 200, body: {string: a text that is longer than the question}}
  - match: [{uri: {prefix: /small}}]
    route: [{destination: {host: small.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /short}}]
    route: [{destination: {host: short.prod.svc.cluster.local, port: {number: 80}}}]
  - retries: {attempts: 0}
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 80}}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: small, namespace: prod}
spec:
  host: small.prod.svc.cluster.local
  trafficPolicy:
    connectionPool:
      tcp: {maxConnections: 1}
      http: {http1MaxPendingRequests: 1}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: short, namespace: prod}
spec:
  host: short.prod.svc.cluster.local
  trafficPolicy:
    connectionPool:
      tcp: {maxConnectionDuration: 10s}
      http: {idleTimeout: 30s}
)";

constexpr std::string_view kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";

class LimitsTest : public testing::Test {
 protected:
  LimitsTest() { Start({}); }

  void Start(const EngineHarness::Options& options) {
    harness_ = std::make_unique<EngineHarness>(
        BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes, "['*']")), IngressOptions()), options);
  }

  // Ask sends a request for `path` on a new connection.
  ConnectionId Ask(std::string_view path, std::string_view method = "GET") {
    const ConnectionId client = harness_->Accept(80);
    harness_->Receive(client, StrCat(method, " ", path, " HTTP/1.1\r\nhost: a.com\r\n\r\n"));
    return client;
  }

  void Answer(std::string_view bytes = kNoContent) {
    harness_->Receive(harness_->upstream(), bytes);
  }

  std::unique_ptr<EngineHarness> harness_;
};

TEST_F(LimitsTest, ARequestBeyondMaxConnectionsWaitsAndOneBeyondThoseThatMayWaitOverflows) {
  const ConnectionId first = Ask("/small"), second = Ask("/small"), third = Ask("/small");
  EXPECT_EQ(harness_->upstreams().size(), 1u);
  EXPECT_THAT(harness_->Take(third),
              testing::AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\n"
                                        "x-envoy-overloaded: true\r\ncontent-length: 81\r\n"),
                             EndsWith("reset reason: overflow")));
  EXPECT_THAT(harness_->request_logs(),
              ElementsAre("GET /small 503 UO upstream_reset_before_response_started{overflow}"));
  Answer();
  EXPECT_THAT(harness_->Take(first), StartsWith("HTTP/1.1 204 "));
  EXPECT_EQ(harness_->Take(second), "");
  Answer();
  EXPECT_THAT(harness_->Take(second), StartsWith("HTTP/1.1 204 "));
  EXPECT_EQ(harness_->upstreams().size(), 1u);
}

TEST_F(LimitsTest, ARequestThatWaitsGetsTheRoomOfAConnectionThatEnds) {
  Ask("/small");
  const ConnectionId second = Ask("/small");
  harness_->ReceiveEnd(harness_->upstream());
  ASSERT_EQ(harness_->upstreams().size(), 2u);
  Answer();
  EXPECT_THAT(harness_->Take(second), StartsWith("HTTP/1.1 204 "));
}

TEST_F(LimitsTest, AClientThatGoesLeavesItsPlaceAmongThoseThatWait) {
  Ask("/small");
  const ConnectionId second = Ask("/small");
  harness_->Fail(second);
  const ConnectionId third = Ask("/small");
  EXPECT_EQ(harness_->Take(third), "");
  Answer();
  Answer();
  EXPECT_THAT(harness_->Take(third), StartsWith("HTTP/1.1 204 "));
}

TEST_F(LimitsTest, ARequestThatHasNoConnectionYetIsOneThatWaits) {
  harness_->connect = [](const HarnessEnd&) { return std::nullopt; };
  Ask("/small");
  EXPECT_THAT(harness_->Take(Ask("/small")), EndsWith("reset reason: overflow"));
}

TEST_F(LimitsTest, AnUpstreamConnectionLivesAsLongAsItsPolicySays) {
  Ask("/short");
  Answer();
  harness_->Advance(seconds(9));
  EXPECT_FALSE(harness_->end(harness_->upstream()).shut);
  harness_->Advance(seconds(2));
  EXPECT_TRUE(harness_->end(harness_->upstream()).shut);
}

// wire_cases h1_upstream resp_close_before_bytes_reused.
TEST_F(LimitsTest, AKeptConnectionThatEndsBeforeItsAnswerIsTriedOnceOnANewOne) {
  const ConnectionId a = Ask("/"), b = Ask("/");
  const std::vector<ConnectionId> kept = harness_->upstreams();
  ASSERT_EQ(kept.size(), 2u);
  for (const ConnectionId upstream : kept) harness_->Receive(upstream, kNoContent);
  harness_->Take(a);
  harness_->Take(b);
  const ConnectionId client = Ask("/");
  harness_->ReceiveEnd(kept[1]);
  ASSERT_EQ(harness_->upstreams().size(), 3u) << "not the other kept one, which may be stale, too";
  harness_->ReceiveEnd(harness_->upstream());
  EXPECT_THAT(harness_->Take(client),
              testing::AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("connection termination")));
  EXPECT_EQ(harness_->request_logs().back(),
            "GET / 503 UC upstream_reset_before_response_started{connection_termination}");
}

TEST_F(LimitsTest, ARequestThatIsNotIdempotentIsNotTriedAgainOnceItWasWritten) {
  Ask("/");
  Answer();
  const ConnectionId client = Ask("/", "POST");
  harness_->ReceiveEnd(harness_->upstream());
  EXPECT_EQ(harness_->upstreams().size(), 1u);
  EXPECT_THAT(harness_->Take(client), StartsWith("HTTP/1.1 503 "));
}

TEST_F(LimitsTest, AnAnswerThatBreaksOffIsUpeWhenTheUpstreamEndsAndUcWhenItIsReset) {
  for (const bool reset : {false, true}) {
    const ConnectionId client = Ask("/");
    Answer("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart");
    if (reset) {
      harness_->Fail(harness_->upstream());
    } else {
      harness_->ReceiveEnd(harness_->upstream());
    }
    EXPECT_THAT(harness_->Take(client), EndsWith("\r\n\r\npart"));
    EXPECT_EQ(harness_->request_logs().back(),
              reset ? "GET / 200 UC upstream_reset_after_response_started{connection_termination}"
                    : "GET / 200 UPE upstream_reset_after_response_started{protocol_error}");
  }
}

TEST_F(LimitsTest, ARequestMayLastAsLongAsTheOptionsSay) {
  EngineHarness::Options options;
  options.engine.timeouts.stream = seconds(10);
  Start(options);
  const ConnectionId client = Ask("/");
  harness_->Advance(seconds(11));
  EXPECT_THAT(harness_->Take(client),
              testing::AllOf(StartsWith("HTTP/1.1 504 "), EndsWith("downstream duration timeout")));
  EXPECT_THAT(harness_->request_logs(), ElementsAre("GET / 504 - max_duration_timeout"));
}

TEST_F(LimitsTest, AnEmptyLineBehindARequestBeginsNoOther) {
  EngineHarness::Options options;
  options.engine = EngineOptions::Edge();
  Start(options);
  const ConnectionId client = Ask("/");
  Answer();
  EXPECT_THAT(harness_->Take(client), StartsWith("HTTP/1.1 204 "));
  harness_->Receive(client, "\r\n");
  harness_->Advance(seconds(61));
  EXPECT_EQ(harness_->Take(client), "");
  EXPECT_FALSE(harness_->end(client).shut);
  harness_->engine().Drain(harness_->now(), harness_->now() + seconds(60));
  harness_->Flush();
  EXPECT_TRUE(harness_->end(client).shut);
}

TEST_F(LimitsTest, AConnectionMayLastAsLongAsTheOptionsSayAndEndsBetweenTwoRequests) {
  EngineHarness::Options options;
  options.engine.timeouts.connection = seconds(10);
  Start(options);
  const ConnectionId client = Ask("/"), idle = harness_->Accept(80);
  harness_->Advance(seconds(11));
  EXPECT_TRUE(harness_->end(idle).shut);
  EXPECT_FALSE(harness_->end(client).shut);
  Answer();
  EXPECT_THAT(harness_->Take(client), HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(harness_->end(client).shut);
  harness_->Advance(seconds(2));
  EXPECT_THAT(harness_->connection_logs(), testing::Each(HasSubstr("DT duration_timeout")));
}

TEST_F(LimitsTest, TheLastRequestThatAConnectionMayCarrySaysSo) {
  EngineHarness::Options options;
  options.engine.limits.requests_per_connection = 2;
  Start(options);
  const ConnectionId client = Ask("/");
  Answer();
  EXPECT_THAT(harness_->Take(client), testing::Not(HasSubstr("connection: close")));
  harness_->Receive(client, "GET / HTTP/1.1\r\nhost: a.com\r\n\r\n");
  Answer();
  EXPECT_THAT(harness_->Take(client), HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(harness_->end(client).shut);
}

TEST_F(LimitsTest, ShortOfMemoryTheLargestStreamsGoAndTheSmallOnesStay) {
  EngineHarness::Options options;
  options.engine.limits.memory_bytes = 200'000;
  options.engine.limits.output_bytes = 1 << 20;
  options.write_at_once = false;
  Start(options);
  const ConnectionId large = harness_->Accept(80), small = harness_->Accept(80);
  const std::string request = "GET / HTTP/1.1\r\nhost: a.com\r\n\r\n";
  harness_->Receive(small, request);
  const ConnectionId small_upstream = harness_->upstream();
  harness_->Receive(large, request);
  const ConnectionId large_upstream = harness_->upstream();
  ASSERT_NE(small_upstream, large_upstream);
  // The host of this test writes at the end of its turn only: here, never to these.
  Engine& engine = harness_->engine();
  const TimePoint now = harness_->now();
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
  engine.Receive(now, small_upstream, AsBytes(head + std::string(100, 's')));
  engine.Receive(now, large_upstream, AsBytes(head));
  for (int i = 0; i < 40 && !harness_->end(large).closed; ++i) {
    engine.Receive(now, large_upstream, AsBytes(std::string(10'000, 'l')));
  }
  EXPECT_TRUE(harness_->end(large).closed);
  EXPECT_FALSE(harness_->end(small).closed);
  EXPECT_EQ(engine.stats().shed, 1u);
  EXPECT_LT(engine.stats().memory_bytes, 100'000u);
  EXPECT_THAT(harness_->request_logs(), ElementsAre("GET / 200 OM overload"));
}

// What a Service has sent and its client has not read is the request's, too.
TEST_F(LimitsTest, ShortOfMemoryAnAnswerThatWaitsInItsServiceIsSeen) {
  class Sender : public Service {
   public:
    void OnRequest(Engine& engine, StreamId id, const ServiceRequest&) override {
      stream = id;
      engine.Respond(engine.now(), id, {200, {}}, AsBytes(std::string(10'001, 'h')), false);
    }
    void OnClose(Engine&, StreamId, const absl::Status&) override { closed = true; }
    StreamId stream;
    bool closed = false;
  };
  EngineHarness::Options options;
  options.engine.limits.memory_bytes = 200'000;
  options.engine.limits.output_bytes = 10'000;
  options.write_at_once = false;
  Start(options);
  Sender service;
  Engine& engine = harness_->engine();
  engine.Serve("web.prod.svc.cluster.local", 0, &service);
  const ConnectionId other = Ask("/short");
  const ConnectionId upstream = harness_->upstream();
  const ConnectionId behind = harness_->Accept(80);
  const TimePoint now = harness_->now();
  engine.Receive(now, behind, AsBytes(std::string_view("GET / HTTP/1.1\r\nhost: a.com\r\n\r\n")));
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
  engine.Receive(now, upstream, AsBytes(head + std::string(60'000, 'o')));
  EXPECT_EQ(engine.stats().shed, 0u);
  engine.Send(now, service.stream, AsBytes(std::string(130'000, 's')), false);
  EXPECT_TRUE(harness_->end(behind).closed);
  EXPECT_TRUE(service.closed);
  EXPECT_FALSE(harness_->end(other).closed);
  EXPECT_EQ(engine.stats().shed, 1u);
}

TEST_F(LimitsTest, WhenSeveralMustGoTheLargestDo) {
  EngineHarness::Options options;
  options.engine.limits.memory_bytes = 200'000;
  options.engine.limits.output_bytes = 0;
  options.write_at_once = false;
  Start(options);
  std::vector<ConnectionId> clients, upstreams;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(Ask("/"));
    upstreams.push_back(harness_->upstream());
  }
  Engine& engine = harness_->engine();
  const auto receive = [&](size_t which, std::string_view bytes) {
    engine.Receive(harness_->now(), upstreams[which], AsBytes(bytes));
    engine.Tick(harness_->now());  // What was lent counts from the next input on.
  };
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
  const size_t sizes[] = {20'000, 40'000, 30'000, 10'000};
  for (size_t i = 0; i < 4; ++i) receive(i, head + std::string(sizes[i], 'x'));
  EXPECT_EQ(engine.stats().shed, 0u);
  // Each of these grows until it is the largest, and without it there is enough.
  for (const size_t growing : {3, 0}) {
    const uint64_t before = engine.stats().shed;
    for (int i = 0; i < 20 && engine.stats().shed == before; ++i) {
      receive(growing, std::string(10'000, 'x'));
    }
    EXPECT_EQ(engine.stats().shed, before + 1);
    EXPECT_TRUE(harness_->end(clients[growing]).closed);
  }
  for (const size_t i : {1, 2}) EXPECT_FALSE(harness_->end(clients[i]).closed) << i;
}

TEST_F(LimitsTest, AClientThatDoesNotReadItsAnswersIsNotReadEither) {
  EngineHarness::Options options;
  options.write_at_once = false;
  Start(options);
  constexpr int kRequests = 3000;
  std::string requests;
  for (int i = 0; i < kRequests; ++i) requests += "GET /direct HTTP/1.1\r\nhost: a.com\r\n\r\n";
  const ConnectionId client = harness_->Accept(80);
  Engine& engine = harness_->engine();
  engine.Receive(harness_->now(), client, AsBytes(requests));
  for (int i = 0; i < kRequests; ++i) engine.Tick(harness_->now());
  std::vector<ByteSpan> slices(10'000);
  slices.resize(engine.Output(client, slices));
  size_t waiting = 0;
  for (const ByteSpan slice : slices) waiting += slice.size();
  EXPECT_LT(waiting, options.engine.limits.output_bytes + 1000);
  EXPECT_FALSE(engine.reading(client));
  harness_->Flush();
  EXPECT_EQ(harness_->request_logs().size(), size_t{kRequests}) << "who reads gets them all";
  EXPECT_TRUE(engine.reading(client));
}

TEST_F(LimitsTest, CountersOfWhatIsActiveReturnToNothing) {
  const ConnectionId client = Ask("/");
  Stats stats = harness_->engine().stats();
  EXPECT_EQ(stats.total.requests, 1u);
  EXPECT_EQ(stats.total.requests_active, 1u);
  ASSERT_EQ(stats.clusters.size(), 1u);
  EXPECT_EQ(stats.clusters[0].key, "outbound|80||web.prod.svc.cluster.local");
  EXPECT_EQ(stats.clusters[0].traffic.connections_active, 1u);
  Answer();
  harness_->Fail(harness_->upstream());
  harness_->Fail(client);
  stats = harness_->engine().stats();
  EXPECT_EQ(stats.total.requests, 1u);
  EXPECT_EQ(stats.total.requests_active, 0u);
  EXPECT_EQ(stats.total.connections_active, 0u);
  ASSERT_EQ(stats.clusters.size(), 1u);
  EXPECT_EQ(stats.clusters[0].traffic.connections, 1u);
  EXPECT_EQ(stats.clusters[0].traffic.connections_active, 0u);
  EXPECT_EQ(stats.clusters[0].traffic.received_bytes, kNoContent.size());
  EXPECT_GT(stats.clusters[0].traffic.sent_bytes, 0u);
}

}  // namespace
}  // namespace postern
