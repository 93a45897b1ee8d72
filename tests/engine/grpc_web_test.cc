// gRPC-Web through an Engine in memory: what goes upstream, what comes back, and in which bytes.
// The answers are those of Envoy 1.40; where they are not, the test says why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"
#include "tests/support/http2_upstream.h"
#include "tests/wire/h2_frames.h"

namespace postern {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGateway = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: web, protocol: GRPC-WEB}
    hosts: ["*"]
  - port: {number: 81, name: http, protocol: HTTP}
    hosts: ["a.com"]
  - port: {number: 81, name: second, protocol: GRPC-WEB}
    hosts: ["b.com"]
)";

constexpr std::string_view kRoutes = R"(
  - match: [{uri: {prefix: /type}, headers: {content-type: {exact: application/grpc-web}}}]
    directResponse: {status: 200, body: {string: routed as it came}}
  - match: [{uri: {prefix: /direct404}}]
    directResponse: {status: 404, body: {string: "50%"}}
  - match: [{uri: {prefix: /redirect}}]
    redirect: {uri: /elsewhere}
  - match: [{uri: {prefix: /fault}}]
    fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
    route: $WEB
  - match: [{uri: {prefix: /grpcfault}}]
    fault: {abort: {grpcStatus: NOT_FOUND, percentage: {value: 100}}}
    route: $WEB
  - match: [{uri: {prefix: /cors}}]
    corsPolicy: {allowOrigins: [{exact: "http://o.com"}], exposeHeaders: [grpc-status]}
    route: $WEB
  - match: [{uri: {prefix: /ops}}]
    headers: {response: {add: {x-t: "%REQ(content-type)%|%RESP(content-type)%"}}}
    route: $WEB
  - match: [{uri: {prefix: /retype}}]
    headers: {response: {set: {content-type: x/y}}}
    route: $WEB
  - match: [{uri: {prefix: /timeout}}]
    timeout: 5s
    route: $WEB
  - match: [{uri: {prefix: /retry}}]
    retries: {attempts: 2, retryOn: unavailable}
    route: $WEB
  - match: [{uri: {prefix: /mirrored}}]
    mirrors: [{destination: {host: shadow.prod.svc.cluster.local, port: {number: 80}}}]
    route: $WEB
  - match: [{uri: {prefix: /x}}]
    route: $WEB
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: prod}
spec:
  host: "*.prod.svc.cluster.local"
  trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE}}}
)";

constexpr std::string_view kText = "application/grpc-web-text";
constexpr std::string_view kBinary = "application/grpc-web";
constexpr std::string_view kHi = "\0\0\0\0\2hi"sv;        // "AAAAAAJoaQ=="
constexpr std::string_view kHello = "\0\0\0\0\5hello"sv;  // "AAAAAAVoZWxsbw=="
constexpr std::string_view kDate = "date: Tue, 24 Nov 2026 10:27:00 GMT\r\n";

class GrpcWebTest : public testing::Test {
 protected:
  static std::shared_ptr<const Snapshot> Config() {
    static const auto& snapshot = *new std::shared_ptr<const Snapshot>(
        BuildSnapshot(StrCat(kGateway, WebRoutes(kRoutes, "[a.com, b.com]")), IngressOptions()));
    return snapshot;
  }

  static std::string Head(std::string_view path, std::string_view type, std::string_view more = "",
                          std::string_view method = "POST") {
    return StrCat(method, " ", path, " HTTP/1.1\r\nhost: a.com\r\ncontent-type: ", type, "\r\n",
                  more);
  }
  static std::string Request(std::string_view path, std::string_view type, std::string_view body,
                             std::string_view more = "") {
    return StrCat(Head(path, type, more), "content-length: ", body.size(), "\r\n\r\n", body);
  }

  // Asks on a connection of its own.
  ConnectionId Ask(std::string_view request, uint16_t port = 80) {
    const ConnectionId client = harness_.Accept(port);
    harness_.Receive(client, request);
    return client;
  }

  // What the upstream's newest connection has got.
  Http2Upstream& Upstream() {
    if (upstream_ == nullptr || upstream_->id() != harness_.upstream()) {
      upstream_ = std::make_unique<Http2Upstream>(harness_);
    }
    upstream_->Read();
    return *upstream_;
  }

