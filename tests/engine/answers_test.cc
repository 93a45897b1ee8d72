// Answers through an Engine in memory, in the shapes and with the flags of observed.md 1.1 and
// dataplane.md 7.2: those that are made here, and what becomes of an upstream's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
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
  - match: [{uri: {prefix: /delayed}}]
    fault: {delay: {fixedDelay: 0.3s, percentage: {value: 100}}}
    timeout: 0.2s
    route: $WEB
  - match: [{uri: {prefix: /abort}}]
    fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
    headers: {response: {set: {x-op: "1"}}}
    route: $WEB
  - match: [{uri: {prefix: /grpcabort}}]
    fault: {abort: {grpcStatus: UNAVAILABLE, percentage: {value: 100}}}
    route: $WEB
  - match: [{uri: {prefix: /cors}}]
    corsPolicy:
      allowOrigins: [{exact: https://o.com}]
      allowMethods: [GET, POST]
      allowHeaders: [x-h]
      exposeHeaders: [x-e]
      maxAge: 90s
      allowCredentials: true
    headers: {response: {set: {x-op: "1"}}}
    route: $WEB
  - match: [{uri: {prefix: /framed}}]
    headers:
      response:
        set: {transfer-encoding: chunked, connection: close, upgrade: x, proxy-connection: x}
    route: $WEB
  - match: [{uri: {prefix: /moved}}]
    headers: {response: {set: {content-length: "7", content-type: x/y, connection: close}}}
    redirect: {uri: /there}
  - match: [{uri: {prefix: /direct204}}]
    directResponse: {status: 204, body: {string: hello}}
  - match: [{uri: {prefix: /d304}}]
    directResponse: {status: 304, body: {string: hello}}
  - match: [{uri: {prefix: /d302}}]
    directResponse: {status: 302}
  - match: [{uri: {prefix: /direct}}]
    directResponse: {status: 200, body: {string: hello}}
  - match: [{uri: {prefix: /timed}}]
    timeout: 1s
    route: $WEB
  - match: [{uri: {prefix: /nobody}}]
    route: [{destination: {host: empty.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /tls}}]
    route: [{destination: {host: tunnelled.prod.svc.cluster.local, port: {number: 443}}}]
  - route: $WEB
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: empty, namespace: prod}
spec:
  hosts: [empty.prod.svc.cluster.local]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: tunnelled, namespace: prod}
spec:
  host: tunnelled.prod.svc.cluster.local
  trafficPolicy: {tunnel: {targetHost: far.example.com, targetPort: 443}}
)";

std::shared_ptr<const Snapshot> Config() {
  static const auto& snapshot = *new std::shared_ptr<const Snapshot>(
      BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes)), IngressOptions()));
  return snapshot;
}

constexpr std::string_view kDate = "date: Tue, 24 Nov 2026 10:27:00 GMT\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

std::string Request(std::string_view path, std::string_view more = "",
                    std::string_view method = "GET") {
  return StrCat(method, " ", path, " HTTP/1.1\r\nhost: a.com\r\n", more, "\r\n");
}

class AnswersTest : public testing::Test {
 protected:
  std::string Ask(std::string_view bytes) {
    client_ = harness_.Accept(80);
    harness_.Receive(client_, bytes);
    return harness_.Take(client_);
  }
  void Answer(std::string_view bytes) { harness_.Receive(harness_.upstream(), bytes); }

  EngineHarness harness_{Config()};
  ConnectionId client_;
};

// --- Made here ---

