// Choosing an upstream and trying again, through an Engine in memory: retries, per-try timeouts,
// circuit breakers, outlier ejection, mirrors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRoutes = R"(
  - match: [{uri: {prefix: /pertry}}]
    timeout: 5s
    retries: {attempts: 2, perTryTimeout: 0.2s, retryOn: "5xx"}
    route: $WEB
  - match: [{uri: {prefix: /short}}]
    timeout: 0.3s
    retries: {attempts: 9, perTryTimeout: 0.2s, retryOn: "5xx"}
    route: $WEB
  - match: [{uri: {prefix: /patient}}]
    retries: {attempts: 2, backoff: 9223372036s, retryOn: "5xx"}
    route: [{destination: {host: lasting.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /narrow}}]
    retries: {attempts: 0}
    route: [{destination: {host: narrow.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /ejecting}}]
    retries: {attempts: 0}
    route: [{destination: {host: ejecting.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /mirrored}}]
    mirrors:
    - {destination: {host: shadow.prod.svc.cluster.local, port: {number: 80}}}
    - {destination: {host: shadow.prod.svc.cluster.local, port: {number: 81}}}
    route: $WEB
  - match: [{uri: {prefix: /nowhere}}]
    mirror: {host: shadow.prod.svc.cluster.local, port: {number: 80}}
    route: [{destination: {host: narrow.prod.svc.cluster.local, subset: none}}]
  - match: [{uri: {prefix: /copied}}]
    timeout: 5s
    retries: {attempts: 1, perTryTimeout: 0.2s}
    mirror: {host: shadow.prod.svc.cluster.local, port: {number: 80}}
    route: $WEB
  - retries: {attempts: 2, retryOn: "5xx,connect-failure"}
    route: $WEB
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: narrow, namespace: prod}
spec:
  host: narrow.prod.svc.cluster.local
  trafficPolicy:
    connectionPool: {http: {http2MaxRequests: 1}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: lasting, namespace: prod}
spec:
  host: lasting.prod.svc.cluster.local
  trafficPolicy:
    connectionPool: {tcp: {maxConnectionDuration: 9223372036s}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ejecting, namespace: prod}
spec:
  host: ejecting.prod.svc.cluster.local
  trafficPolicy:
    outlierDetection:
      {consecutive5xxErrors: 2, interval: 1s, baseEjectionTime: 30s, maxEjectionPercent: 50}
)";

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view k500 = "HTTP/1.1 500 A\r\ncontent-length: 0\r\n\r\n";

std::string Request(std::string_view path, std::string_view more = "",
                    std::string_view method = "GET") {
  return StrCat(method, " ", path, " HTTP/1.1\r\nhost: a.com\r\n", more, "\r\n");
}

class UpstreamsTest : public testing::Test {
 protected:
  static std::shared_ptr<const Snapshot> Config() {
    static const auto& snapshot = *new std::shared_ptr<const Snapshot>(
        BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes)), IngressOptions()));
    return snapshot;
  }

  std::string Ask(std::string_view bytes) {
    client_ = harness_.Accept(80);
    harness_.Receive(client_, bytes);
    return harness_.Take(client_);
  }

  EngineHarness harness_{Config()};
  ConnectionId client_;
};

TEST_F(UpstreamsTest, ATryThatTakesTooLongIsMadeAgainElsewhere) {
  Ask(Request("/pertry"));
  const ConnectionId first = harness_.upstream();
  EXPECT_THAT(harness_.Take(first), HasSubstr("x-envoy-expected-rq-timeout-ms: 200\r\n"));
  harness_.Advance(milliseconds(201));
  EXPECT_TRUE(harness_.end(first).closed);
  harness_.Advance(milliseconds(150));
  ASSERT_EQ(harness_.upstreams().size(), 2u);
  EXPECT_THAT(harness_.Take(harness_.upstream()), HasSubstr("x-envoy-attempt-count: 2\r\n"));
  harness_.Receive(harness_.upstream(), kOk);
  EXPECT_THAT(harness_.Take(client_), EndsWith("ok"));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET /pertry 200 - via_upstream"));
}

