// HTTP/2 of clients through an Engine in memory: which connections speak it, what its streams get,
// how windows hold a fast side back, and how a connection ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"
#include "tests/wire/h2_frames.h"

namespace postern {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRoutes = R"(
  - match: [{uri: {exact: /direct}}]
    directResponse: {status: 200, body: {string: hello}}
  - match: [{uri: {exact: /direct204}}]
    directResponse: {status: 204, body: {string: hello}}
  - match: [{uri: {exact: /timed}}]
    timeout: 1s
    route: $WEB
  - route: $WEB
)";

constexpr uint8_t kData = 0, kHeaders = 1, kRst = 3, kWindowUpdate = 8;
constexpr uint8_t kEndStream = 1, kEndHeaders = 4;

std::string Head(uint32_t stream, std::string_view method, std::string_view path, bool end,
                 std::string_view more = "") {
  return H2Frame(kHeaders, end ? kEndStream | kEndHeaders : kEndHeaders, stream,
                 StrCat(H2Field(":method", method), H2Field(":scheme", "http"),
                        H2Field(":authority", "a.com"), H2Field(":path", path), more));
}

std::string Window(uint32_t stream, uint32_t size) {
  std::string payload;
  for (const int shift : {24, 16, 8, 0}) payload += static_cast<char>(size >> shift);
  return H2Frame(kWindowUpdate, 0, stream, payload);
}

class H2Test : public testing::Test {
 protected:
  H2Test() { Start(EngineOptions::Istio()); }

  void Start(const EngineOptions& engine) {
    EngineHarness::Options of_harness;
    of_harness.engine = engine;
    harness_ = std::make_unique<EngineHarness>(
        BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes, "['*']")), IngressOptions()),
        of_harness);
    reader_ = std::make_unique<H2Reader>();
    client_ = harness_->Accept(80);
    Send(H2Preface());
  }

  void Send(std::string_view bytes) {
    harness_->Receive(client_, bytes);
    Read();
  }
  void Answer(ConnectionId upstream, std::string_view bytes) {
    harness_->Receive(upstream, bytes);
    Read();
  }
  void Advance(Duration by) {
    harness_->Advance(by);
    Read();
  }
  void Read() { reader_->Read(harness_->Take(client_)); }
  const H2Answer& answer(uint32_t stream) { return reader_->answers[stream]; }

  std::unique_ptr<EngineHarness> harness_;
  std::unique_ptr<H2Reader> reader_;
  ConnectionId client_;
};

TEST_F(H2Test, SaysWhatAnIstioGatewaySays) {
  EXPECT_THAT(reader_->settings, ElementsAre(testing::Pair(1, 4096), testing::Pair(3, 1024),
                                             testing::Pair(4, 16'777'216), testing::Pair(8, 0)));
  EXPECT_EQ(reader_->windows[0], 25'100'289u);  // observed.md 1.4.
}

TEST_F(H2Test, ForwardsOverHttp1WithTheFieldsOfAGateway) {
  Send(Head(1, "GET", "/x?y", true,
            StrCat(H2Field("cookie", "a=1"), H2Field("x-a", "1"), H2Field("cookie", "b=2"))));
  EXPECT_THAT(harness_->Take(harness_->upstream()),
              StartsWith("GET /x?y HTTP/1.1\r\nhost: a.com\r\ncookie: a=1; b=2\r\nx-a: 1\r\n"
                         "x-forwarded-for: 192.0.2.1\r\nx-forwarded-proto: http\r\n"
                         "x-envoy-external-address: 192.0.2.1\r\nx-request-id: "));
  Answer(harness_->upstream(),
         "HTTP/1.1 200 OK\r\nserver: up\r\nconnection: keep-alive\r\nx-b: 2\r\n"
         "content-length: 2\r\n\r\nok");
  EXPECT_EQ(answer(1).status, 200);
  EXPECT_EQ(answer(1).fields,
            "server: postern\nx-b: 2\ncontent-length: 2\nx-envoy-upstream-service-time: 0\n"
            "date: Tue, 24 Nov 2026 10:27:00 GMT\n");
  EXPECT_EQ(answer(1).body, "ok");
  EXPECT_TRUE(answer(1).end);
  EXPECT_THAT(harness_->request_logs(), ElementsAre("GET /x?y 200 - via_upstream"));
}