  void Respond(StreamKey stream, std::string_view type, std::string_view body,
               std::vector<HeaderView> trailers, int status = 200) {
    Http2Upstream& upstream = Upstream();
    const HeaderView field = {"content-type", type};
    upstream.codec.SendResponse(stream, {.status = status, .headers = {&field, 1}}, false);
    if (!body.empty()) upstream.codec.SendData(stream, AsBytes(body), false);
    if (trailers.empty()) {
      upstream.codec.SendData(stream, {}, true);
    } else {
      upstream.codec.SendTrailers(stream, trailers);
    }
    upstream.Write();
  }

  // What the client gets, without what changes from test to test.
  std::string Answer(ConnectionId client) {
    std::string text = harness_.Take(client);
    for (const std::string_view line : {std::string_view(kDate), "server: postern\r\n"sv,
                                        "x-envoy-upstream-service-time: 0\r\n"sv}) {
      if (const size_t at = text.find(line); at != text.npos) text.erase(at, line.size());
    }
    return text;
  }

  EngineHarness harness_{Config()};
  std::unique_ptr<Http2Upstream> upstream_;
};

TEST_F(GrpcWebTest, ARequestGoesOnAsGrpcAndItsTrailersComeBackAsAFrame) {
  uint64_t received = 0, sent = 0;
  int grpc_status = -1;
  std::string type;
  harness_.on_request = [&](const RequestLog& log) {
    received = log.request_bytes;
    sent = log.response_bytes;
    grpc_status = log.grpc_status;
    type = log.request.headers[0].value;
  };
  const ConnectionId client = Ask(Request("/x", kBinary, kHi, "x-grpc-web: 1\r\n"));
  const Http2Upstream::Request& request = Upstream().requests[1];
  EXPECT_THAT(request.head, StartsWith("POST http://a.com/x\ncontent-type: application/grpc\n"
                                       "x-grpc-web: 1\nx-forwarded-for: "));
  EXPECT_THAT(request.head, HasSubstr("\nte: trailers\ngrpc-accept-encoding: identity\n"));
  EXPECT_THAT(request.head, Not(HasSubstr("content-length")));
  EXPECT_EQ(request.body, kHi);
  EXPECT_TRUE(request.end);
  Respond(1, "application/grpc+proto", kHello, {{"grpc-status", "5"}, {"grpc-message", "a"}});
  EXPECT_EQ(Answer(client),
            "HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\n"
            "transfer-encoding: chunked\r\n\r\na\r\n\0\0\0\0\5hello\r\n"
            "24\r\n\x80\0\0\0\x1fgrpc-status:5\r\ngrpc-message:a\r\n\r\n0\r\n\r\n"sv);
  EXPECT_THAT(harness_.request_logs(), ElementsAre("POST /x 200 - via_upstream"));
  EXPECT_EQ(received, 7u);
  EXPECT_EQ(sent, 46u);
  EXPECT_EQ(grpc_status, 5);
  EXPECT_EQ(type, kBinary) << "the log has the request as it came";
}

TEST_F(GrpcWebTest, TheBodyIsWhatItsTypeSaysAndTheAnswerWhatIsAccepted) {
  const ConnectionId text = Ask(Request("/x", kText, "AAAAAAJoaQ=="));
  EXPECT_EQ(Upstream().requests[1].body, kHi);
  Respond(1, "application/grpc", kHello, {{"grpc-status", "0"}});
  EXPECT_THAT(Answer(text), AllOf(HasSubstr("\r\ncontent-type: application/grpc-web+proto\r\n"),
                                  HasSubstr("\r\na\r\n\0\0\0\0\5hello\r\n"sv)));
  const ConnectionId binary =
      Ask(Request("/x", kBinary, kHi, "accept: application/grpc-web-text\r\n"));
  EXPECT_EQ(Upstream().requests[3].body, kHi);
  Respond(3, "application/grpc", kHello, {{"grpc-status", "0"}});
  EXPECT_EQ(Answer(binary),
            "HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web-text+proto\r\n"
            "transfer-encoding: chunked\r\n\r\n10\r\nAAAAAAVoZWxsbw==\r\n"
            "1c\r\ngAAAAA9ncnBjLXN0YXR1czowDQo=\r\n0\r\n\r\n");
}