TEST_F(UpstreamsTest, WhenNoTryIsLeftItsTimeoutIsTheAnswer) {
  Ask(Request("/pertry"));
  harness_.Advance(seconds(4));
  EXPECT_EQ(harness_.upstreams().size(), 3u);
  EXPECT_THAT(harness_.Take(client_),
              AllOf(StartsWith("HTTP/1.1 504 Gateway Timeout\r\ncontent-length: 24\r\n"),
                    EndsWith("\r\n\r\nupstream request timeout")));
  EXPECT_THAT(harness_.request_logs(), ElementsAre(HasSubstr("upstream_per_try_timeout")));
  EXPECT_EQ(harness_.engine().stats().total.retries, 2u);
}

TEST_F(UpstreamsTest, ATrysClockBeginsWithTheEndOfTheRequest) {
  Ask(StrCat(Request("/pertry", "content-length: 4\r\n", "POST"), "ab"));
  harness_.Advance(seconds(1));
  EXPECT_EQ(harness_.Take(client_), "");
  harness_.Receive(client_, "cd");
  harness_.Advance(milliseconds(199));
  EXPECT_FALSE(harness_.end(harness_.upstream()).closed);
  harness_.Advance(milliseconds(2));
  EXPECT_TRUE(harness_.end(harness_.upstreams().front()).closed);
}

TEST_F(UpstreamsTest, TheRoutesTimeoutBoundsAllTriesTogether) {
  Ask(Request("/short"));
  harness_.Advance(milliseconds(299));
  EXPECT_EQ(harness_.Take(client_), "");
  harness_.Advance(milliseconds(2));
  EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 504 "));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET /short 504 UT response_timeout"));
  harness_.Advance(seconds(2));
  EXPECT_LE(harness_.upstreams().size(), 2u) << "nothing is tried for nobody";
}

TEST_F(UpstreamsTest, TheLastFailureIsTheAnswerAndIsFlagged) {
  Ask(Request("/"));
  for (int i = 0; i < 3; ++i) {
    harness_.Receive(harness_.upstream(), k500);
    harness_.Advance(milliseconds(300));
  }
  EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET / 500 URX via_upstream"));
}

TEST_F(UpstreamsTest, ABodyTooBigToKeepIsNotSentTwice) {
  EngineHarness::Options options;
  options.engine.limits.replay_bytes = 1000;
  EngineHarness harness(Config(), options);
  const ConnectionId client = harness.Accept(80);
  harness.Receive(client, Request("/", "content-length: 2000\r\n", "POST"));
  harness.Receive(client, std::string(2000, 'b'));
  harness.Receive(harness.upstream(), k500);
  harness.Advance(seconds(1));
  EXPECT_EQ(harness.upstreams().size(), 1u);
  EXPECT_THAT(harness.Take(client), StartsWith("HTTP/1.1 500 "));
}

TEST_F(UpstreamsTest, ABodyThatOutgrowsWhatIsKeptWhileATryWaitsIsA507) {
  EngineHarness::Options options;
  options.engine.limits.replay_bytes = 10;
  EngineHarness harness(Config(), options);
  const ConnectionId client = harness.Accept(80);
  harness.Receive(client, StrCat(Request("/", "content-length: 12\r\n", "POST"), "12345678"));
  harness.Receive(harness.upstream(), k500);
  harness.Receive(client, "90ab");
  EXPECT_THAT(harness.Take(client), StartsWith("HTTP/1.1 507 "));
  harness.Advance(seconds(1));
  EXPECT_EQ(harness.upstreams().size(), 1u) << "half a body goes nowhere";
  EXPECT_THAT(harness.request_logs(),
              ElementsAre(HasSubstr("507 - request_payload_exceeded_retry_buffer_limit")));
}

