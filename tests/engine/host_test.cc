// What a host can put into the way of connections and requests: the PROXY protocol in front of
// them, a RequestFilter, a Service that streams.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "postern/filter.h"
#include "postern/service.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRoutes = R"(
  - match: [{uri: {prefix: /direct}}]
    directResponse: {status: 200, body: {string: hello}}
  - match: [{uri: {prefix: /retried}}]
    retries: {attempts: 1, retryOn: "5xx"}
    headers: {request: {set: {x-op: "1"}}}
    rewrite: {uri: /there}
    route: $WEB
  - timeout: 5s
    route: $WEB
)";

std::shared_ptr<const Snapshot> Config(bool proxy_protocol = false) {
  SnapshotOptions options = IngressOptions();
  options.proxy_protocol = proxy_protocol;
  return BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes)), options);
}

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

std::string Request(std::string_view path, std::string_view more = "",
                    std::string_view method = "GET") {
  return StrCat(method, " ", path, " HTTP/1.1\r\nhost: a.com\r\n", more, "\r\n");
}

// --- PROXY protocol ---

TEST(ProxyHeaderTest, ItsAddressIsTheClientsHoweverItIsCut) {
  const auto snapshot = Config(true);
  const std::string binary(
      "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\xcb\0\x71\1\x10\x20\0\x50", 28);
  for (const std::string& header :
       {std::string("PROXY TCP4 198.51.100.7 203.0.113.1 4128 80\r\n"), binary}) {
    const std::string all = header + Request("/");
    for (size_t at = 1; at < all.size(); ++at) {
      EngineHarness harness(snapshot);
      std::string remote;
      harness.on_request = [&](const RequestLog& log) {
        remote = StrCat(log.connection->peer->remote.ToString(), " by ",
                        log.connection->socket->remote.ToString());
      };
      const ConnectionId client = harness.Accept(80);
      harness.Receive(client, all.substr(0, at));
      harness.Receive(client, all.substr(at));
      ASSERT_EQ(harness.upstreams().size(), 1u) << at;
      EXPECT_THAT(harness.Take(harness.upstream()), HasSubstr("x-forwarded-for: 198.51.100.7\r\n"));
      harness.Receive(harness.upstream(), kOk);
      EXPECT_THAT(harness.Take(client), EndsWith("ok"));
      EXPECT_EQ(remote, "198.51.100.7:4128 by 192.0.2.1:1234");
    }
  }
}

TEST(ProxyHeaderTest, UnknownKeepsTheSocketsAddress) {
  EngineHarness harness(Config(true));
  const ConnectionId client = harness.Accept(80);
  harness.Receive(client, "PROXY UNKNOWN\r\n" + Request("/"));
  EXPECT_THAT(harness.Take(harness.upstream()), HasSubstr("x-forwarded-for: 192.0.2.1\r\n"));
}

TEST(ProxyHeaderTest, AConnectionWithoutOneIsClosedWithoutAByte) {
  EngineHarness harness(Config(true));
  const ConnectionId client = harness.Accept(80);
  harness.Receive(client, Request("/"));
  EXPECT_TRUE(harness.end(client).closed);
  EXPECT_EQ(harness.Take(client), "");
  EXPECT_THAT(harness.connection_logs(), ElementsAre("- proxy_protocol_error"));
  const ConnectionId silent = harness.Accept(80);
  harness.Advance(seconds(20));
  EXPECT_TRUE(harness.end(silent).closed);
  EXPECT_THAT(harness.connection_logs().back(), HasSubstr("downstream_pre_cx_timeout"));
}

// --- RequestFilter ---

class Gate : public RequestFilter {
 public:
  void OnRequest(Engine& engine, OperationId operation, const FilteredRequest& request) override {
    asked.push_back(operation);
    seen = StrCat(request.head.method, " ", request.head.path, " for ",
                  request.connection->peer->remote.ToString());
    if (verdict) engine.Complete(engine.now(), operation, *verdict);
  }
  void OnCancel(Engine& /*engine*/, OperationId /*operation*/) override { ++cancelled; }