TEST_F(AnswersTest, NoRouteHasItsShapeForEachKindOfRequest) {
  const struct {
    std::string request;
    std::string answer;
  } rows[] = {
      {"GET / HTTP/1.1\r\nhost: nobody\r\n\r\n",
       StrCat("HTTP/1.1 404 Not Found\r\n", kDate, "server: postern\r\ncontent-length: 0\r\n\r\n")},
      // A body that was all sent makes no difference.
      {"POST / HTTP/1.1\r\nhost: nobody\r\ncontent-length: 2\r\n\r\nab",
       StrCat("HTTP/1.1 404 Not Found\r\n", kDate,
              "server: postern\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")},
      {"HEAD / HTTP/1.1\r\nhost: nobody\r\n\r\n",
       StrCat("HTTP/1.1 404 Not Found\r\n", kDate,
              "server: postern\r\ntransfer-encoding: chunked\r\n\r\n")},
      {Request("/direct204"),
       StrCat("HTTP/1.1 204 No Content\r\n", kDate, "server: postern\r\n\r\n")},
      {Request("/direct", "", "HEAD"),
       StrCat("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-type: text/plain\r\n", kDate,
              "server: postern\r\n\r\n")},
      {Request("/x/../d302/%61?x=1#f"),
       StrCat("HTTP/1.1 302 Found\r\nlocation: http://a.com/d302/a?x=1\r\n", kDate,
              "server: postern\r\ncontent-length: 0\r\n\r\n")},
      {"CONNECT a.com:80 HTTP/1.1\r\nhost: a.com:80\r\n\r\n",
       StrCat("HTTP/1.1 404 Not Found\r\n", kDate,
              "server: postern\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")},
      {Request("/", "connection: upgrade\r\nupgrade: foo\r\n"),
       StrCat("HTTP/1.1 403 Forbidden\r\n", kDate,
              "server: postern\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")},
  };
  for (const auto& row : rows) EXPECT_EQ(Ask(row.request), row.answer) << row.request;
}

// Of a path the log shows what the routes saw: the one before a rewrite, and normalized.
TEST_F(AnswersTest, TheAccessLogShowsThePathThatWasRouted) {
  std::string line, received;
  harness_.on_request = [&](const RequestLog& log) {
    line = FormatText(log);
    received = log.request.path;
  };
  const struct {
    std::string_view asked;
    std::string_view logged;
  } rows[] = {
      {"/direct", "\"GET /direct HTTP/1.1\""},
      {"/x/../direct/%61?b=%61#c", "\"GET /direct/a?b=%61 HTTP/1.1\""},
      {"/a%00", "\"GET /a%00 HTTP/1.1\""},  // 400: there is no other.
  };
  for (const auto& row : rows) {
    Ask(Request(row.asked));
    EXPECT_THAT(line, HasSubstr(row.logged));
    EXPECT_EQ(received, row.asked);
  }
}

TEST_F(AnswersTest, OnlyBytesThatAreSentAreLogged) {
  std::vector<uint64_t> sizes;
  harness_.on_request = [&](const RequestLog& log) { sizes.push_back(log.response_bytes); };
  Ask(Request("/direct"));
  Ask(Request("/direct", "", "HEAD"));
  Ask(Request("/direct204"));
  Ask(Request("/d304"));
  EXPECT_THAT(sizes, ElementsAre(5u, 0u, 0u, 0u));
}

TEST_F(AnswersTest, NoEndpointAndNoWayToReachOneAreToldApart) {
  EXPECT_EQ(Ask(Request("/nobody")),
            StrCat("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 19\r\n"
                   "content-type: text/plain\r\n",
                   kDate, "server: postern\r\n\r\nno healthy upstream"));
  // What wants a tunnel is not dialled without.
  EXPECT_EQ(Ask(Request("/tls")), StrCat("HTTP/1.1 503 Service Unavailable\r\n", kDate,
                                         "server: postern\r\ncontent-length: 0\r\n\r\n"));
  EXPECT_TRUE(harness_.upstreams().empty());
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET /nobody 503 UH no_healthy_upstream",
                                                   "GET /tls 503 NC cluster_not_found"));
}

