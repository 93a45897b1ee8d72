#include "lib/http/h1_server_codec.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "tests/support/string_sink.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

class H1ServerCodecTest : public testing::Test {
 protected:
  CodecEvent Next(std::string_view text) {
    rest_ += text;
    held_ = std::move(rest_);
    ByteSpan input = AsBytes(held_);
    CodecEvent event = codec_.Next(&input);
    rest_ = std::string(AsText(input));
    return event;
  }

  CodecOptions options_;
  MessagePool pool_;
  StringSink out_;
  H1ServerCodec codec_{&options_, &pool_, &out_};
  std::string rest_, held_;
};

TEST_F(H1ServerCodecTest, ReadsARequestInPieces) {
  EXPECT_EQ(Next("GET /x?").kind, Kind::kNone);
  EXPECT_FALSE(codec_.idle());
  EXPECT_EQ(Next("y HTTP/1.1\r\nHOST: a:80\r\nX-").kind, Kind::kNone);
  const CodecEvent event = Next("Long: v\xe9\r\n\r\n");
  ASSERT_EQ(event.kind, Kind::kRequest);
  EXPECT_TRUE(event.end);
  EXPECT_EQ(event.request->method, "GET");
  EXPECT_EQ(event.request->path, "/x?y");
  EXPECT_EQ(event.request->authority, "a:80");
  ASSERT_EQ(event.request->headers.size(), 1u);
  EXPECT_EQ(event.request->headers[0].name, "x-long");
  EXPECT_EQ(event.request->headers[0].value, "v\xe9");
}