TEST_F(H2Test, AHeadHasTheFieldsAndNoBody) {
  Send(Head(1, "GET", "/direct", true) + Head(3, "HEAD", "/direct", true) +
       Head(5, "HEAD", "/", true, H2Field("expect", "x")) + Head(7, "GET", "/direct204", true));
  EXPECT_EQ(answer(1).body, "hello");
  EXPECT_EQ(answer(3).fields, answer(1).fields);
  EXPECT_EQ(answer(5).status, 417);
  EXPECT_EQ(answer(7).status, 204);
  EXPECT_THAT(answer(7).fields, StartsWith("date: "));
  for (const uint32_t stream : {3, 5, 7}) {
    EXPECT_EQ(answer(stream).body, "") << stream;
    EXPECT_TRUE(answer(stream).end) << stream;
  }
}

TEST_F(H2Test, ThePrefaceIsWaitedForInWhateverPiecesAndHttp1IsNot) {
  for (size_t split = 1; split < 24; ++split) {
    client_ = harness_->Accept(80);
    reader_ = std::make_unique<H2Reader>();
    const std::string bytes = H2Preface() + Head(1, "GET", "/direct", true);
    harness_->Receive(client_, bytes.substr(0, split));
    EXPECT_EQ(harness_->Take(client_), "") << split;
    Send(bytes.substr(split));
    EXPECT_EQ(answer(1).body, "hello") << split;
  }
  for (const std::string_view begin : {"P", "PR", "G"}) {
    client_ = harness_->Accept(80);
    harness_->Receive(client_, begin);
    harness_->Receive(client_,
                      std::string_view(begin == "G" ? "GET" : "PROPFIND").substr(begin.size()));
    harness_->Receive(client_, " /direct HTTP/1.1\r\nhost: a\r\n\r\n");
    EXPECT_THAT(harness_->Take(client_), EndsWith("\r\n\r\nhello")) << begin;
  }
}

TEST_F(H2Test, StreamsAreAnsweredInAnyOrderOverConnectionsOfTheirOwn) {
  Send(Head(1, "GET", "/1", true) + Head(3, "GET", "/3", true) + Head(5, "GET", "/direct", true));
  ASSERT_EQ(harness_->upstreams().size(), 2u);
  EXPECT_EQ(answer(5).body, "hello");
  Answer(harness_->upstreams()[1], "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n3");
  Answer(harness_->upstreams()[0], "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1");
  EXPECT_EQ(answer(3).body, "3");
  EXPECT_EQ(answer(1).body, "1");
  EXPECT_FALSE(harness_->end(client_).shut);
}