TEST_F(AnswersTest, GrpcClientsGetTheirStatusInAHead) {
  constexpr std::string_view kGrpc = "content-type: application/grpc\r\n";
  const struct {
    std::string request;
    std::string_view status;
    std::string_view message;
  } rows[] = {
      {StrCat("POST / HTTP/1.1\r\nhost: nobody\r\n", kGrpc, "content-length: 0\r\n\r\n"), "12", ""},
      {Request("/nobody", kGrpc), "14", "no healthy upstream"},
      {Request("/abort", kGrpc), "2", "fault filter abort"},
      {Request("/grpcabort", kGrpc), "14", "fault filter abort"},
      // Refused by the codec: what of the head was read whole counts.
      {StrCat("POST / HTTP/1.1\r\n", kGrpc, "\r\n"), "13", ""},
      {Request("/", StrCat(kGrpc, "expect: x\r\n")), "2", ""},
      {Request("/", StrCat(kGrpc, "content-length: x\r\n")), "13", "Bad Request"},
      {Request("/", StrCat(kGrpc, "a: 1\r\nno colon\r\n")), "13", "Bad Request"},
  };
  for (const auto& row : rows) {
    const std::string answer = Ask(row.request);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n")) << row.request;
    EXPECT_THAT(answer, HasSubstr("content-type: application/grpc\r\n")) << row.request;
    EXPECT_THAT(answer, HasSubstr(StrCat("grpc-status: ", row.status, "\r\n"))) << row.request;
    const std::string message = StrCat("grpc-message: ", row.message, "\r\n");
    EXPECT_EQ(answer.find(message) != std::string::npos, !row.message.empty()) << row.request;
  }
  // Not gRPC: the status of the fault is HTTP's.
  EXPECT_THAT(Ask(Request("/grpcabort")),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nfault filter abort")));
}

TEST_F(AnswersTest, GrpcIsNotSentElsewhereForAnEscapedSlash) {
  SnapshotOptions edge = IngressOptions();
  edge.edge_profile = true;
  EngineHarness harness(BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes)), edge));
  const ConnectionId client = harness.Accept(80);
  harness.Receive(client, Request("/a%2Fb"));
  EXPECT_THAT(harness.Take(client), StartsWith("HTTP/1.1 307 Temporary Redirect\r\n"));
  harness.Receive(client, Request("/a%2Fb", "content-type: application/grpc\r\n"));
  EXPECT_THAT(harness.Take(client),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("grpc-status: 13\r\n")));
  EXPECT_EQ(harness.request_logs().back(), "GET /a%2Fb 200 - path_normalization_failed");
}

TEST_F(AnswersTest, AGrpcDeadlineIsObeyedAndAnswered14) {
  Ask(Request("/", "content-type: application/grpc\r\ngrpc-timeout: 50m\r\n"));
  EXPECT_THAT(harness_.Take(harness_.upstream()),
              HasSubstr("x-envoy-expected-rq-timeout-ms: 50\r\n"));
  harness_.Advance(milliseconds(60));
  const std::string answer = harness_.Take(client_);
  EXPECT_THAT(answer, HasSubstr("grpc-status: 14\r\ngrpc-message: upstream request timeout\r\n"));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET / 200 UT response_timeout"));
}

TEST_F(AnswersTest, ADelayComesFirstAndDoesNotCountAgainstTheTimeout) {
  EXPECT_EQ(Ask(Request("/delayed")), "");
  EXPECT_TRUE(harness_.upstreams().empty());
  harness_.Advance(milliseconds(299));
  EXPECT_TRUE(harness_.upstreams().empty());
  harness_.Advance(milliseconds(2));
  ASSERT_EQ(harness_.upstreams().size(), 1u);
  harness_.Advance(milliseconds(190));
  Answer(kOk);
  EXPECT_THAT(harness_.Take(client_), EndsWith("\r\n\r\nok"));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET /delayed 200 DI via_upstream"));
}

TEST_F(AnswersTest, AClientThatGoesDuringADelayIsForgotten) {
  Ask(Request("/delayed"));
  harness_.Fail(client_);
  harness_.Advance(seconds(1));
  EXPECT_TRUE(harness_.upstreams().empty());
  EXPECT_THAT(harness_.request_logs(), ElementsAre(HasSubstr("0 DC,DI")));
}