  std::optional<FilterVerdict> verdict;
  std::vector<OperationId> asked;
  std::string seen;
  int cancelled = 0;
};

class FilterTest : public testing::Test {
 protected:
  FilterTest() : harness_(Config(), Options()) {}

  EngineHarness::Options Options() {
    EngineHarness::Options options;
    options.engine.filter = &gate_;
    return options;
  }
  ConnectionId Ask(std::string_view bytes) {
    const ConnectionId client = harness_.Accept(80);
    harness_.Receive(client, bytes);
    return client;
  }
  void Complete(const FilterVerdict& verdict) {
    harness_.engine().Complete(harness_.now(), gate_.asked.back(), verdict);
    harness_.Flush();
  }

  Gate gate_;
  EngineHarness harness_;
};

TEST_F(FilterTest, ItsEditsGoBothWays) {
  gate_.verdict = ContinueRequest{{{HeaderOp::Kind::kSet, "X-User", "me"}},
                                  {{HeaderOp::Kind::kAdd, "x-checked", "1"}}};
  const ConnectionId client = Ask(Request("/", "x-user: root\r\n"));
  EXPECT_EQ(gate_.seen, "GET / for 192.0.2.1:1234");
  const std::string sent = harness_.Take(harness_.upstream());
  EXPECT_THAT(sent, HasSubstr("x-user: me\r\n"));
  EXPECT_THAT(sent, Not(HasSubstr("root")));
  harness_.Receive(harness_.upstream(), kOk);
  EXPECT_THAT(harness_.Take(client), HasSubstr("x-checked: 1\r\n"));
}

TEST_F(FilterTest, WhileItThinksNothingGoesUpstreamAndTheBodyWaits) {
  const ConnectionId client = Ask(StrCat(Request("/", "content-length: 4\r\n", "POST"), "bo"));
  harness_.Receive(client, "dy");
  EXPECT_TRUE(harness_.upstreams().empty());
  Complete(ContinueRequest());
  Complete(AnswerRequest());  // Too late.
  EXPECT_THAT(harness_.Take(harness_.upstream()), EndsWith("\r\n\r\nbody"));
  harness_.Receive(harness_.upstream(), kOk);
  EXPECT_THAT(harness_.Take(client), EndsWith("ok"));
}

TEST_F(FilterTest, ItsAnswerIsTheAnswerOfARouteOfAnyKind) {
  AnswerRequest denied;
  denied.status = 401;
  denied.headers = {{"WWW-Authenticate", "Basic"}, {"bad name", "x"}, {"x-bad", "a\r\nb: c"}};
  denied.body = "who are you";
  denied.detail = "no_token";
  gate_.verdict = denied;
  for (const char* path : {"/", "/direct"}) {
    const ConnectionId client = Ask(Request(path));
    const std::string answer = harness_.Take(client);
    EXPECT_THAT(answer,
                AllOf(StartsWith("HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\n"),
                      Not(HasSubstr("b: c")), EndsWith("\r\n\r\nwho are you")));
  }
  EXPECT_TRUE(harness_.upstreams().empty());
  EXPECT_THAT(harness_.request_logs(),
              ElementsAre("GET / 401 UAEX no_token", "GET /direct 401 UAEX no_token"));
}