TEST_F(H2Test, ABodyGoesThroughBothWays) {
  Send(Head(1, "POST", "/", false) + H2Frame(kData, 0, 1, "abc"));
  Send(H2Frame(kData, kEndStream, 1, "def"));
  const std::string sent = harness_->Take(harness_->upstream());
  EXPECT_THAT(sent, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_THAT(sent, EndsWith("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"));
  Answer(harness_->upstream(), "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n");
  EXPECT_EQ(answer(1).body, "ok");
  EXPECT_FALSE(answer(1).end);
  Answer(harness_->upstream(), "0\r\n\r\n");
  EXPECT_TRUE(answer(1).end);
}

TEST_F(H2Test, AnAnswerWaitsForTheClientsWindowAndTheUpstreamForTheAnswer) {
  Send(Head(1, "GET", "/", true) + Head(3, "GET", "/", true));
  const ConnectionId slow = harness_->upstreams()[0], other = harness_->upstreams()[1];
  Answer(slow,
         StrCat("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", std::string(100'000, 'x')));
  EXPECT_EQ(answer(1).body.size(), 65'535u);
  EXPECT_FALSE(harness_->end(slow).reading);
  Send(Window(0, 1'000'000));
  Answer(other, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n3");
  EXPECT_EQ(answer(3).body, "3") << "one stream's window is not the other's";
  Send(Window(1, 1'000'000));
  EXPECT_EQ(answer(1).body.size(), 100'000u);
  EXPECT_TRUE(answer(1).end);
}

TEST_F(H2Test, AnAnswerMadeHereWaitsForTheClientsWindow) {
  Send(H2Frame(/*type=*/4, 0, 0, std::string("\0\4\0\0\0\2", 6)));  // Two bytes a stream.
  Send(Head(1, "POST", "/direct", false));
  EXPECT_EQ(answer(1).status, 200);
  EXPECT_EQ(answer(1).body, "he");
  EXPECT_THAT(harness_->request_logs(), IsEmpty());
  Send(H2Frame(kData, kEndStream, 1, "what nobody wants"));
  Send(Window(1, 3));
  EXPECT_EQ(answer(1).body, "hello");
  EXPECT_TRUE(answer(1).end);
  EXPECT_EQ(harness_->request_logs().size(), 1u);
}

TEST_F(H2Test, AGrpcTimeoutOfNothingIsNone) {
  Send(Head(1, "POST", "/timed", true,
            StrCat(H2Field("content-type", "application/grpc"), H2Field("grpc-timeout", "0S"))));
  Advance(seconds(2));
  EXPECT_THAT(answer(1).fields, HasSubstr("grpc-status: 14\n"));
}

TEST_F(H2Test, FramesOfNoRequestDoNotPutOffTheIdleTime) {
  for (int i = 0; i < 3; ++i) {
    Advance(minutes(30));
    Send(H2Frame(/*type=*/6, 0, 0, "12345678"));
  }
  EXPECT_TRUE(reader_->goaway.has_value());
}

TEST_F(H2Test, AWindowUpdateByNothingIsTheStreamsErrorUnlessItIsIdle) {
  Send(Head(1, "GET", "/", true));
  Send(Window(1, 0));
  EXPECT_FALSE(reader_->goaway.has_value());
  Send(Window(5, 0));
  EXPECT_TRUE(reader_->goaway.has_value());
}

TEST_F(H2Test, ARequestsWindowIsGivenBackAsTheUpstreamTakesIt) {
  harness_->connect = [](const HarnessEnd&) { return std::nullopt; };
  Start(EngineOptions::Edge());
  harness_->connect = [](const HarnessEnd&) { return std::nullopt; };
  const uint64_t before = reader_->windows[0];
  Send(Head(1, "POST", "/", false));
  for (int i = 0; i < 3; ++i) Send(H2Frame(kData, 0, 1, std::string(16'000, 'x')));
  EXPECT_EQ(reader_->windows[1], 0u);
  EXPECT_EQ(reader_->windows[0], before);
  harness_->engine().Connected(harness_->now(), harness_->upstream(), {});
  harness_->Flush();
  Send(H2Frame(kData, 0, 1, std::string(1'000, 'x')));
  EXPECT_GE(reader_->windows[1], 32'000u);
}

TEST_F(H2Test, AClientsResetEndsItsStreamAndNoOther) {
  Send(Head(1, "GET", "/", true) + Head(3, "GET", "/", true));
  Send(H2Frame(kRst, 0, 1, std::string("\0\0\0\x08", 4)));
  EXPECT_TRUE(harness_->end(harness_->upstreams()[0]).closed);
  Answer(harness_->upstreams()[1], "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(answer(3).status, 204);
  EXPECT_THAT(harness_->request_logs(),
              ElementsAre("GET / 0 DR http2.remote_reset", "GET / 204 - via_upstream"));
}

TEST_F(H2Test, AnUpstreamThatBreaksOffResetsTheStreamAndNotTheConnection) {
  Send(Head(1, "GET", "/", true));
  Answer(harness_->upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart");
  harness_->ReceiveEnd(harness_->upstream());
  Read();
  EXPECT_EQ(answer(1).reset, 2u);  // INTERNAL_ERROR.
  EXPECT_FALSE(reader_->goaway.has_value());
  Send(Head(3, "GET", "/direct", true));
  EXPECT_EQ(answer(3).body, "hello");
}

TEST_F(H2Test, AnEarlyAnswerEndsTheStreamWithoutAnError) {
  Send(Head(1, "POST", "/direct", false));
  EXPECT_EQ(answer(1).body, "hello");
  EXPECT_EQ(answer(1).reset, 0u);
  Send(H2Frame(kData, kEndStream, 1, "late"));
  Send(Head(3, "GET", "/direct", true));
  EXPECT_EQ(answer(3).status, 200);
}

TEST_F(H2Test, ADrainSaysGoawayTwiceAndWaitsForWhatIsUnderWay) {
  Send(Head(1, "GET", "/", true));
  harness_->engine().Drain(harness_->now(), harness_->now() + seconds(60));
  harness_->Flush();
  Read();
  EXPECT_EQ(reader_->goaway, 0u);
  EXPECT_EQ(reader_->goaway_stream, 0x7fffffffu);
  Send(Head(3, "GET", "/direct", true));
  EXPECT_EQ(answer(3).status, 200) << "it was on its way";
  Advance(seconds(5));
  EXPECT_EQ(reader_->goaway_stream, 3u);
  EXPECT_FALSE(harness_->end(client_).shut);
  Answer(harness_->upstream(), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(answer(1).status, 204);
  EXPECT_TRUE(harness_->end(client_).shut);
}

TEST_F(H2Test, AHeadThatTakesTooLongIsResetAndTheOthersGoOn) {
  Start(EngineOptions::Edge());
  Send(Head(1, "GET", "/", true) + H2Frame(kHeaders, kEndStream, 3, H2Field(":method", "GET")));
  Advance(seconds(59));
  EXPECT_EQ(answer(3).reset, std::nullopt);
  Advance(seconds(2));
  EXPECT_EQ(answer(3).reset, 7u);  // REFUSED_STREAM.
  Answer(harness_->upstream(), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(answer(1).status, 204);
  EXPECT_FALSE(harness_->end(client_).shut);
}

TEST_F(H2Test, AnIdleConnectionSaysGoawayAndEnds) {
  Send(Head(1, "GET", "/direct", true));
  Advance(hours(1) + seconds(1));
  EXPECT_EQ(reader_->goaway, 0u);
  EXPECT_EQ(reader_->goaway_stream, 1u);
  Advance(seconds(2));
  EXPECT_THAT(harness_->connection_logs(), ElementsAre("- idle_timeout"));
}

TEST_F(H2Test, AClientThatLeavesIsNoErrorOfProtocol) {
  Send(Head(1, "GET", "/direct", true));
  harness_->ReceiveEnd(client_);
  harness_->Advance(seconds(2));
  EXPECT_THAT(harness_->connection_logs(), ElementsAre(Not(HasSubstr("DPE"))));
  EXPECT_EQ(harness_->engine().stats().floods, 0u);
}

TEST_F(H2Test, WhatAnErrorOfProtocolEndsIsFlaggedWithIt) {
  Send(Head(1, "GET", "/", true));
  Send(H2Frame(kData, 0, 0, "of no stream"));
  harness_->Flush();
  EXPECT_TRUE(harness_->end(harness_->upstream()).closed);
  EXPECT_THAT(harness_->request_logs(), ElementsAre(HasSubstr("GET / 0 DPE http2.")));
}

TEST_F(H2Test, AFloodIsCountedAndEndsTheConnection) {
  std::string resets;
  for (uint32_t id = 1; id < 2 * 150; id += 2) {
    resets += Head(id, "GET", "/", true) + H2Frame(kRst, 0, id, std::string("\0\0\0\x08", 4));
  }
  Send(resets);
  harness_->Flush();
  Read();
  EXPECT_EQ(reader_->goaway, 11u);  // ENHANCE_YOUR_CALM.
  EXPECT_EQ(harness_->engine().stats().floods, 1u);
  EXPECT_TRUE(harness_->end(client_).shut);
}

TEST_F(H2Test, AServiceGetsTheTrailersOfARequest) {
  class Keeper : public Service {
   public:
    void OnRequest(Engine&, StreamId, const ServiceRequest&) override {}
    void OnDataEnd(Engine&, StreamId, std::span<const HeaderView> trailers) override {
      for (const HeaderView& field : trailers) StrAppend(&kept, field.name, "=", field.value, "\n");
    }
    void OnClose(Engine&, StreamId, const absl::Status&) override {}
    std::string kept;
  } keeper;
  harness_->engine().Serve("web.prod.svc.cluster.local", 0, &keeper);
  Send(StrCat(Head(1, "POST", "/x", false), H2Frame(kData, 0, 1, "body"),
              H2Frame(kHeaders, kEndStream | kEndHeaders, 1, H2Field("x-sum", "5"))));
  EXPECT_EQ(keeper.kept, "x-sum=5\n");
}

TEST_F(H2Test, GrpcGetsItsLocalAnswersAsTrailersOnly) {
  harness_->connect = [](const HarnessEnd&) { return absl::UnavailableError("refused"); };
  Send(Head(1, "POST", "/s/m", true, H2Field("content-type", "application/grpc")));
  Advance(seconds(2));
  EXPECT_EQ(answer(1).status, 200);
  EXPECT_THAT(answer(1).fields, StartsWith("content-type: application/grpc\ngrpc-status: 14\n"
                                           "grpc-message: upstream connect error"));
  EXPECT_EQ(answer(1).body, "");
  EXPECT_TRUE(answer(1).end);
}

}  // namespace
}  // namespace postern