TEST_F(GrpcWebTest, ATextIsDecodedWhereverItIsCut) {
  const std::string request = Request("/x", kText, "AA==AAAAAg==aGk=");
  StreamKey stream = 1;
  for (size_t cut = request.size() - 16; cut <= request.size(); ++cut, stream += 2) {
    const ConnectionId client = harness_.Accept(80);
    harness_.Receive(client, request.substr(0, cut));
    harness_.Receive(client, request.substr(cut));
    EXPECT_EQ(Upstream().requests[stream].body, kHi) << cut;
    EXPECT_TRUE(Upstream().requests[stream].end) << cut;
  }
}

TEST_F(GrpcWebTest, ABodyThatIsNotBase64IsRefused) {
  constexpr std::string_view kRefused =
      "HTTP/1.1 400 Bad Request\r\ncontent-type: application/grpc-web+proto\r\n"
      "grpc-message: Bad gRPC-web request, invalid base64 data.\r\ngrpc-status: 13\r\n"
      "content-length: 0\r\nconnection: close\r\n\r\n";
  // What came before has gone upstream.
  const ConnectionId client = Ask(StrCat(Head("/x", kText), "content-length: 20\r\n\r\nAAAAAAJo"));
  EXPECT_EQ(Upstream().requests[1].body, "\0\0\0\0\2h"sv);
  harness_.Receive(client, "aR==");
  EXPECT_EQ(Answer(client), kRefused);
  Upstream();
  EXPECT_TRUE(Upstream().requests[1].reset.has_value());
  EXPECT_EQ(Answer(Ask(Request("/x", kText, "AAAAAAJo!aQ="))), kRefused);
  EXPECT_EQ(Answer(Ask(Request("/x", kText, "AAAAAAJoa"))), kRefused);
  EXPECT_THAT(harness_.request_logs(),
              ElementsAre("POST /x 400 - grpc_base_64_decode_failed",
                          "POST /x 400 - grpc_base_64_decode_failed",
                          "POST /x 400 - grpc_base_64_decode_failed_bad_size"));
}

TEST_F(GrpcWebTest, ABrokenBodyBreaksOffAnAnswerThatHasBegun) {
  const ConnectionId client = Ask(StrCat(Head("/x", kText), "content-length: 20\r\n\r\nAAAA"));
  Http2Upstream& upstream = Upstream();
  const HeaderView type = {"content-type", "application/grpc"};
  upstream.codec.SendResponse(1, {.status = 200, .headers = {&type, 1}}, false);
  upstream.Write();
  harness_.Receive(client, "!");
  EXPECT_THAT(harness_.Take(client), EndsWith("transfer-encoding: chunked\r\n\r\n"));
  EXPECT_TRUE(harness_.end(client).shut || harness_.end(client).closed);
}

TEST_F(GrpcWebTest, AnAnswerOfTrailersOnlyKeepsThemInItsHead) {
  const ConnectionId client = Ask(Request("/x", kBinary, kHi));
  Http2Upstream& upstream = Upstream();
  const HeaderView fields[] = {{"content-type", "application/grpc"}, {"grpc-status", "5"}};
  upstream.codec.SendResponse(1, {.status = 200, .headers = fields}, true);
  upstream.Write();
  EXPECT_EQ(Answer(client),
            "HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\ngrpc-status: 5\r\n"
            "content-length: 0\r\n\r\n");
}