TEST_F(UpstreamsTest, ARequestMoreThanTheBreakerAllowsIsTurnedAwayAtOnce) {
  Ask(Request("/narrow"));
  const ConnectionId first = client_;
  const std::string refused = Ask(Request("/narrow"));
  EXPECT_THAT(refused, AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\n"
                                        "x-envoy-overloaded: true\r\ncontent-length: 81\r\n"),
                             EndsWith("reset reason: overflow")));
  EXPECT_THAT(harness_.request_logs(), ElementsAre(HasSubstr("503 UO ")));
  harness_.Receive(harness_.upstream(), kOk);
  EXPECT_THAT(harness_.Take(first), EndsWith("ok"));
  Ask(Request("/narrow"));
  harness_.Receive(harness_.upstream(), kOk);
  EXPECT_THAT(harness_.Take(client_), EndsWith("ok"));
}

TEST_F(UpstreamsTest, HoweverARequestEndsItsPlaceIsFreeAgain) {
  const std::function<void()> ends[] = {
      [this] { harness_.Fail(client_); },
      [this] { harness_.Fail(harness_.upstream()); },
      [this] { harness_.Receive(harness_.upstream(), "SSH-2.0-not HTTP\r\n\r\n"); },
      [this] { harness_.Receive(harness_.upstream(), kOk); },
  };
  for (const auto& end : ends) {
    EXPECT_EQ(Ask(Request("/narrow")), "");
    end();
    EXPECT_EQ(Ask(Request("/narrow")), "") << "not 503";
    harness_.Receive(harness_.upstream(),
                     "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nlast");
    EXPECT_THAT(harness_.Take(client_), EndsWith("last"));
  }
}

// Times of 292 years end after the clock does: none of them is over at once.
TEST_F(UpstreamsTest, TheLongestTimesThatCanBeConfiguredAreKept) {
  Ask(Request("/patient"));
  harness_.Receive(harness_.upstream(), kOk);
  EXPECT_THAT(harness_.Take(client_), EndsWith("ok"));
  harness_.Advance(seconds(1));
  Ask(Request("/patient"));
  EXPECT_EQ(harness_.upstreams().size(), 1u) << "the connection is used again";
  harness_.Receive(harness_.upstream(), k500);
  harness_.Advance(seconds(9));
  EXPECT_EQ(harness_.upstreams().size(), 1u) << "the next try waits";
  EXPECT_EQ(harness_.Take(client_), "");
}

TEST_F(UpstreamsTest, AnEndpointThatKeepsFailingIsLeftOutForAWhile) {
  const Endpoint endpoints[] = {{*Address::Parse("192.0.2.7:80"), 1, {}, "", true},
                                {*Address::Parse("192.0.2.8:80"), 1, {}, "", true}};
  harness_.engine().SetEndpoints(harness_.now(), "ejecting.prod.svc.cluster.local", 80, endpoints);
  const auto serve = [&](int count) {
    std::set<std::string> used;
    for (int i = 0; i < count; ++i) {
      Ask(Request("/ejecting"));
      // The connection used now is the one that has a request: it is found by its output.
      for (const ConnectionId id : harness_.upstreams()) {
        if (harness_.end(id).closed || harness_.Take(id).empty()) continue;
        const bool bad = harness_.end(id).target.ends_with(".7:80");
        used.insert(harness_.end(id).target);
        harness_.Receive(id, bad ? k500 : kOk);
      }
    }
    return used.size();
  };
  EXPECT_EQ(serve(40), 2u);
  EXPECT_EQ(serve(40), 1u) << "ejected";
  harness_.Advance(seconds(31));
  EXPECT_EQ(serve(40), 2u) << "back again";
}

