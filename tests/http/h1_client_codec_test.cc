#include "lib/http/h1_client_codec.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "tests/support/string_sink.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

class H1ClientCodecTest : public testing::Test {
 protected:
  CodecEvent Next(std::string_view text) {
    rest_ += text;
    held_ = std::move(rest_);
    ByteSpan input = AsBytes(held_);
    CodecEvent event = codec_.Next(&input);
    rest_ = std::string(AsText(input));
    return event;
  }
  StreamKey Get() {
    return codec_.SendRequest({.method = "GET", .authority = "a", .path = "/"}, true);
  }

  CodecOptions options_;
  MessagePool pool_;
  StringSink out_;
  H1ClientCodec codec_{&options_, &pool_, &out_};
  std::string rest_, held_;
};

TEST_F(H1ClientCodecTest, FramesRequests) {
  Get();
  EXPECT_EQ(out_.bytes, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_FALSE(codec_.idle());
  Next("HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_TRUE(codec_.idle());
  out_.bytes.clear();
  codec_.SendRequest({.method = "POST", .authority = "a", .path = "/"}, true);
  EXPECT_EQ(out_.bytes, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
  Next("HTTP/1.1 204 No Content\r\n\r\n");
  out_.bytes.clear();
  const StreamKey stream =
      codec_.SendRequest({.method = "PUT", .authority = "a", .path = "/"}, false);
  codec_.SendData(stream, AsBytes("0123456789abcdefg"), false);
  codec_.SendData(stream, {}, true);
  EXPECT_EQ(out_.bytes,
            "PUT / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
            "11\r\n0123456789abcdefg\r\n0\r\n\r\n");
}

TEST_F(H1ClientCodecTest, IsUsedAgainAfterACompleteExchangeOnly) {
  Get();
  EXPECT_EQ(Next("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").kind, Kind::kResponse);
  EXPECT_EQ(Next("").kind, Kind::kData);
  EXPECT_EQ(Next("").kind, Kind::kEnd);
  EXPECT_TRUE(codec_.idle());
  EXPECT_TRUE(codec_.reusable());
  EXPECT_EQ(Next("HTTP/1.1 408 Request Timeout\r\n").kind, Kind::kFailed);
  EXPECT_FALSE(codec_.idle());
}

TEST_F(H1ClientCodecTest, ACloseBeforeAnyByteIsToldFromABrokenAnswer) {
  Get();
  codec_.PeerEnd();
  EXPECT_EQ(Next("").reason, ResetReason::kConnectionLost);

  H1ClientCodec other(&options_, &pool_, &out_);
  other.SendRequest({.method = "GET", .authority = "a", .path = "/"}, true);
  ByteSpan input = AsBytes("HTTP/1.1 2");
  EXPECT_EQ(other.Next(&input).kind, Kind::kNone);
  other.PeerEnd();
  EXPECT_EQ(other.Next(&input).reason, ResetReason::kProtocolError);
}

TEST_F(H1ClientCodecTest, UnfoldsAndTakesBareLineFeeds) {
  Get();
  const CodecEvent event = Next("HTTP/1.1 200 OK\nX: a  \n\t b\r\nY: c\n\r\n");
  ASSERT_EQ(event.kind, Kind::kResponse);
  EXPECT_EQ(event.response->headers.Find("y"), "c");
  EXPECT_TRUE(event.response->headers.Find("x")->starts_with("a"));
  EXPECT_TRUE(event.response->headers.Find("x")->ends_with(" b"));
}

TEST_F(H1ClientCodecTest, Forwards100And102To104AndSwallowsOtherInterims) {
  Get();
  EXPECT_EQ(Next("HTTP/1.1 199 X\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n").kind,
            Kind::kInterim);
  const CodecEvent event = Next("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  ASSERT_EQ(event.kind, Kind::kResponse);
  EXPECT_TRUE(event.end);
}

TEST_F(H1ClientCodecTest, AnUpgradeThatWasAskedForMakesATunnel) {
  const HeaderView fields[] = {{"connection", "upgrade"}, {"upgrade", "websocket"}};
  const StreamKey stream = codec_.SendRequest(
      {.method = "GET", .authority = "a", .path = "/", .headers = fields, .upgrade = true}, true);
  const CodecEvent event =
      Next("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\nraw");
  ASSERT_EQ(event.kind, Kind::kResponse);
  EXPECT_EQ(event.response->status, 101);
  EXPECT_FALSE(event.end);
  EXPECT_EQ(AsText(Next("").data), "raw");
  out_.bytes.clear();
  codec_.SendData(stream, AsBytes("to"), true);
  EXPECT_EQ(out_.bytes, "to");
  EXPECT_EQ(Next("more").kind, Kind::kData);
  codec_.PeerEnd();
  EXPECT_EQ(Next("").kind, Kind::kEnd);
  EXPECT_FALSE(codec_.reusable());
}

TEST_F(H1ClientCodecTest, AnUpgradeMayHaveABodyBeforeTheTunnel) {
  const HeaderView fields[] = {{"connection", "upgrade"}, {"upgrade", "websocket"}};
  const StreamKey stream = codec_.SendRequest(
      {.method = "GET", .authority = "a", .path = "/", .headers = fields, .upgrade = true}, false);
  codec_.SendData(stream, AsBytes("abc"), true);
  EXPECT_TRUE(out_.bytes.ends_with("transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
  EXPECT_EQ(Next("HTTP/1.1 101 Switching Protocols\r\n\r\n").kind, Kind::kResponse);
  out_.bytes.clear();
  codec_.SendData(stream, AsBytes("raw"), false);
  EXPECT_EQ(out_.bytes, "raw");
}

}  // namespace
}  // namespace postern
