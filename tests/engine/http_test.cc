// HTTP/1.1 through an Engine in memory: heads and bodies as observed.md 1.1 has them, whatever the
// pieces they come and go in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kRoutes = R"(
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /new, redirectCode: 302}
  - match: [{uri: {prefix: /direct}}]
    directResponse: {status: 200, body: {string: hello}}
  - match: [{uri: {prefix: /rewrite}}]
    rewrite: {uri: /there, authority: b.com}
    route: $WEB
  - match: [{uri: {prefix: /same}}]
    rewrite: {uri: /same, authority: a.com}
    route: $WEB
  - match: [{uri: {prefix: /split}}]
    route:
    - destination: {host: web.prod.svc.cluster.local, port: {number: 80}}
      weight: 1
      headers: {request: {set: {host: b.com}}}
    - destination: {host: web.prod.svc.cluster.local, port: {number: 80}}
      weight: 1
      headers: {request: {set: {host: b.com}}}
  - match: [{uri: {prefix: /both}}]
    rewrite: {authority: c.com}
    route:
    - destination: {host: web.prod.svc.cluster.local, port: {number: 80}}
      weight: 1
      headers: {request: {set: {host: b.com}}}
    - destination: {host: web.prod.svc.cluster.local, port: {number: 80}}
      weight: 1
      headers: {request: {set: {host: b.com}}}
  - match: [{uri: {prefix: /asked}}]
    rewrite: {uri: /there, authority: b.com}
    headers:
      request: {set: {x-asked: "%REQ(:authority)%%REQ(:path)%"}}
      response: {set: {x-asked: "%REQ(:authority)%%REQ(:path)%"}}
    route: $WEB
  - match: [{uri: {prefix: /bad}}]
    directResponse: {status: 400, body: {string: bad}}
  - match: [{uri: {prefix: /timed}}]
    timeout: 1s
    route: $WEB
  - match: [{uri: {prefix: /ops}}]
    headers:
      request:
        set: {x-from: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", x-path: "%REQ(:path)%"}
        add: {x-was: "was %REQ(x-gone)%."}
        remove: [x-gone]
      response: {add: {x-out: "1"}, remove: [x-secret]}
    route: $WEB
  - match: [{uri: {prefix: /abort}}]
    fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
    route: $WEB
  - match: [{uri: {prefix: /retry}}]
    retries: {attempts: 2, retryOn: 5xx}
    route: $WEB
  - route: $WEB
)";

std::shared_ptr<const Snapshot> Config() {
  static const auto& snapshot = *new std::shared_ptr<const Snapshot>(
      BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes)), IngressOptions()));
  return snapshot;
}

constexpr std::string_view kDate = "date: Tue, 24 Nov 2026 10:27:00 GMT\r\n";

std::string Request(std::string_view path, std::string_view more = "") {
  return StrCat("GET ", path, " HTTP/1.1\r\nhost: a.com\r\n", more, "\r\n");
}

class HttpTest : public testing::Test {
 protected:
  // Ask sends one request on a new connection and returns what came back so far.
  std::string Ask(std::string_view bytes) {
    client_ = harness_.Accept(80);
    harness_.Receive(client_, bytes);
    return harness_.Take(client_);
  }

  EngineHarness harness_{Config()};
  ConnectionId client_;
};

TEST_F(HttpTest, ForwardsARequestWithTheFieldsOfAGateway) {
  EXPECT_EQ(Ask(Request("/x?y", "x-a: 1\r\n")), "");
  const std::string sent = harness_.Take(harness_.upstream());
  EXPECT_THAT(sent, StartsWith("GET /x?y HTTP/1.1\r\nhost: a.com\r\nx-a: 1\r\n"
                               "x-forwarded-for: 192.0.2.1\r\nx-forwarded-proto: http\r\n"
                               "x-envoy-external-address: 192.0.2.1\r\nx-request-id: "));
  EXPECT_THAT(sent, testing::EndsWith("\r\nx-envoy-attempt-count: 1\r\n\r\n"));
  harness_.Receive(harness_.upstream(),
                   "HTTP/1.1 200 OK\r\nserver: up\r\nx-b: 2\r\ncontent-length: 2\r\n\r\nok");
  EXPECT_EQ(harness_.Take(client_),
            StrCat("HTTP/1.1 200 OK\r\nserver: postern\r\nx-b: 2\r\ncontent-length: 2\r\n"
                   "x-envoy-upstream-service-time: 0\r\n",
                   kDate, "\r\nok"));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET /x?y 200 - via_upstream"));
}