TEST_F(UpstreamsTest, MirrorsGetACopyWithItsBodyAndTheirAnswersAreNobodys) {
  Ask(StrCat(Request("/mirrored", "content-length: 4\r\n", "POST"), "bo"));
  harness_.Receive(client_, "dy");
  ASSERT_EQ(harness_.upstreams().size(), 3u);
  std::vector<std::string> targets;
  std::string id;
  for (const ConnectionId upstream : harness_.upstreams()) {
    const std::string sent = harness_.Take(upstream);
    targets.push_back(harness_.end(upstream).target);
    EXPECT_THAT(sent, StartsWith("POST /mirrored HTTP/1.1\r\nhost: a.com\r\n"));
    EXPECT_THAT(sent, EndsWith("\r\n\r\nbody"));
    const bool copy = targets.back().starts_with("shadow.");
    EXPECT_EQ(sent.find("x-envoy-internal: true\r\n") != std::string::npos, copy);
    EXPECT_EQ(sent.find("x-forwarded-for: 192.0.2.1,203.0.113.1\r\n") != std::string::npos, copy);
    const std::string own = sent.substr(sent.find("x-request-id: "), 50);
    if (id.empty()) id = own;
    EXPECT_EQ(own, id);
  }
  EXPECT_THAT(targets, testing::UnorderedElementsAre("shadow.prod.svc.cluster.local:80",
                                                     "shadow.prod.svc.cluster.local:81",
                                                     "web.prod.svc.cluster.local:8080"));
  for (const ConnectionId upstream : harness_.upstreams()) {
    const bool copy = harness_.end(upstream).target.starts_with("shadow.");
    harness_.Receive(upstream, copy ? k500 : kOk);
  }
  EXPECT_THAT(harness_.Take(client_), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("ok")));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("POST /mirrored 200 - via_upstream"));
}

TEST_F(UpstreamsTest, ARequestThatGoesNowhereIsNotMirrored) {
  EXPECT_THAT(Ask(Request("/nowhere")), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(harness_.upstreams().empty());
}

TEST_F(UpstreamsTest, AMirrorIsToldTheTimeOfTheWholeRequest) {
  Ask(Request("/copied"));
  ASSERT_EQ(harness_.upstreams().size(), 2u);
  for (const ConnectionId upstream : harness_.upstreams()) {
    const std::string sent = harness_.Take(upstream);
    const bool copy = sent.find("x-envoy-internal: true") != std::string::npos;
    EXPECT_THAT(sent, HasSubstr(copy ? "expected-rq-timeout-ms: 5000\r\n"
                                     : "expected-rq-timeout-ms: 200\r\n"));
  }
}

TEST_F(UpstreamsTest, AnotherTryIsToldTheTimeThatIsLeft) {
  Ask(Request("/short"));
  EXPECT_THAT(harness_.Take(harness_.upstream()), HasSubstr("expected-rq-timeout-ms: 200\r\n"));
  harness_.Advance(milliseconds(150));
  harness_.Receive(harness_.upstream(), k500);
  harness_.Advance(milliseconds(50));
  const std::string sent = harness_.Take(harness_.upstream());
  EXPECT_THAT(sent, HasSubstr("x-envoy-attempt-count: 2\r\n"));
  EXPECT_THAT(sent, testing::ContainsRegex("expected-rq-timeout-ms: 1[0-5][0-9]\r\n"));
}

TEST_F(UpstreamsTest, AMirrorThatIsSilentOrBrokenDelaysNobody) {
  harness_.connect = [](const HarnessEnd& end) -> std::optional<absl::Status> {
    if (end.port == 80) return absl::UnavailableError("refused");
    if (end.port == 81) return std::nullopt;
    return absl::OkStatus();
  };
  Ask(Request("/mirrored"));
  for (const ConnectionId id : harness_.upstreams()) {
    if (harness_.end(id).port == 8080) harness_.Receive(id, kOk);
  }
  EXPECT_THAT(harness_.Take(client_), EndsWith("ok"));
  harness_.ReceiveEnd(client_);
  harness_.Advance(std::chrono::minutes(2));
  // The silent one is given up in time; what answered is kept for later requests.
  for (const ConnectionId id : harness_.upstreams()) {
    EXPECT_EQ(harness_.end(id).closed, harness_.end(id).port != 8080) << harness_.end(id).target;
  }
  EXPECT_EQ(harness_.engine().connections(), 1u);
}

}  // namespace
}  // namespace postern