TEST_F(FilterTest, OneThatDoesNotAnswerDeniesAfterItsTime) {
  const ConnectionId client = Ask(Request("/"));
  harness_.Advance(seconds(9));
  EXPECT_EQ(harness_.Take(client), "");
  harness_.Advance(seconds(2));
  EXPECT_THAT(harness_.Take(client), StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_EQ(gate_.cancelled, 1);
  Complete(ContinueRequest());
  EXPECT_TRUE(harness_.upstreams().empty());
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET / 403 UAEX filter_timeout"));
}

TEST_F(FilterTest, AClientThatLeavesCancelsItsQuestion) {
  harness_.Fail(Ask(Request("/")));
  EXPECT_EQ(gate_.cancelled, 1);
  Complete(ContinueRequest());
  EXPECT_TRUE(harness_.upstreams().empty());
}

TEST_F(FilterTest, WhatHasNoRouteIsNotAsked) {
  Ask("GET / HTTP/1.1\r\nhost: nobody\r\n\r\n");
  EXPECT_TRUE(gate_.asked.empty());
}

// --- Service ---

// A Desk keeps what a Service is told, a line each, and leaves the answers to the test.
class Desk : public Service {
 public:
  void OnRequest(Engine& /*engine*/, StreamId id, const ServiceRequest& request) override {
    stream = id;
    StrAppend(&told, request.head.method, " ", request.head.path, request.has_body ? " +body" : "",
              " try ", request.attempt, "\n");
    for (const HeaderView& field : request.head.headers) {
      if (field.name.starts_with("x-op")) StrAppend(&told, field.name, "=", field.value, "\n");
    }
  }
  void OnData(Engine& /*engine*/, StreamId /*id*/, ByteSpan bytes) override {
    StrAppend(&told, "data ", AsText(bytes), "\n");
  }
  void OnDataEnd(Engine& /*engine*/, StreamId /*id*/, std::span<const HeaderView> /*t*/) override {
    told += "end\n";
  }
  void OnWritable(Engine& /*engine*/, StreamId /*id*/) override { told += "writable\n"; }
  void OnClose(Engine& /*engine*/, StreamId /*id*/, const absl::Status& why) override {
    StrAppend(&told, "close ", static_cast<int>(why.code()), "\n");
  }
  std::string Take() { return std::exchange(told, {}); }

  StreamId stream;
  std::string told;
};

class ServiceTest : public testing::Test {
 protected:
  ServiceTest() { harness_.engine().Serve("web.prod.svc.cluster.local", 0, &desk_); }

  void Ask(std::string_view bytes) {
    client_ = harness_.Accept(80);
    harness_.Receive(client_, bytes);
  }
  Engine& engine() { return harness_.engine(); }
  TimePoint now() const { return harness_.now(); }

  Desk desk_;
  EngineHarness harness_{Config()};
  ConnectionId client_;
};

TEST_F(ServiceTest, AnswersInOneCall) {
  Ask(Request("/"));
  EXPECT_EQ(desk_.Take(), "GET / try 1\n");
  const HeaderView fields[] = {{"X-A", "1"}, {"connection", "close"}, {"bad\r\n", "x"}};
  engine().Respond(now(), desk_.stream, {201, fields}, AsBytes("made"));
  harness_.Flush();
  const std::string answer = harness_.Take(client_);
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 201 Created\r\nx-a: 1\r\ncontent-length: 4\r\n"),
                            Not(HasSubstr("close")), EndsWith("\r\n\r\nmade")));
  EXPECT_EQ(desk_.Take(), "close 0\n");
  EXPECT_THAT(harness_.request_logs(), ElementsAre("GET / 201 - via_upstream"));
  harness_.Receive(client_, Request("/again"));
  EXPECT_EQ(desk_.Take(), "GET /again try 1\n") << "the connection was kept";
}

TEST_F(ServiceTest, StreamsBothWays) {
  Ask(StrCat(Request("/", "transfer-encoding: chunked\r\n", "POST"), "2\r\nab\r\n"));
  EXPECT_EQ(desk_.Take(), "POST / +body try 1\ndata ab\n");
  engine().Respond(now(), desk_.stream, {100, {}}, {}, false);
  engine().Respond(now(), desk_.stream, {200, {}}, AsBytes("one"), false);
  harness_.Flush();
  EXPECT_THAT(harness_.Take(client_),
              AllOf(StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"),
                    EndsWith("\r\n\r\n3\r\none\r\n")));
  harness_.Receive(client_, "1\r\nc\r\n0\r\n\r\n");
  EXPECT_EQ(desk_.Take(), "data c\nend\n");
  engine().Send(now(), desk_.stream, AsBytes("two"), true);
  harness_.Flush();
  EXPECT_EQ(harness_.Take(client_), "3\r\ntwo\r\n0\r\n\r\n");
  EXPECT_EQ(desk_.Take(), "close 0\n");
}

