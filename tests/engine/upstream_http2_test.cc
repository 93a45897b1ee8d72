// HTTP/2 towards upstreams through an Engine in memory: what goes over one connection, how its
// streams and the connection end, and how windows hold a fast side back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"
#include "tests/support/http2_upstream.h"
#include "tests/wire/h2_frames.h"

namespace postern {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kRoutes = R"(
  - match: [{uri: {prefix: /narrow}}]
    route: [{destination: {host: narrow.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /same}}]
    route: [{destination: {host: same.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /mirrored}}]
    mirrors: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
    route: [{destination: {host: same.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /once}}]
    retries: {attempts: 0}
    route: $WEB
  - route: $WEB
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: prod}
spec:
  host: web.prod.svc.cluster.local
  trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: narrow, namespace: prod}
spec:
  host: narrow.prod.svc.cluster.local
  trafficPolicy:
    connectionPool:
      tcp: {maxConnections: 1}
      http: {h2UpgradePolicy: UPGRADE, http1MaxPendingRequests: 1}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: same, namespace: prod}
spec:
  host: same.prod.svc.cluster.local
  trafficPolicy: {connectionPool: {http: {useClientProtocol: true}}}
)";

using Peer = Http2Upstream;

constexpr uint8_t kData = 0, kHeaders = 1, kEndStream = 1, kEndHeaders = 4;

class UpstreamHttp2Test : public testing::Test {
 protected:
  static std::shared_ptr<const Snapshot> Config() {
    static const auto& snapshot = *new std::shared_ptr<const Snapshot>(
        BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes)), IngressOptions()));
    return snapshot;
  }

  // Asks on a connection of its own.
  ConnectionId Ask(std::string_view path, std::string_view more = "\r\n",
                   std::string_view method = "GET") {
    const ConnectionId client = harness_.Accept(80);
    harness_.Receive(client, StrCat(method, " ", path, " HTTP/1.1\r\nhost: a.com\r\n", more));
    return client;
  }

  // Asks in HTTP/2.
  ConnectionId AskHttp2(std::string_view path, std::string_view more, bool end) {
    const ConnectionId client = harness_.Accept(80);
    harness_.Receive(
        client, H2Preface() +
                    H2Frame(kHeaders, end ? kEndStream | kEndHeaders : kEndHeaders, 1,
                            StrCat(H2Field(":method", "POST"), H2Field(":scheme", "http"),
                                   H2Field(":authority", "a.com"), H2Field(":path", path), more)));
    return client;
  }

  Peer& Connected(CodecOptions options = {}) {
    peers_.push_back(std::make_unique<Peer>(harness_, options));
    peers_.back()->Read();
    return *peers_.back();
  }

  EngineHarness harness_{Config()};
  std::vector<std::unique_ptr<Peer>> peers_;
};