TEST_F(H1ServerCodecTest, KeepsTheNextRequestUntilTheFirstIsAnswered) {
  const CodecEvent first =
      Next("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_EQ(Next("").kind, Kind::kNone);
  codec_.SendResponse(first.stream, {.status = 200}, true);
  EXPECT_EQ(out_.bytes, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  const CodecEvent second = Next("");
  ASSERT_EQ(second.kind, Kind::kRequest);
  EXPECT_EQ(second.request->path, "/2");
  EXPECT_NE(second.stream, first.stream);
}

TEST_F(H1ServerCodecTest, AnAnswerBeforeTheEndOfTheRequestEndsTheConnection) {
  const CodecEvent event = Next("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc");
  codec_.SendResponse(event.stream, {.status = 404}, true);
  EXPECT_EQ(out_.bytes, "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  EXPECT_TRUE(codec_.finished());
  EXPECT_EQ(Next("").kind, Kind::kNone);
  EXPECT_TRUE(rest_.empty()) << "what follows is discarded";
}

TEST_F(H1ServerCodecTest, AHeadRequestGetsTheHeadOnly) {
  CodecEvent event = Next("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
  codec_.SendResponse(event.stream, {.status = 404}, true);
  EXPECT_EQ(out_.bytes, "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n");
  out_.bytes.clear();
  event = Next("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
  const HeaderView length = {"content-length", "5"};
  codec_.SendResponse(event.stream, {.status = 200, .headers = {&length, 1}}, false);
  codec_.SendData(event.stream, AsBytes("hello"), true);
  EXPECT_EQ(out_.bytes, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
  EXPECT_TRUE(codec_.idle());
}

TEST_F(H1ServerCodecTest, AHeadRequestThatIsRefusedGetsTheHeadOnlyHoweverItIsSplit) {
  constexpr std::string_view kRefused[] = {
      "HEAD / HTTP/1.1\r\nX\r\n\r\n", "HEAD  / HTTP/1.1\r\n", "HEAD /\t HTTP/1.1\r\n",
      "HEAD / RTSP/1.1\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"};
  for (const std::string_view request : kRefused) {
    for (size_t split = 0; split < request.size(); ++split) {
      StringSink out;
      H1ServerCodec codec(&options_, &pool_, &out);
      ByteSpan input = AsBytes(request.substr(0, split));
      CodecEvent event = codec.Next(&input);
      if (event.kind == Kind::kNone) {
        input = AsBytes(request.substr(split));
        event = codec.Next(&input);
      }
      ASSERT_EQ(event.kind, Kind::kRefused) << request;
      const HeaderView length = {"content-length", "11"};
      codec.SendResponse(event.stream, {.status = 400, .headers = {&length, 1}}, false);
      codec.SendData(event.stream, AsBytes("Bad Request"), true);
      EXPECT_TRUE(out.bytes.ends_with("\r\n\r\n")) << request << " at " << split;
      EXPECT_TRUE(codec.finished());
    }
  }
}

TEST_F(H1ServerCodecTest, OfARefusedHeadOnlyWholeFieldsAreGiven) {
  EXPECT_EQ(Next("GET / HTTP/1.1\r\na: 1\r\nb: 2").kind, Kind::kNone);
  const CodecEvent event = Next("\x01");
  ASSERT_EQ(event.kind, Kind::kRefused);
  ASSERT_EQ(event.request->headers.size(), 1u);
  EXPECT_EQ(event.request->headers[0].value, "1");
}

TEST_F(H1ServerCodecTest, NeverSendsMoreThanTheLengthAndClosesAfterLess) {
  CodecEvent event = Next("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  const HeaderView length = {"content-length", "3"};
  codec_.SendResponse(event.stream, {.status = 200, .headers = {&length, 1}}, false);
  codec_.SendData(event.stream, AsBytes("abcHTTP/1.1 200"), true);
  EXPECT_TRUE(out_.bytes.ends_with("\r\n\r\nabc"));
  EXPECT_TRUE(codec_.idle());
  event = Next("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  codec_.SendResponse(event.stream, {.status = 200, .headers = {&length, 1}}, false);
  codec_.SendData(event.stream, AsBytes("a"), true);
  EXPECT_TRUE(codec_.finished());
}

TEST_F(H1ServerCodecTest, LeavesOutAFieldThatWouldBeALineOfItsOwn) {
  const CodecEvent event = Next("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  const HeaderView fields[] = {{"a", "1"}, {"b", "2\r\nset-cookie: x"}, {"c\n", "3"}, {"d", "4"}};
  codec_.SendResponse(event.stream, {.status = 204, .headers = fields}, true);
  EXPECT_EQ(out_.bytes, "HTTP/1.1 204 No Content\r\na: 1\r\nd: 4\r\n\r\n");
}

TEST_F(H1ServerCodecTest, TheEndOfTheInputEndsAnIdleConnectionAndResetsABody) {
  codec_.PeerEnd();
  EXPECT_EQ(Next("").kind, Kind::kNone);
  EXPECT_TRUE(codec_.finished());

  H1ServerCodec other(&options_, &pool_, &out_);
  ByteSpan input = AsBytes("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc");
  EXPECT_EQ(other.Next(&input).kind, Kind::kRequest);
  EXPECT_EQ(other.Next(&input).kind, Kind::kData);
  other.PeerEnd();
  const CodecEvent event = other.Next(&input);
  EXPECT_EQ(event.kind, Kind::kReset);
  EXPECT_EQ(event.reason, ResetReason::kConnectionLost);
}

TEST_F(H1ServerCodecTest, WhoHasSentAWholeRequestAndClosedItsSideGetsTheAnswer) {
  const CodecEvent event = Next("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  codec_.PeerEnd();
  EXPECT_EQ(Next("").kind, Kind::kNone);
  EXPECT_FALSE(codec_.finished());
  codec_.SendResponse(event.stream, {.status = 200}, true);
  EXPECT_TRUE(codec_.finished());
}

TEST_F(H1ServerCodecTest, BytesAfterAnUpgradeWaitForThe101) {
  const CodecEvent event =
      Next("GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: WebSocket\r\n\r\nraw");
  EXPECT_EQ(event.request->upgrade, "websocket");
  EXPECT_EQ(Next("").kind, Kind::kNone);
  const HeaderView fields[] = {{"connection", "upgrade"}, {"upgrade", "websocket"}};
  codec_.SendResponse(event.stream, {.status = 101, .headers = fields}, false);
  EXPECT_EQ(
      out_.bytes,
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  const CodecEvent data = Next("");
  ASSERT_EQ(data.kind, Kind::kData);
  EXPECT_EQ(AsText(data.data), "raw");
  codec_.SendData(event.stream, AsBytes("back"), false);
  EXPECT_TRUE(out_.bytes.ends_with("\r\n\r\nback"));
  codec_.PeerEnd();
  EXPECT_EQ(Next("").kind, Kind::kEnd);
  EXPECT_FALSE(codec_.finished());
  codec_.SendData(event.stream, {}, true);
  EXPECT_TRUE(codec_.finished());
}

TEST_F(H1ServerCodecTest, ARefusedUpgradeEndsTheConnection) {
  const CodecEvent event =
      Next("GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nraw");
  codec_.SendResponse(event.stream, {.status = 403}, true);
  EXPECT_NE(out_.bytes.find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(codec_.finished());
}

TEST_F(H1ServerCodecTest, Http10IsServedWhereItIsAccepted) {
  options_.accept_http10 = true;
  CodecEvent event = Next("GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n");
  ASSERT_EQ(event.kind, Kind::kRequest);
  codec_.SendResponse(event.stream, {.status = 200}, true);
  EXPECT_EQ(out_.bytes, "HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n");
  out_.bytes.clear();
  event = Next("GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n");
  codec_.SendResponse(event.stream, {.status = 200}, false);
  codec_.SendData(event.stream, AsBytes("body"), true);
  EXPECT_EQ(out_.bytes, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nbody");
  EXPECT_TRUE(codec_.finished());
}

TEST_F(H1ServerCodecTest, ATransferEncodingInHttp10IsRefused) {
  options_.accept_http10 = true;
  const CodecEvent event =
      Next("POST / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
  ASSERT_EQ(event.kind, Kind::kRefused);
  EXPECT_EQ(event.refusal.status, 400);
}

TEST_F(H1ServerCodecTest, TrailersThatMayPassAreGivenWhereTheyAreWanted) {
  options_.trailers = true;
  EXPECT_EQ(Next("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n"
                 "grpc-status: 0\r\nhost: b\r\nContent-Length: 9\r\nx-envoy-y: 1\r\n\r\n")
                .kind,
            Kind::kRequest);
  const CodecEvent event = Next("");
  ASSERT_EQ(event.kind, Kind::kTrailers);
  ASSERT_EQ(event.trailers.size(), 1u);
  EXPECT_EQ(event.trailers[0].name, "grpc-status");
  EXPECT_EQ(Next("").kind, Kind::kEnd);
}

TEST_F(H1ServerCodecTest, DrainEndsAnIdleConnectionAtOnceAndABusyOneAfterItsAnswer) {
  const CodecEvent event = Next("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  codec_.Drain();
  EXPECT_FALSE(codec_.finished());
  codec_.SendResponse(event.stream, {.status = 200}, true);
  EXPECT_NE(out_.bytes.find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(codec_.finished());
  H1ServerCodec idle(&options_, &pool_, &out_);
  idle.Drain();
  EXPECT_TRUE(idle.finished());
}

TEST_F(H1ServerCodecTest, AnEmptyLineBeginsNoRequest) {
  const CodecEvent event = Next("GET / HTTP/1.1\r\nhost: a\r\n\r\n\r\n");
  codec_.SendResponse(event.stream, {.status = 200}, true);
  EXPECT_EQ(Next("").kind, Kind::kNone);
  EXPECT_TRUE(codec_.idle());
  EXPECT_FALSE(codec_.reading());
  EXPECT_EQ(Next("G").kind, Kind::kNone);
  EXPECT_FALSE(codec_.idle());
  EXPECT_TRUE(codec_.reading());

  H1ServerCodec drained(&options_, &pool_, &out_), ended(&options_, &pool_, &out_);
  for (H1ServerCodec* codec : {&drained, &ended}) {
    ByteSpan line = AsBytes("\r\n");
    EXPECT_EQ(codec->Next(&line).kind, Kind::kNone);
  }
  drained.Drain();
  EXPECT_TRUE(drained.finished());
  ended.PeerEnd();
  ByteSpan nothing;
  EXPECT_EQ(ended.Next(&nothing).kind, Kind::kNone) << "no broken head";
  EXPECT_TRUE(ended.finished());
}

TEST_F(H1ServerCodecTest, AHalfReadHeadCanBeRefused) {
  Next("GET / HTTP/1.1\r\nho");
  const StreamKey stream = codec_.Refuse();
  ASSERT_NE(stream, 0u);
  codec_.SendResponse(stream, {.status = 408}, true);
  EXPECT_TRUE(out_.bytes.starts_with("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n"));
  EXPECT_TRUE(codec_.finished());
}

struct Row {
  std::string_view name;
  std::string_view request;  // {}: Host.
  int status;                // 0: accepted.
};

TEST_F(H1ServerCodecTest, RefusesWhatIsNotExact) {
  static constexpr Row kRows[] = {
      {"accepted", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"version 2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"version 0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"version 1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"http 1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 426},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"host list", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400},
      {"host port text", "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", 400},
      {"host port empty", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", 0},
      {"host of no name", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400},
      {"host ipv6", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0},
      {"host ipv6 bare", "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n", 400},
      {"length zeros", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 000\r\n\r\n", 0},
      {"length list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", 400},
      {"length empty", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400},
      {"length inner space", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 0\r\n\r\n", 400},
      {"length 2^63", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n",
       400},
      {"te upper case", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED \r\n\r\n", 0},
      {"te empty", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 501},
      {"nominates host", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, host\r\n\r\n", 400},
      {"nominates x-envoy", "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Envoy-Foo\r\n\r\n", 400},
      {"nominates xfcc", "GET / HTTP/1.1\r\nHost: a\r\nConnection: x-forwarded-client-cert\r\n\r\n",
       400},
      {"nine options", "GET / HTTP/1.1\r\nHost: a\r\nConnection: a,b,c,d,e,f,g,h,i\r\n\r\n", 0},
      {"expect", "GET / HTTP/1.1\r\nHost: a\r\nExpect: the worst\r\n\r\n", 417},
      {"expect continue", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n", 0},
      {"get star", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"absolute without host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"absolute upper case", "GET HTTP://b/x HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"absolute, no Host", "GET http://b/x HTTP/1.1\r\n\r\n", 400},
      {"connect without port", "CONNECT b HTTP/1.1\r\nHost: b\r\n\r\n", 400},
      {"connect absolute", "CONNECT http://b/ HTTP/1.1\r\nHost: b\r\n\r\n", 400},
      {"one empty line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"bare LF first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"end by LF", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"end by CR CR LF", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", 400},
      {"colon in name", "GET / HTTP/1.1\r\nHost: a\r\n:x: 1\r\n\r\n", 400},
      {"form feed in target", "GET /a\x0c HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"delete in target", "GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400},
  };
  for (const Row& row : kRows) {
    for (const bool bytewise : {false, true}) {
      H1ServerCodec codec(&options_, &pool_, &out_);
      CodecEvent event;
      for (size_t at = 0; at < row.request.size() && event.kind == Kind::kNone;) {
        const size_t size = bytewise ? 1 : row.request.size();
        ByteSpan input = AsBytes(row.request.substr(at, size));
        event = codec.Next(&input);
        at += size - input.size();
      }
      EXPECT_EQ(event.kind, row.status == 0 ? Kind::kRequest : Kind::kRefused) << row.name;
      EXPECT_EQ(event.refusal.status, row.status) << row.name;
    }
  }
}

TEST_F(H1ServerCodecTest, GivesAContentLengthInCanonicalForm) {
  const CodecEvent event = Next("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0003\r\n\r\nabc");
  ASSERT_EQ(event.kind, Kind::kRequest);
  EXPECT_EQ(event.request->content_length, 3u);
  EXPECT_EQ(event.request->headers.Find("content-length"), "3");
}

}  // namespace
}  // namespace postern