TEST_F(GrpcWebTest, AnAnswerThatIsNotGrpcIsToldAsItsOutcome) {
  const ConnectionId client = Ask(Request("/x", kBinary, kHi));
  Respond(1, "text/plain", "n\xc3\xa9 50%", {}, 404);
  EXPECT_EQ(Answer(client),
            "HTTP/1.1 404 Not Found\r\ncontent-type: application/grpc-web+proto\r\n"
            "grpc-message: n%C3%A9 50%25\r\ngrpc-status: 12\r\ncontent-length: 0\r\n\r\n");
  // A head alone says it all; there is no message.
  const ConnectionId bare = Ask(Request("/x", kBinary, kHi));
  Upstream().Respond(3, 404, "");
  EXPECT_EQ(Answer(bare),
            "HTTP/1.1 404 Not Found\r\ncontent-type: application/grpc-web+proto\r\n"
            "content-length: 0\r\n\r\n");
  // An operation that takes the type away makes it none.
  const ConnectionId retyped = Ask(Request("/retype", kBinary, kHi));
  Respond(5, "application/grpc", kHello, {{"grpc-status", "0"}});
  EXPECT_EQ(Answer(retyped),
            "HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\n"
            "grpc-message: %00%00%00%00%05hello\r\ngrpc-status: 2\r\ncontent-length: 0\r\n\r\n");
  EXPECT_THAT(harness_.request_logs(),
              ElementsAre("POST /x 404 - via_upstream", "POST /x 404 - via_upstream",
                          "POST /retype 200 - via_upstream"));
}