TEST_F(UpstreamHttp2Test, ARequestOfHttp1GoesOnInHttp2AndItsAnswerComesBack) {
  const ConnectionId client =
      Ask("/x?y",
          "x-a: 1\r\nconnection: x-b\r\nx-b: 2\r\ntransfer-encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n0\r\n\r\n",
          "POST");
  EXPECT_EQ(harness_.end(harness_.upstream()).protocol, UpstreamTarget::Protocol::kHttp2);
  Peer& peer = Connected();
  const Peer::Request& request = peer.requests[1];
  EXPECT_THAT(request.head, StartsWith("POST http://a.com/x?y\nx-a: 1\nx-forwarded-for: "));
  EXPECT_THAT(request.head, Not(HasSubstr("x-b")));
  EXPECT_THAT(request.head, Not(HasSubstr("transfer-encoding")));
  EXPECT_EQ(request.body, "abc");
  EXPECT_TRUE(request.end);
  const HeaderView field = {"x-c", "3"};
  peer.Respond(1, 201, "hello", {&field, 1});
  EXPECT_THAT(harness_.Take(client),
              AllOf(StartsWith("HTTP/1.1 201 Created\r\nx-c: 3\r\n"),
                    EndsWith("transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("POST /x?y 201 - via_upstream"));
}

TEST_F(UpstreamHttp2Test, RequestsShareAConnectionAndAreAnsweredInAnyOrder) {
  const ConnectionId first = Ask("/1"), second = Ask("/2");
  Peer& peer = Connected();
  const ConnectionId third = Ask("/3");
  peer.Read();
  ASSERT_EQ(harness_.upstreams().size(), 1u);
  peer.Respond(5, 200, "c");
  peer.Respond(3, 200, "b");
  peer.Respond(1, 200, "a");
  EXPECT_THAT(harness_.Take(first), HasSubstr("\r\na\r\n"));
  EXPECT_THAT(harness_.Take(second), HasSubstr("\r\nb\r\n"));
  EXPECT_THAT(harness_.Take(third), HasSubstr("\r\nc\r\n"));
}

TEST_F(UpstreamHttp2Test, WhatComesAtOnceGoesOnOneConnection) {
  Ask("/1");
  Peer& peer = Connected();
  peer.Respond(1, 200, "a");
  const ConnectionId client = harness_.Accept(80);
  std::string three = H2Preface();
  for (const uint32_t stream : {1, 3, 5}) {
    three += H2Frame(kHeaders, kEndStream | kEndHeaders, stream,
                     StrCat(H2Field(":method", "GET"), H2Field(":scheme", "http"),
                            H2Field(":authority", "a.com"), H2Field(":path", "/")));
  }
  harness_.Receive(client, three);
  peer.Read();
  EXPECT_EQ(harness_.upstreams().size(), 1u);
  EXPECT_EQ(peer.requests.size(), 4u);
}

TEST_F(UpstreamHttp2Test, GrpcHasItsTrailersAndTheirAnnouncementBothWays) {
  const ConnectionId client =
      AskHttp2("/pkg.Service/Method",
               H2Field("te", "trailers") + H2Field("content-type", "application/grpc"), false);
  harness_.Receive(client, H2Frame(kData, 0, 1, "msg") +
                               H2Frame(kHeaders, kEndStream | kEndHeaders, 1, H2Field("x-t", "1")));
  Peer& peer = Connected();
  const Peer::Request& request = peer.requests[1];
  EXPECT_THAT(request.head, HasSubstr("\nte: trailers\n"));
  EXPECT_EQ(request.body, "msg");
  EXPECT_EQ(request.trailers, "x-t: 1\n");
  const HeaderView type = {"content-type", "application/grpc"}, status = {"grpc-status", "5"};
  peer.codec.SendResponse(1, {.status = 200, .headers = {&type, 1}}, false);
  peer.codec.SendData(1, AsBytes("reply"), false);
  peer.codec.SendTrailers(1, {&status, 1});
  peer.Write();
  H2Reader reader;
  reader.Read(harness_.Take(client));
  EXPECT_EQ(reader.answers[1].body, "reply");
  EXPECT_THAT(reader.answers[1].fields, EndsWith("grpc-status: 5\n"));
  EXPECT_TRUE(reader.answers[1].end);
}

TEST_F(UpstreamHttp2Test, AResetCostsOneRequest) {
  const ConnectionId first = Ask("/1"), second = Ask("/2");
  Peer& peer = Connected();
  peer.codec.Reset(1, ResetReason::kInternalError);
  peer.Write();
  EXPECT_THAT(harness_.Take(first), AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("remote reset")));
  peer.Respond(3, 200, "b");
  EXPECT_THAT(harness_.Take(second), HasSubstr("\r\nb\r\n"));
  EXPECT_THAT(harness_.request_logs().front(),
              "GET /1 503 UR upstream_reset_before_response_started{remote_reset}");
}

TEST_F(UpstreamHttp2Test, ARefusedRequestIsTriedTwiceMore) {
  const ConnectionId client = Ask("/", "content-length: 1\r\n\r\nx", "POST");
  Peer& peer = Connected();
  for (const StreamKey stream : {1, 3, 5}) {
    harness_.Advance(seconds(1));
    peer.Read();
    EXPECT_EQ(peer.requests[stream].body, "x") << stream;
    peer.codec.Reset(stream, ResetReason::kRefused);
    peer.Write();
  }
  EXPECT_EQ(peer.requests.size(), 3u);
  EXPECT_THAT(harness_.Take(client), EndsWith("remote refused stream reset"));
  EXPECT_THAT(harness_.request_logs(), ElementsAre(HasSubstr("POST / 503 URX,UR ")));
}

TEST_F(UpstreamHttp2Test, AConnectionThatGoesAwayFinishesWhatItTook) {
  const ConnectionId first = Ask("/1");
  Peer& peer = Connected();
  peer.codec.Drain();
  peer.codec.Drain();
  peer.Write();
  const ConnectionId second = Ask("/2");
  ASSERT_EQ(harness_.upstreams().size(), 2u);
  Peer& other = Connected();
  peer.Respond(1, 200, "a");
  EXPECT_THAT(harness_.Take(first), HasSubstr("\r\na\r\n"));
  EXPECT_TRUE(peer.end().shut);
  other.Respond(1, 200, "b");
  EXPECT_THAT(harness_.Take(second), HasSubstr("\r\nb\r\n"));
  EXPECT_FALSE(other.end().shut);
}

TEST_F(UpstreamHttp2Test, MoreRequestsThanOneConnectionTakesHaveAnother) {
  CodecOptions one;
  one.h2_streams = 1;
  Ask("/1");
  Peer& peer = Connected(one);
  Ask("/2");
  EXPECT_EQ(harness_.upstreams().size(), 2u);
  EXPECT_EQ(peer.requests.size(), 1u);
}

TEST_F(UpstreamHttp2Test, WhereNoneMayBeOpenedTheyWaitForTheirTurn) {
  CodecOptions one;
  one.h2_streams = 1;
  const ConnectionId first = Ask("/narrow1");
  Peer& peer = Connected(one);
  const ConnectionId second = Ask("/narrow2"), third = Ask("/narrow3");
  EXPECT_EQ(harness_.upstreams().size(), 1u);
  EXPECT_THAT(harness_.Take(third), HasSubstr("x-envoy-overloaded: true\r\n"));
  peer.Respond(1, 200, "a");
  peer.Read();
  EXPECT_THAT(harness_.Take(first), HasSubstr("\r\na\r\n"));
  peer.Respond(3, 200, "b");
  EXPECT_THAT(harness_.Take(second), HasSubstr("\r\nb\r\n"));
}

TEST_F(UpstreamHttp2Test, ABodyWaitsForTheWindow) {
  const std::string body(100'000, 'x');
  CodecOptions small;
  small.h2_stream_window = 65'535;
  small.h2_connection_window = 65'535;
  const ConnectionId client = Ask("/", StrCat("content-length: 100000\r\n\r\n", body), "POST");
  peers_.push_back(std::make_unique<Peer>(harness_, small));
  Peer& peer = *peers_.back();
  peer.consumes = false;
  peer.Read();
  EXPECT_EQ(peer.requests[1].body.size(), 65'535u);
  EXPECT_FALSE(peer.requests[1].end);
  peer.codec.Consumed(1, 65'535);
  peer.Read();
  peer.Read();
  EXPECT_TRUE(peer.requests[1].body == body);
  EXPECT_TRUE(peer.requests[1].end);
  peer.Respond(1, 204, "");
  EXPECT_THAT(harness_.Take(client), StartsWith("HTTP/1.1 204 "));
}

TEST_F(UpstreamHttp2Test, AnUpstreamIsHeldBackByItsWindowAlone) {
  EngineHarness::Options slow;
  slow.write_at_once = false;
  slow.engine.limits.h2_stream_window = 65'535;
  EngineHarness harness(Config(), slow);
  const ConnectionId client = harness.Accept(80);
  harness.Receive(client, "GET / HTTP/1.1\r\nhost: a.com\r\n\r\n");
  harness.Flush();
  Peer peer(harness);
  peer.Read();
  const std::string body(1'000'000, 'x');
  peer.codec.SendResponse(1, {.status = 200}, false);
  size_t sent = peer.codec.SendData(1, AsBytes(body), true);
  peer.Write();
  EXPECT_EQ(sent, 65'535u);
  std::string answer;
  for (int turn = 0; turn < 100 && sent < body.size(); ++turn) {
    harness.Flush();
    answer += harness.Take(client);
    peer.Read();
    sent += peer.codec.SendData(1, AsBytes(body).subspan(sent), true);
    peer.Write();
  }
  harness.Flush();
  answer += harness.Take(client);
  EXPECT_EQ(sent, body.size());
  EXPECT_EQ(static_cast<size_t>(std::ranges::count(answer, 'x')), body.size() + 1);  // x-envoy-...
}

TEST_F(UpstreamHttp2Test, AConnectionLostFailsAllThatWasOnIt) {
  const ConnectionId first = Ask("/once"), second = Ask("/once");
  Peer& peer = Connected();
  peer.Respond(1, 200, "");
  harness_.Take(first);
  peer.Respond(3, 200, "");
  harness_.Take(second);
  harness_.Receive(first, "POST /once HTTP/1.1\r\nhost: a.com\r\ncontent-length: 1\r\n\r\nx");
  harness_.Receive(second, "GET /once HTTP/1.1\r\nhost: a.com\r\n\r\n");
  harness_.Fail(peer.id());
  EXPECT_THAT(harness_.Take(first), HasSubstr("connection termination"));
  harness_.Advance(seconds(1));
  // It had been kept alive, and a GET does no harm twice.
  ASSERT_EQ(harness_.upstreams().size(), 2u);
  Connected().Respond(1, 200, "again");
  EXPECT_THAT(harness_.Take(second), HasSubstr("again"));
}

TEST_F(UpstreamHttp2Test, WhatIsNotHttp2Is502) {
  const ConnectionId client = Ask("/once");
  harness_.Receive(harness_.upstream(), "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
  EXPECT_THAT(harness_.Take(client),
              AllOf(StartsWith("HTTP/1.1 502 "), EndsWith("protocol error")));
  EXPECT_THAT(harness_.request_logs(), ElementsAre(HasSubstr(" 502 UPE ")));
}

TEST_F(UpstreamHttp2Test, AMalformedAnswerCostsItsStream) {
  for (const std::string& head :
       {H2Field(":status", "101"), H2Field(":status", "200") + H2Field("x-a", "\n"),
        H2Field(":status", "200") + H2Field("connection", "close"),
        H2Field(":status", "200") + H2Field("content-length", "1x"), H2Field("x-a", "1")}) {
    SCOPED_TRACE(head);
    EngineHarness harness(Config());
    const ConnectionId first = harness.Accept(80), second = harness.Accept(80);
    harness.Receive(first, "GET /once HTTP/1.1\r\nhost: a.com\r\n\r\n");
    harness.Receive(second, "GET /once HTTP/1.1\r\nhost: a.com\r\n\r\n");
    Peer peer(harness);
    peer.Read();
    harness.Receive(peer.id(), H2Frame(kHeaders, kEndStream | kEndHeaders, 1, head));
    EXPECT_THAT(harness.Take(first), StartsWith("HTTP/1.1 502 "));
    peer.Respond(3, 200, "b");
    EXPECT_THAT(harness.Take(second), HasSubstr("\r\nb\r\n"));
  }
}

TEST_F(UpstreamHttp2Test, AClientThatGivesUpResetsItsStreamOnly) {
  const ConnectionId first = Ask("/1"), second = Ask("/2");
  Peer& peer = Connected();
  harness_.Fail(first);
  peer.Read();
  EXPECT_EQ(peer.requests[1].reset, ResetReason::kCancelled);
  peer.Respond(3, 200, "b");
  EXPECT_THAT(harness_.Take(second), HasSubstr("\r\nb\r\n"));
}

TEST_F(UpstreamHttp2Test, InterimResponsesComeFirst) {
  const ConnectionId client = Ask("/");
  Peer& peer = Connected();
  peer.codec.SendInterim(1, 103, {});
  peer.Respond(1, 200, "a");
  EXPECT_THAT(harness_.Take(client), AllOf(StartsWith("HTTP/1.1 103 Unknown\r\n\r\nHTTP/1.1 200 "),
                                           HasSubstr("\r\na\r\n")));
}

TEST_F(UpstreamHttp2Test, AWebsocketIsAnExtendedConnect) {
  const ConnectionId client = Ask("/", "connection: upgrade\r\nupgrade: websocket\r\n\r\n");
  CodecOptions connect;
  connect.h2_connect_protocol = true;
  Peer& peer = Connected(connect);
  // To the codec of the other side it is the upgrade that it stands for.
  EXPECT_THAT(peer.requests[1].head, HasSubstr("upgrade: websocket\n"));
  peer.codec.SendResponse(1, {.status = 101}, false);
  peer.codec.SendData(1, AsBytes("up"), false);
  peer.Write();
  EXPECT_THAT(harness_.Take(client),
              AllOf(StartsWith("HTTP/1.1 101 Switching Protocols\r\n"),
                    HasSubstr("upgrade: websocket\r\n"), EndsWith("\r\n\r\nup")));
  harness_.Receive(client, "down");
  harness_.ReceiveEnd(client);
  peer.Read();
  EXPECT_EQ(peer.requests[1].body, "down");
  EXPECT_TRUE(peer.requests[1].end);
  peer.codec.SendData(1, AsBytes("!"), true);
  peer.Write();
  EXPECT_THAT(harness_.Take(client), EndsWith("!"));
  EXPECT_TRUE(harness_.end(client).shut);
}

TEST_F(UpstreamHttp2Test, TheProtocolOfTheClientIsSpokenOnWhereTheRuleSaysSo) {
  Ask("/same");
  EXPECT_EQ(harness_.end(harness_.upstream()).protocol, UpstreamTarget::Protocol::kHttp1);
  AskHttp2("/same", "", true);
  EXPECT_EQ(harness_.end(harness_.upstream()).protocol, UpstreamTarget::Protocol::kHttp2);
  EXPECT_EQ(harness_.upstreams().size(), 2u);
}

TEST_F(UpstreamHttp2Test, AMirrorMaySpeakAnotherProtocol) {
  const ConnectionId client = Ask("/mirrored");
  ASSERT_EQ(harness_.upstreams().size(), 2u);
  Peer copy(harness_, harness_.upstreams()[0]);
  copy.Read();
  EXPECT_THAT(copy.requests[1].head, HasSubstr("x-envoy-internal: true\n"));
  harness_.Receive(harness_.upstreams()[1], "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nm");
  EXPECT_THAT(harness_.Take(client), EndsWith("m"));
}

TEST_F(UpstreamHttp2Test, OneThatCannotBeReachedIsAsInHttp1) {
  harness_.connect = [](const HarnessEnd&) { return absl::UnavailableError("refused"); };
  const ConnectionId client = Ask("/once");
  EXPECT_THAT(harness_.Take(client), EndsWith("reset reason: remote connection failure"));
  EXPECT_THAT(harness_.request_logs(), ElementsAre(HasSubstr(" 503 UF ")));
}

TEST_F(UpstreamHttp2Test, AnIdleConnectionEndsAndADrainedEngineKeepsNone) {
  Ask("/1");
  Peer& peer = Connected();
  peer.Respond(1, 200, "a");
  EXPECT_FALSE(peer.end().shut);
  harness_.Advance(hours(2));
  EXPECT_TRUE(peer.end().shut);

  const ConnectionId client = Ask("/2");
  ASSERT_EQ(harness_.upstreams().size(), 2u);
  Peer& last = Connected();
  harness_.engine().Drain(harness_.now(), harness_.now() + seconds(5));
  last.Respond(1, 200, "b");
  EXPECT_THAT(harness_.Take(client), HasSubstr("\r\nb\r\n"));
  EXPECT_TRUE(last.end().shut);
}

TEST_F(UpstreamHttp2Test, DestroyingTheEngineFreesWhatIsUnderWay) {
  Ask("/1");
  Ask("/2", "content-length: 5\r\n\r\n", "POST");
  Connected();
  Ask("/3");
  harness_.Destroy();
  EXPECT_FALSE(harness_.alive());
}

}  // namespace
}  // namespace postern