TEST_F(AnswersTest, AnAbortGetsTheRoutesOperations) {
  EXPECT_EQ(Ask(Request("/abort")),
            StrCat("HTTP/1.1 418 Unknown\r\nx-op: 1\r\ncontent-length: 18\r\n"
                   "content-type: text/plain\r\n",
                   kDate, "server: postern\r\n\r\nfault filter abort"));
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET /abort 418 FI fault_filter_abort"));
}

TEST_F(AnswersTest, APreflightIsAnsweredHereAndTheRequestAfterItThere) {
  EXPECT_EQ(Ask(Request("/cors", "origin: https://o.com\r\naccess-control-request-method: POST\r\n",
                        "OPTIONS")),
            StrCat("HTTP/1.1 200 OK\r\naccess-control-allow-origin: https://o.com\r\n"
                   "access-control-allow-credentials: true\r\n"
                   "access-control-allow-methods: GET,POST\r\naccess-control-allow-headers: x-h\r\n"
                   "access-control-max-age: 90\r\naccess-control-expose-headers: x-e\r\n",
                   kDate, "server: postern\r\ncontent-length: 0\r\n\r\n"));
  EXPECT_TRUE(harness_.upstreams().empty());
  Ask(Request("/cors", "origin: https://o.com\r\n"));
  Answer("HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\n\r\n");
  EXPECT_THAT(harness_.Take(client_),
              AllOf(HasSubstr("access-control-allow-origin: https://o.com\r\n"),
                    HasSubstr("access-control-allow-credentials: true\r\n"),
                    HasSubstr("access-control-expose-headers: x-e\r\n"), HasSubstr("x-op: 1\r\n"),
                    Not(HasSubstr("allow-origin: *"))));
  Ask(Request("/cors", "origin: https://evil.com\r\n"));
  Answer(kOk);
  EXPECT_THAT(harness_.Take(client_), Not(HasSubstr("access-control-")));
  Ask(Request("/cors", "origin: https://o.com\r\n"));
  // Of two upstreams the first had been kept alive.
  for (int i = 0; i < 2; ++i) {
    harness_.ReceiveEnd(harness_.upstream());
    harness_.Advance(seconds(1));
  }
  EXPECT_THAT(harness_.Take(client_),
              AllOf(StartsWith("HTTP/1.1 503 "),
                    HasSubstr("access-control-allow-origin: https://o.com\r\n"),
                    HasSubstr("access-control-expose-headers: x-e\r\n")));
}

// --- An upstream's ---