TEST_F(ServiceTest, WithoutALimitOfBytesAllOfABodyComes) {
  EngineHarness::Options options;
  options.engine.limits.stream_bytes = 0;
  EngineHarness harness(Config(), options);
  harness.engine().Serve("web.prod.svc.cluster.local", 0, &desk_);
  harness.Receive(harness.Accept(80),
                  StrCat(Request("/", "content-length: 4\r\n", "POST"), "body"));
  EXPECT_EQ(desk_.Take(), "POST / +body try 1\ndata body\nend\n");
}

TEST_F(ServiceTest, OneThatGivesUpIsTriedAgainAsTheRouteSays) {
  Ask(Request("/retried"));
  EXPECT_EQ(desk_.Take(), "GET /there try 1\nx-op=1\n");
  engine().Reset(now(), desk_.stream, absl::UnavailableError("busy"));
  harness_.Advance(seconds(1));
  EXPECT_EQ(desk_.Take(), "close 14\nGET /there try 2\nx-op=1\n");
  engine().Reset(now(), desk_.stream, absl::UnavailableError("busy"));
  harness_.Advance(seconds(1));
  EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_EQ(desk_.Take(), "close 14\n");
}

TEST_F(ServiceTest, ATimeoutOrAClientThatLeavesCancelsIt) {
  Ask(Request("/"));
  harness_.Advance(seconds(6));
  EXPECT_THAT(harness_.Take(client_), StartsWith("HTTP/1.1 504 "));
  EXPECT_EQ(desk_.Take(), "GET / try 1\nclose 1\n");
  engine().Respond(now(), desk_.stream, {});  // Too late.
  Ask(Request("/"));
  harness_.Fail(client_);
  EXPECT_EQ(desk_.Take(), "GET / try 1\nclose 1\n");
  engine().Respond(now(), desk_.stream, {});
  engine().Send(now(), desk_.stream, AsBytes("x"), true);
  harness_.Flush();
}

TEST_F(ServiceTest, OneThatHoldsBackHoldsTheClientBack) {
  Ask(Request("/", "content-length: 1000000\r\n", "POST"));
  engine().SetReading(now(), desk_.stream, false);
  desk_.Take();
  for (int i = 0; i < 40 && harness_.engine().reading(client_); ++i) {
    harness_.Receive(client_, std::string(10'000, 'x'));
  }
  EXPECT_FALSE(harness_.engine().reading(client_));
  EXPECT_EQ(desk_.Take(), "");
  engine().SetReading(now(), desk_.stream, true);
  harness_.Flush();
  EXPECT_THAT(desk_.Take(), StartsWith("data x"));
  EXPECT_TRUE(harness_.engine().reading(client_));
}

TEST_F(ServiceTest, ASlowClientIsNoticedAndTheServiceToldWhenThereIsRoom) {
  EngineHarness::Options slow;
  slow.write_at_once = false;
  EngineHarness harness(Config(), slow);
  harness.engine().Serve("web.prod.svc.cluster.local", 8080, &desk_);
  const ConnectionId client = harness.Accept(80);
  harness.Receive(client, Request("/"));
  desk_.Take();
  harness.engine().Respond(now(), desk_.stream, {}, {}, false);
  const std::string piece(16'000, 'x');
  size_t sent = 0;
  while (harness.engine().SendRoom(desk_.stream) > 0 && sent < 1'000'000) {
    harness.engine().Send(now(), desk_.stream, AsBytes(piece));
    sent += piece.size();
  }
  EXPECT_LT(sent, size_t{300'000});
  EXPECT_EQ(desk_.Take(), "");
  harness.Flush();
  EXPECT_EQ(desk_.Take(), "writable\n");
  harness.engine().Send(now(), desk_.stream, {}, true);
  harness.Flush();
  EXPECT_THAT(harness.Take(client), EndsWith("0\r\n\r\n"));
}

}  // namespace
}  // namespace postern