TEST_F(GrpcWebTest, OfALongBodyTheBeginningIsTold) {
  const ConnectionId client = Ask(Request("/x", kBinary, kHi));
  Http2Upstream& upstream = Upstream();
  const HeaderView type = {"content-type", "text/plain"};
  upstream.codec.SendResponse(1, {.status = 200, .headers = {&type, 1}}, false);
  const std::string part(10'000, 'a');
  for (int i = 0; i < 4; ++i) {
    upstream.codec.SendData(1, AsBytes(part), i == 3);
    upstream.Write();
    Upstream();  // Takes what its window is opened with.
  }
  EXPECT_THAT(Answer(client),
              HasSubstr(StrCat("\r\ngrpc-message: ", std::string(16'384, 'a'), "\r\n")));
}

TEST_F(GrpcWebTest, AnAnswerThatIsWaitedForMayStillTimeOut) {
  const ConnectionId client = Ask(Request("/timeout", kBinary, kHi));
  Http2Upstream& upstream = Upstream();
  const HeaderView type = {"content-type", "text/plain"};
  upstream.codec.SendResponse(1, {.status = 200, .headers = {&type, 1}}, false);
  upstream.codec.SendData(1, AsBytes("begin"), false);
  upstream.Write();
  EXPECT_EQ(harness_.Take(client), "");
  harness_.Advance(milliseconds(5001));
  EXPECT_EQ(harness_.Take(client), "");
  EXPECT_TRUE(harness_.end(client).shut || harness_.end(client).closed);
  EXPECT_THAT(harness_.request_logs(), ElementsAre("POST /timeout 200 UT response_timeout"));
}

TEST_F(GrpcWebTest, AnswersMadeHereAreToldLikewise) {
  static constexpr struct {
    std::string_view path, answer;
  } kRows[] = {
      {"/nowhere",
       "HTTP/1.1 404 Not Found\r\ncontent-type: application/grpc-web+proto\r\n"
       "content-length: 0\r\n\r\n"},
      {"/direct404",
       "HTTP/1.1 404 Not Found\r\ncontent-type: application/grpc-web+proto\r\n"
       "grpc-message: 50%25\r\ngrpc-status: 12\r\ncontent-length: 0\r\n\r\n"},
      {"/redirect",
       "HTTP/1.1 301 Moved Permanently\r\nlocation: http://a.com/elsewhere\r\n"
       "content-type: application/grpc-web+proto\r\ncontent-length: 0\r\n\r\n"},
      {"/fault",
       "HTTP/1.1 418 Unknown\r\ncontent-type: application/grpc-web+proto\r\n"
       "grpc-message: fault filter abort\r\ngrpc-status: 2\r\ncontent-length: 0\r\n\r\n"},
      {"/grpcfault",
       "HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\n"
       "grpc-message: fault filter abort\r\ngrpc-status: 2\r\ncontent-length: 0\r\n\r\n"},
      // A route sees the type that the client sent.
      {"/type",
       "HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\n"
       "grpc-message: routed as it came\r\ngrpc-status: 2\r\ncontent-length: 0\r\n\r\n"},
      // What is refused for its head alone is not translated.
      {"/%00", "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Answer(Ask(StrCat(Head(row.path, kBinary), "content-length: 0\r\n\r\n"))), row.answer)
        << row.path;
  }
  EXPECT_EQ(Answer(Ask(StrCat(Head("/direct404", kBinary, "", "HEAD"), "\r\n"))),
            "HTTP/1.1 404 Not Found\r\ncontent-type: application/grpc-web+proto\r\n"
            "transfer-encoding: chunked\r\n\r\n");
}

TEST_F(GrpcWebTest, ABrowserMayReadTheAnswer) {
  const ConnectionId client = Ask(Request("/cors", kBinary, kHi, "origin: http://o.com\r\n"));
  Respond(1, "application/grpc", "", {{"grpc-status", "0"}});
  EXPECT_THAT(Answer(client),
              StartsWith("HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\n"
                         "access-control-allow-origin: http://o.com\r\n"
                         "access-control-expose-headers: grpc-status\r\n"));
}

TEST_F(GrpcWebTest, OperationsSeeGrpc) {
  const ConnectionId client = Ask(Request("/ops", kBinary, kHi));
  Respond(1, "application/grpc+proto", kHello, {{"grpc-status", "0"}});
  EXPECT_THAT(Answer(client), HasSubstr("\r\nx-t: application/grpc|application/grpc+proto\r\n"));
}

TEST_F(GrpcWebTest, TheClientsTimeoutIsObeyed) {
  const ConnectionId client = Ask(Request("/timeout", kBinary, kHi, "grpc-timeout: 200m\r\n"));
  EXPECT_THAT(Upstream().requests[1].head, HasSubstr("\ngrpc-timeout: 200m\n"));
  harness_.Advance(milliseconds(201));
  EXPECT_EQ(Answer(client),
            "HTTP/1.1 504 Gateway Timeout\r\ncontent-type: application/grpc-web+proto\r\n"
            "grpc-message: upstream request timeout\r\ngrpc-status: 14\r\n"
            "content-length: 0\r\n\r\n");
}

// Envoy 1.40 sends twice what it keeps for a retry, if the text comes in pieces.
TEST_F(GrpcWebTest, ARetryHasTheDecodedBodyOnce) {
  const ConnectionId client = Ask(StrCat(Head("/retry", kText), "content-length: 12\r\n\r\n"));
  for (const char c : "AAAAAAJoaQ=="sv) harness_.Receive(client, {&c, 1});
  Http2Upstream& upstream = Upstream();
  EXPECT_EQ(upstream.requests[1].body, kHi);
  const HeaderView fields[] = {{"content-type", "application/grpc"}, {"grpc-status", "14"}};
  upstream.codec.SendResponse(1, {.status = 200, .headers = fields}, true);
  upstream.Write();
  harness_.Advance(milliseconds(1000));
  EXPECT_EQ(Upstream().requests[3].body, kHi);
  EXPECT_TRUE(Upstream().requests[3].end);
  Respond(3, "application/grpc", kHello, {{"grpc-status", "0"}});
  EXPECT_THAT(Answer(client), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(GrpcWebTest, AMirrorGetsGrpc) {
  Ask(Request("/mirrored", kText, "AAAAAAJoaQ=="));
  ASSERT_EQ(harness_.upstreams().size(), 2u);
  for (const ConnectionId id : harness_.upstreams()) {
    Http2Upstream upstream(harness_, id);
    upstream.Read();
    EXPECT_THAT(upstream.requests[1].head, HasSubstr("\ncontent-type: application/grpc\n"));
    EXPECT_EQ(upstream.requests[1].body, kHi);
  }
}

// Envoy drops a message that is not complete, and does not end an answer without trailers.
TEST_F(GrpcWebTest, AnAnswerThatEndsInsideAMessageEndsInAPaddedGroup) {
  const ConnectionId client =
      Ask(Request("/x", kBinary, kHi, "accept: application/grpc-web-text\r\n"));
  Respond(1, "application/grpc", "\0\0\0\0\6wor"sv, {});
  EXPECT_THAT(Answer(client), EndsWith("\r\n\r\n8\r\nAAAAAAZ3\r\n4\r\nb3I=\r\n0\r\n\r\n"));
  const ConnectionId second =
      Ask(Request("/x", kBinary, kHi, "accept: application/grpc-web-text\r\n"));
  Respond(3, "application/grpc", "\0\0\0\0\6wor"sv, {{"grpc-status", "0"}});
  EXPECT_THAT(Answer(second), EndsWith("\r\n\r\n8\r\nAAAAAAZ3\r\n4\r\nb3I=\r\n"
                                       "1c\r\ngAAAAA9ncnBjLXN0YXR1czowDQo=\r\n0\r\n\r\n"));
}

TEST_F(GrpcWebTest, OfHttp2TheFrameWaitsForTheClientsWindow) {
  constexpr uint8_t kData = 0, kHeaders = 1, kSettings = 4, kWindowUpdate = 8;
  const ConnectionId client = harness_.Accept(80);
  H2Reader reader;
  // A window of 9 bytes.
  harness_.Receive(client,
                   StrCat(H2Preface(), H2Frame(kSettings, 0, 0, "\0\4\0\0\0\x09"sv),
                          H2Frame(kHeaders, 4, 1,
                                  StrCat(H2Field(":method", "POST"), H2Field(":scheme", "http"),
                                         H2Field(":authority", "a.com"), H2Field(":path", "/x"),
                                         H2Field("content-type", kText))),
                          H2Frame(kData, 1, 1, "AAAAAAJoaQ==")));
  EXPECT_EQ(Upstream().requests[1].body, kHi);
  Respond(1, "application/grpc", kHello, {{"grpc-status", "0"}});
  reader.Read(harness_.Take(client));
  EXPECT_EQ(reader.answers[1].body, kHello.substr(0, 9));
  harness_.Receive(client, H2Frame(kWindowUpdate, 0, 1, "\0\0\1\0"sv));
  reader.Read(harness_.Take(client));
  EXPECT_EQ(reader.answers[1].body, StrCat(kHello, "\x80\0\0\0\x0fgrpc-status:0\r\n"sv));
  EXPECT_THAT(reader.answers[1].fields,
              AllOf(StartsWith("content-type: application/grpc-web+proto\n"),
                    Not(HasSubstr("grpc-status"))));
  EXPECT_TRUE(reader.answers[1].end);
}

TEST_F(GrpcWebTest, OfHttp2NoMoreIsTakenThanTheWindowWhateverThePieces) {
  constexpr uint8_t kData = 0, kHeaders = 1;
  EngineHarness::Options options;
  options.engine.limits.h2_stream_window = 65535;
  EngineHarness harness(Config(), options);
  harness.connect = [](const HarnessEnd&) { return std::nullopt; };  // So that all of it waits.
  const ConnectionId client = harness.Accept(80);
  std::string request =
      StrCat(H2Preface(), H2Frame(kHeaders, 4, 1,
                                  StrCat(H2Field(":method", "POST"), H2Field(":scheme", "http"),
                                         H2Field(":authority", "a.com"), H2Field(":path", "/x"),
                                         H2Field("content-type", kText))));
  // The last character of a group comes by itself.
  const std::string most(16383, 'A');
  for (int i = 0; i < 3; ++i)
    StrAppend(&request, H2Frame(kData, 0, 1, most), H2Frame(kData, 0, 1, "A"));
  harness.Receive(client, request);
  H2Reader reader;
  reader.Read(harness.Take(client));
  EXPECT_EQ(reader.windows[1], 0u) << "a quarter of it is no half of the window";
}

TEST_F(GrpcWebTest, OtherRequestsAndListenersOfOtherProtocolsAreLeftAlone) {
  Ask(Request("/x", "application/grpc-web+json", kHi));
  EXPECT_THAT(Upstream().requests[1].head,
              HasSubstr("content-type: application/grpc-web+json\ncontent-length: 7\n"));
  // The first server speaks for the listener, whatever the others are.
  Ask(Request("/x", kBinary, kHi), 81);
  EXPECT_THAT(Upstream().requests[3].head,
              HasSubstr("content-type: application/grpc-web\ncontent-length: 7\n"));
}

}  // namespace
}  // namespace postern