// What an operation says of the connection or of a body that there is not would break the framing.
TEST_F(AnswersTest, OperationsDoNotFrameAnAnswer) {
  Ask(Request("/framed"));
  harness_.Receive(harness_.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
  const std::string answer = harness_.Take(client_);
  EXPECT_THAT(answer, HasSubstr("content-length: 2\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nok"));
  for (const std::string_view name : {"transfer-encoding", "connection", "upgrade"}) {
    EXPECT_THAT(answer, Not(HasSubstr(StrCat(name, ":"))));
  }
  EXPECT_THAT(Ask(Request("/moved")), EndsWith("content-length: 0\r\n\r\n"));
}

TEST_F(AnswersTest, AnUpstreamThatEndsBehindAnInterimAnswerHasNotAnswered) {
  Ask(Request("/"));
  harness_.Receive(harness_.upstream(), "HTTP/1.1 103 Early Hints\r\n\r\n");
  harness_.Take(client_);
  harness_.ReceiveEnd(harness_.upstream());
  EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 503 "));
}

TEST_F(AnswersTest, InterimAnswersGoAhead) {
  Ask(Request("/", "expect: 100-continue\r\ncontent-length: 2\r\n", "POST"));
  EXPECT_THAT(harness_.Take(harness_.upstream()), HasSubstr("expect: 100-continue\r\n"));
  Answer("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(harness_.Take(client_), "HTTP/1.1 100 Continue\r\n\r\n");
  harness_.Receive(client_, "ab");
  EXPECT_EQ(harness_.Take(harness_.upstream()), "ab");
  Answer(
      StrCat("HTTP/1.1 103 Early Hints\r\nconnection: keep-alive\r\nkeep-alive: 5\r\n"
             "proxy-connection: x\r\nupgrade: x\r\nlink: </a>\r\n\r\n",
             kOk));
  EXPECT_THAT(harness_.Take(client_),
              AllOf(StartsWith("HTTP/1.1 103 Unknown\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n"),
                    EndsWith("\r\n\r\nok")));
}

TEST_F(AnswersTest, AHeadAnswerKeepsItsLengthAndHasNoBody) {
  Ask(Request("/", "", "HEAD"));
  Answer("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
  EXPECT_THAT(harness_.Take(client_),
              AllOf(HasSubstr("content-length: 1000\r\n"), EndsWith("\r\n\r\n")));
  harness_.Receive(client_, Request("/next"));
  EXPECT_THAT(harness_.Take(harness_.upstream()), HasSubstr("GET /next "));
  EXPECT_EQ(harness_.upstreams().size(), 1u) << "the connection is used again";
}

TEST_F(AnswersTest, AnUpstreamThatAnswersEarlyStopsTheUpload) {
  Ask(StrCat(Request("/", "content-length: 100\r\n", "POST"), "begin"));
  Answer("HTTP/1.1 413 No\r\ncontent-length: 0\r\n\r\n");
  EXPECT_THAT(harness_.Take(client_), AllOf(StartsWith("HTTP/1.1 413 Payload Too Large\r\n"),
                                            HasSubstr("connection: close\r\n")));
  EXPECT_TRUE(harness_.end(client_).shut);
  harness_.Receive(client_, std::string(95, 'x'));
  harness_.Advance(seconds(2));
  EXPECT_TRUE(harness_.end(client_).closed);
  EXPECT_TRUE(harness_.end(harness_.upstream()).closed);
}

TEST_F(AnswersTest, ABodyCutShortIsCutShortForTheClient) {
  Ask(Request("/"));
  Answer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
  harness_.ReceiveEnd(harness_.upstream());
  EXPECT_THAT(harness_.Take(client_), EndsWith("\r\n\r\nhalf"));
  EXPECT_TRUE(harness_.end(client_).closed || harness_.end(client_).shut);
  EXPECT_THAT(harness_.request_logs(),
              ElementsAre("GET / 200 UPE upstream_reset_after_response_started{protocol_error}"));
}

TEST_F(AnswersTest, AWebsocketThatIsRefusedEndsTheConnection) {
  const std::string upgrade = "connection: Upgrade\r\nupgrade: websocket\r\n";
  Ask(Request("/", upgrade));
  Answer("HTTP/1.1 403 No\r\ncontent-length: 4\r\n\r\nsure");
  EXPECT_THAT(harness_.Take(client_), AllOf(StartsWith("HTTP/1.1 403 Forbidden\r\n"),
                                            HasSubstr("connection: close\r\n"), EndsWith("sure")));
  EXPECT_TRUE(harness_.end(client_).shut);
}

TEST_F(AnswersTest, AWebsocketsRequestMayHaveABody) {
  Ask(StrCat(Request("/",
                     "connection: Upgrade\r\nupgrade: websocket\r\n"
                     "transfer-encoding: chunked\r\n"),
             "3\r\nabc\r\n0\r\n\r\n"));
  EXPECT_THAT(harness_.Take(harness_.upstream()),
              AllOf(HasSubstr("upgrade: websocket\r\n"), EndsWith("3\r\nabc\r\n0\r\n\r\n")));
}

TEST_F(AnswersTest, ARefusedRequestIsLoggedWithItsTimesAndBytes) {
  const std::string request = "GET / HTTP/1.1\r\nhost: a.com\r\nhost: a.com\r\n\r\n";
  std::optional<RequestLog> log;
  harness_.on_request = [&log](const RequestLog& told) { log = told; };
  Ask(request);
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(log->status, 400);
  EXPECT_EQ(log->request_wire_bytes, request.size());
  EXPECT_EQ(log->request_duration, Duration::zero());
}

TEST_F(AnswersTest, AWebsocketLivesBeyondTheRoutesTimeout) {
  Ask(Request("/timed", "connection: Upgrade\r\nupgrade: websocket\r\n"));
  Answer("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 101 "));
  harness_.Advance(seconds(10));
  Answer("pushed");
  EXPECT_EQ(harness_.Take(client_), "pushed");
  harness_.ReceiveEnd(client_);
  EXPECT_TRUE(harness_.end(harness_.upstream()).shut);
  harness_.ReceiveEnd(harness_.upstream());
  EXPECT_EQ(harness_.engine().connections(), 0u);
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET /timed 101 - via_upstream"));
}

TEST_F(AnswersTest, AWebsocketWhoseUpstreamEndsFirstStillCarriesWhatTheClientSends) {
  Ask(Request("/", "connection: Upgrade\r\nupgrade: websocket\r\n"));
  Answer("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  harness_.Take(harness_.upstream());
  harness_.ReceiveEnd(harness_.upstream());
  EXPECT_TRUE(harness_.end(client_).shut);
  EXPECT_FALSE(harness_.end(client_).closed);
  harness_.Receive(client_, "last words");
  EXPECT_EQ(harness_.Take(harness_.upstream()), "last words");
  EXPECT_FALSE(harness_.end(harness_.upstream()).shut);
  harness_.ReceiveEnd(client_);
  EXPECT_TRUE(harness_.end(harness_.upstream()).shut);
  EXPECT_EQ(harness_.engine().connections(), 0u);
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET / 101 - via_upstream"));
}

// --- Limits of our own ---

constexpr std::string_view kTcpToo = R"(
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: tcp, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 9000, name: tcp, protocol: TCP}
    hosts: ["*"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: tcp, namespace: prod}
spec:
  hosts: ["*"]
  gateways: [istio-system/tcp]
  tcp:
  - route: [{destination: {host: bytes.prod.svc.cluster.local, port: {number: 1}}}]
)";

// What a tunnel holds is no stream's, and so cannot be shed.
TEST(OverloadTest, AnEngineThatIsFullRefusesRequestsAndConnections) {
  EngineHarness::Options options;
  options.engine.limits.memory_bytes = 256 << 10;
  options.engine.limits.output_bytes = 0;
  options.write_at_once = false;
  EngineHarness harness(
      BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes), kTcpToo), IngressOptions()), options);
  const ConnectionId client = harness.Accept(80), grpc = harness.Accept(80);
  harness.Accept(9000);
  const std::string flood(270'000, 'x');
  harness.engine().Receive(harness.now(), harness.upstream(), AsBytes(flood));  // Nobody takes it.
  EXPECT_GT(harness.engine().stats().memory_bytes, size_t{256'901}) << "0.98 of the limit";
  const std::string request = Request("/");
  harness.engine().Receive(harness.now(), client, AsBytes(request));
  const std::string call = Request("/", "content-type: application/grpc\r\n");
  harness.engine().Receive(harness.now(), grpc, AsBytes(call));
  const ConnectionId late = harness.Accept(80);
  EXPECT_TRUE(harness.end(late).closed);
  EXPECT_THAT(harness.Take(client), AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\n"),
                                          EndsWith("\r\n\r\nenvoy overloaded")));
  EXPECT_THAT(harness.Take(grpc),
              HasSubstr("grpc-status: 14\r\ngrpc-message: envoy overloaded\r\n"));
  EXPECT_THAT(harness.request_logs(),
              ElementsAre("GET / 503 OM overload", "GET / 200 OM overload"));
  EXPECT_THAT(harness.connection_logs(), ElementsAre("OM overload"));
  // Once the bytes are taken there is room again.
  EXPECT_FALSE(harness.end(harness.Accept(80)).closed);
}

}  // namespace
}  // namespace postern