TEST_F(HttpTest, AnswersItselfInTheShapesOfEnvoy) {
  const struct {
    std::string request;
    std::string response;
  } rows[] = {
      {"GET / HTTP/1.1\r\nhost: nobody\r\n\r\n",
       StrCat("HTTP/1.1 404 Not Found\r\n", kDate, "server: postern\r\ncontent-length: 0\r\n\r\n")},
      {Request("/old?k=v"), StrCat("HTTP/1.1 302 Found\r\nlocation: http://a.com/new?k=v\r\n",
                                   kDate, "server: postern\r\ncontent-length: 0\r\n\r\n")},
      {Request("/direct"),
       StrCat("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-type: text/plain\r\n", kDate,
              "server: postern\r\n\r\nhello")},
      {Request("/abort"),
       StrCat("HTTP/1.1 418 Unknown\r\ncontent-length: 18\r\ncontent-type: text/plain\r\n", kDate,
              "server: postern\r\n\r\nfault filter abort")},
      {"GET / HTTP/1.0\r\n\r\n",
       StrCat("HTTP/1.1 426 Upgrade Required\r\ncontent-length: 16\r\n"
              "content-type: text/plain\r\n",
              kDate, "server: postern\r\nconnection: close\r\n\r\nUpgrade Required")},
  };
  for (const auto& row : rows) EXPECT_EQ(Ask(row.request), row.response) << row.request;
}

TEST_F(HttpTest, KeepsBothConnectionsAliveAndUsesTheOneUpstreamAgain) {
  client_ = harness_.Accept(80);
  for (int i = 0; i < 3; ++i) {
    harness_.Receive(client_, Request("/"));
    harness_.Receive(harness_.upstream(), "HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 204 "));
  }
  EXPECT_EQ(harness_.upstreams().size(), 1u);
  EXPECT_EQ(harness_.engine().connections(), 2u);
}

TEST_F(HttpTest, AnswersPipelinedRequestsInTheirOrder) {
  client_ = harness_.Accept(80);
  harness_.Receive(client_, StrCat(Request("/one"), Request("/direct"), Request("/two")));
  EXPECT_THAT(harness_.Take(harness_.upstream()), StartsWith("GET /one "));
  harness_.Receive(harness_.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1");
  const std::string out = harness_.Take(client_);
  EXPECT_THAT(out, HasSubstr("\r\n\r\n1HTTP/1.1 200 OK"));
  EXPECT_THAT(out, testing::EndsWith("hello"));
  EXPECT_THAT(harness_.Take(harness_.upstream()), StartsWith("GET /two "));
}

TEST_F(HttpTest, RewritesWhatTheRouteSays) {
  Ask(Request("/rewrite/x"));
  const std::string sent = harness_.Take(harness_.upstream());
  EXPECT_THAT(sent, StartsWith("GET /there/x HTTP/1.1\r\nhost: b.com\r\n"));
  EXPECT_THAT(sent, HasSubstr("x-envoy-original-host: a.com\r\nx-envoy-original-path: "
                              "/rewrite/x\r\n\r\n"));
}

TEST_F(HttpTest, TellsOfARewriteThatChangesNothing) {
  Ask(Request("/same/x"));
  EXPECT_THAT(harness_.Take(harness_.upstream()),
              HasSubstr("x-envoy-original-host: a.com\r\nx-envoy-original-path: /same/x\r\n\r\n"));
  Ask(Request("/x/../y"));
  EXPECT_THAT(harness_.Take(harness_.upstream()), testing::Not(HasSubstr("x-envoy-original")));
}

TEST_F(HttpTest, TheHostOfOneOfSeveralDestinationsIsNotToldOf) {
  Ask(Request("/split"));
  const std::string sent = harness_.Take(harness_.upstream());
  EXPECT_THAT(sent, StartsWith("GET /split HTTP/1.1\r\nhost: b.com\r\n"));
  EXPECT_THAT(sent, testing::Not(HasSubstr("x-envoy-original-host")));
}

TEST_F(HttpTest, TheHostOfADestinationIsWhatTheRuleRewrites) {
  Ask(Request("/both"));
  const std::string sent = harness_.Take(harness_.upstream());
  EXPECT_THAT(sent, StartsWith("GET /both HTTP/1.1\r\nhost: c.com\r\n"));
  EXPECT_THAT(sent, HasSubstr("\r\nx-envoy-original-host: b.com\r\n"));
}

TEST_F(HttpTest, AnAnswerIsToldOfWhatTheUpstreamWasAsked) {
  Ask(Request("/asked/x"));
  EXPECT_THAT(harness_.Take(harness_.upstream()), HasSubstr("\r\nx-asked: a.com/asked/x\r\n"));
  harness_.Receive(harness_.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  EXPECT_THAT(harness_.Take(client_), HasSubstr("\r\nx-asked: b.com/there/x\r\n"));
}

TEST_F(HttpTest, ABadRequestOfARouteEndsTheConnection) {
  EXPECT_EQ(Ask(Request("/bad")),
            StrCat("HTTP/1.1 400 Bad Request\r\ncontent-length: 3\r\ncontent-type: text/plain\r\n",
                   kDate, "server: postern\r\nconnection: close\r\n\r\nbad"));
}

TEST_F(HttpTest, AGrpcUpstreamIsToldItsTimeoutInItsOwnWords) {
  constexpr std::string_view kGrpc = "content-type: application/grpc\r\n";
  const struct {
    std::string_view path, asked, told;
  } rows[] = {
      {"/timed", "", "grpc-timeout: 1000m\r\n"},
      {"/timed", "grpc-timeout: bad\r\n", "grpc-timeout: 1000m\r\n"},
      {"/timed", "grpc-timeout: 1H\r\n", "grpc-timeout: 1000m\r\n"},
      {"/", "grpc-timeout: 5S\r\n", "grpc-timeout: 5000m\r\n"},
      {"/", "grpc-timeout: 50H\r\n", "grpc-timeout: 180000S\r\n"},
      {"/", "grpc-timeout: bad\r\n", "grpc-timeout: bad\r\n"},
  };
  for (const auto& row : rows) {
    Ask(Request(row.path, StrCat(kGrpc, row.asked)));
    EXPECT_THAT(harness_.Take(harness_.upstream()), HasSubstr(row.told)) << row.asked;
  }
}

TEST_F(HttpTest, DoesHeaderOperationsBothWays) {
  Ask(Request("/x/../ops/%61?q", "x-gone: here\r\n"));
  EXPECT_THAT(harness_.Take(harness_.upstream()),
              testing::AllOf(HasSubstr("x-from: 192.0.2.1\r\n"), HasSubstr("x-path: /ops/a?q\r\n"),
                             HasSubstr("x-was: was .\r\n")));
  harness_.Receive(harness_.upstream(),
                   "HTTP/1.1 200 OK\r\nx-secret: 1\r\ncontent-length: 0\r\n\r\n");
  const std::string out = harness_.Take(client_);
  EXPECT_THAT(out, HasSubstr("x-out: 1\r\n"));
  EXPECT_THAT(out, testing::Not(HasSubstr("x-secret")));
}

TEST_F(HttpTest, CarriesABodyThroughInAnyPieces) {
  client_ = harness_.Accept(80);
  harness_.Receive(client_, "POST / HTTP/1.1\r\nhost: a.com\r\ncontent-length: 10\r\n\r\n0123");
  harness_.Receive(client_, "456");
  harness_.Receive(client_, "789");
  EXPECT_THAT(harness_.Take(harness_.upstream()), testing::EndsWith("\r\n\r\n0123456789"));
  harness_.Receive(harness_.upstream(),
                   "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
  harness_.Receive(harness_.upstream(), "2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(harness_.Take(client_), testing::EndsWith("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
}

TEST_F(HttpTest, AnUpstreamThatFailsIsAnsweredAsEnvoyDoes) {
  harness_.connect = [](const HarnessEnd&) { return absl::UnavailableError("refused"); };
  client_ = harness_.Accept(80);
  harness_.Receive(client_, Request("/"));
  harness_.Advance(seconds(2));
  const std::string out = harness_.Take(client_);
  EXPECT_THAT(out, StartsWith("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 121\r\n"));
  EXPECT_THAT(out, HasSubstr("retried and the latest reset reason: remote connection failure"));
  EXPECT_EQ(harness_.upstreams().size(), 3u);
  EXPECT_THAT(harness_.request_logs()[0], HasSubstr("503"));
}

TEST_F(HttpTest, BytesThatAreNotHttpAreA502) {
  Ask(Request("/"));
  harness_.Receive(harness_.upstream(), "SSH-2.0\r\n\r\n");
  const std::string out = harness_.Take(client_);
  EXPECT_THAT(out, StartsWith("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 87\r\n"));
  EXPECT_THAT(out, testing::EndsWith("reset reason: protocol error"));
  EXPECT_THAT(harness_.request_logs()[0], HasSubstr("502 UPE"));
}

TEST_F(HttpTest, AnUpstreamThatClosesFirstIsA503) {
  Ask(Request("/"));
  harness_.ReceiveEnd(harness_.upstream());
  EXPECT_THAT(harness_.Take(client_), testing::EndsWith("reset reason: connection termination"));
}

TEST_F(HttpTest, ARouteTimeoutIsA504) {
  Ask(Request("/timed"));
  EXPECT_THAT(harness_.Take(harness_.upstream()),
              HasSubstr("x-envoy-expected-rq-timeout-ms: 1000\r\n"));
  harness_.Advance(milliseconds(900));
  EXPECT_EQ(harness_.Take(client_), "");
  harness_.Advance(milliseconds(200));
  EXPECT_THAT(harness_.Take(client_), testing::EndsWith("\r\n\r\nupstream request timeout"));
  EXPECT_TRUE(harness_.end(harness_.upstream()).closed);
}

TEST_F(HttpTest, ARetrySendsTheBodyAgain) {
  client_ = harness_.Accept(80);
  harness_.Receive(client_, "POST /retry HTTP/1.1\r\nhost: a.com\r\ncontent-length: 4\r\n\r\nbody");
  const ConnectionId first = harness_.upstream();
  EXPECT_THAT(harness_.Take(first), testing::EndsWith("\r\n\r\nbody"));
  harness_.Receive(first, "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
  harness_.Advance(seconds(1));
  const std::string again = harness_.Take(harness_.upstream());
  EXPECT_THAT(again, HasSubstr("x-envoy-attempt-count: 2\r\n"));
  EXPECT_THAT(again, testing::EndsWith("\r\n\r\nbody"));
  harness_.Receive(harness_.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpTest, AKeptConnectionThatWasClosedIsTriedAgainOnce) {
  client_ = harness_.Accept(80);
  harness_.Receive(client_, Request("/"));
  harness_.Receive(harness_.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  harness_.Take(client_);
  const ConnectionId first = harness_.upstream();
  harness_.Receive(client_, Request("/"));
  harness_.ReceiveEnd(first);
  ASSERT_EQ(harness_.upstreams().size(), 2u);
  harness_.Receive(harness_.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpTest, AWebsocketIsATunnelOnceTheUpstreamAgrees) {
  client_ = harness_.Accept(80);
  harness_.Receive(client_,
                   StrCat(Request("/", "connection: Upgrade\r\nupgrade: websocket\r\n"), "early"));
  const std::string sent = harness_.Take(harness_.upstream());
  EXPECT_THAT(sent, HasSubstr("upgrade: websocket\r\n"));
  EXPECT_THAT(sent, testing::EndsWith("\r\n\r\n"));
  harness_.Receive(harness_.upstream(),
                   "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n"
                   "upgrade: websocket\r\n\r\nhi");
  EXPECT_THAT(harness_.Take(client_), testing::EndsWith("\r\n\r\nhi"));
  EXPECT_EQ(harness_.Take(harness_.upstream()), "early");
  harness_.Receive(client_, "frame");
  EXPECT_EQ(harness_.Take(harness_.upstream()), "frame");
  harness_.ReceiveEnd(harness_.upstream());
  EXPECT_TRUE(harness_.end(client_).shut);
  harness_.ReceiveEnd(client_);
  EXPECT_TRUE(harness_.end(client_).closed);
  EXPECT_EQ(harness_.engine().connections(), 0u);
}

TEST_F(HttpTest, AWebsocketThatOnlyItsClientKeepsOpenIsNotKeptForEver) {
  client_ = harness_.Accept(80);
  harness_.Receive(client_, Request("/", "connection: Upgrade\r\nupgrade: websocket\r\n"));
  harness_.Receive(harness_.upstream(),
                   "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n"
                   "upgrade: websocket\r\n\r\n");
  harness_.ReceiveEnd(harness_.upstream());
  harness_.Advance(std::chrono::minutes(50));
  harness_.Receive(client_, "frame");
  harness_.Advance(std::chrono::minutes(50));
  EXPECT_FALSE(harness_.end(client_).closed);
  harness_.Advance(std::chrono::minutes(11));
  EXPECT_TRUE(harness_.end(client_).closed);
  EXPECT_EQ(harness_.engine().connections(), 0u);
}

TEST_F(HttpTest, AnEarlyAnswerEndsTheConnectionWhichLingers) {
  client_ = harness_.Accept(80);
  harness_.Receive(client_, "POST /direct HTTP/1.1\r\nhost: a.com\r\ncontent-length: 100\r\n\r\nx");
  EXPECT_THAT(harness_.Take(client_), HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(harness_.end(client_).shut);
  EXPECT_FALSE(harness_.end(client_).closed);
  harness_.Receive(client_, "more");
  harness_.Advance(milliseconds(1100));
  EXPECT_TRUE(harness_.end(client_).closed);
}

TEST_F(HttpTest, AClientThatGoesTakesItsUpstreamRequestWithIt) {
  Ask(Request("/"));
  harness_.Fail(client_);
  EXPECT_TRUE(harness_.end(harness_.upstream()).closed);
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET / 0 DC downstream_remote_disconnect"));
}

TEST_F(HttpTest, AConnectionThatTheEngineBreaksOffIsToldFromOneThatItsClientLeaves) {
  Ask(Request("/"));
  harness_.engine().Drain(harness_.now(), harness_.now());
  EXPECT_TRUE(harness_.end(client_).closed);
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET / 0 DC downstream_local_disconnect"));
}

TEST_F(HttpTest, AnIdleConnectionIsClosedAfterAnHour) {
  client_ = harness_.Accept(80);
  harness_.Advance(seconds(3590));
  EXPECT_FALSE(harness_.end(client_).shut);
  harness_.Advance(seconds(20));
  EXPECT_TRUE(harness_.end(client_).closed);
}

// One conversation, whose outcome no cutting of its bytes may change.
std::string Converse(size_t output_step, const std::function<size_t(size_t)>& cut) {
  EngineHarness::Options options;
  options.output_step = output_step;
  EngineHarness harness(Config(), options);
  const ConnectionId client = harness.Accept(80);
  const auto feed = [&](ConnectionId id, std::string_view bytes) {
    while (!bytes.empty()) {
      const size_t size = std::min(bytes.size(), std::max<size_t>(1, cut(bytes.size())));
      harness.Receive(id, bytes.substr(0, size));
      bytes.remove_prefix(size);
    }
  };
  feed(client, StrCat("POST /ops HTTP/1.1\r\nhost: a.com\r\ntransfer-encoding: chunked\r\n\r\n",
                      "5\r\nhello\r\n0\r\n\r\n", Request("/direct"), Request("/rewrite")));
  feed(harness.upstream(),
       StrCat("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", std::string(1000, 'b')));
  feed(harness.upstream(), "HTTP/1.1 404 Gone\r\ncontent-length: 4\r\n\r\ngone");
  return StrCat(harness.Take(client), "|", harness.transcript());
}

TEST(HttpSplitTest, NoSplitOfTheInputOrTheOutputChangesTheOutcome) {
  const std::string whole = Converse(SIZE_MAX, [](size_t size) { return size; });
  EXPECT_THAT(whole, HasSubstr("hello"));
  EXPECT_THAT(whole, HasSubstr("gone"));
  for (const size_t step : {size_t{1}, size_t{7}, size_t{16384}}) {
    EXPECT_EQ(Converse(step, [](size_t size) { return size; }), whole);
  }
  std::mt19937 random(3);
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(Converse(SIZE_MAX, [&](size_t size) { return random() % size + 1; }), whole);
  }
}

}  // namespace
}  // namespace postern
