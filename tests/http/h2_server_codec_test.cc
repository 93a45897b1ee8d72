#include "lib/http/h2_server_codec.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "lib/http/h2_budget.h"
#include "tests/support/string_sink.h"
#include "tests/wire/h2_run.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;
using std::chrono::seconds;

constexpr uint8_t kEndStream = 1, kEndHeaders = 4, kPadded = 8, kPriority = 32;

class H2ServerCodecTest : public testing::Test {
 protected:
  H2ServerCodecTest() {
    Feed(H2Preface());
    EXPECT_EQ(Next().kind, Kind::kNone);
    sent_ = std::move(out_.bytes);
    out_.bytes.clear();
  }

  void Feed(std::string_view bytes) { input_ = bytes, rest_ = AsBytes(input_); }
  CodecEvent Next() { return codec_.Next(&rest_); }

  // Returns types and lengths of the frames sent since the last call: "HEADERS... DATA 5".
  std::string Frames() {
    std::string text;
    std::string_view bytes = out_.bytes;
    while (bytes.size() >= 9) {
      const auto at = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
      const size_t length = at(0) << 16 | at(1) << 8 | at(2);
      text += (text.empty() ? "" : " ") + std::to_string(at(3)) + ":" +
              (at(3) == 1 ? "-" : std::to_string(length)) + (at(4) & kEndStream ? "." : "");
      bytes.remove_prefix(9 + length);
    }
    out_.bytes.clear();
    return text;
  }

  CodecOptions options_;
  MessagePool pool_;
  StringSink out_;
  H2ServerCodec codec_{&options_, &pool_, &out_};
  std::string input_, sent_;
  ByteSpan rest_;
};

TEST_F(H2ServerCodecTest, BeginsWithEnvoysSettingsAndWindow) {
  const std::string settings =
      H2Frame(4, 0, 0, std::string("\0\1\0\0\x10\0\0\x08\0\0\0\0\0\3\0\0\4\0\0\4\1\0\0\0", 24));
  const std::string window = H2Frame(8, 0, 0, std::string("\x01\x7f\x00\x01", 4));
  EXPECT_EQ(sent_.substr(0, settings.size()), settings);
  EXPECT_NE(sent_.find(window), std::string::npos) << "25,100,289";
}

TEST_F(H2ServerCodecTest, AnEmptyAnswerIsOneFrame) {
  Feed(H2Request(1, false));
  const CodecEvent event = Next();
  ASSERT_EQ(event.kind, Kind::kRequest);
  EXPECT_TRUE(event.end);
  EXPECT_EQ(event.request->scheme, "https");
  EXPECT_FALSE(codec_.idle());
  codec_.SendResponse(event.stream, {.status = 404}, true);
  EXPECT_EQ(Frames(), "1:-.");
  EXPECT_TRUE(codec_.idle());
}

TEST_F(H2ServerCodecTest, AnswersToHeadAnd204And304AreHeadsOnly) {
  const std::string head = H2Frame(1, kEndStream | kEndHeaders, 1,
                                   H2Field(":method", "HEAD") + H2Field(":scheme", "https") +
                                       H2Field(":authority", "a") + H2Field(":path", "/"));
  Feed(head + H2Request(3, false) + H2Request(5, false));
  for (const int status : {200, 204, 304}) {
    const StreamKey stream = Next().stream;
    codec_.SendResponse(stream, {.status = status}, false);
    EXPECT_EQ(codec_.SendData(stream, AsBytes("hello"), true), 5u);
    EXPECT_EQ(Frames(), "1:-.") << status;
  }
  EXPECT_TRUE(codec_.idle());
}

TEST_F(H2ServerCodecTest, ARequestIsReadAsExactlyAsInHttp1) {
  const auto ask = [this](StreamKey stream, std::string_view path, std::string_view more = "") {
    Feed(H2Frame(1, kEndHeaders, stream,
                 H2Field(":method", "POST") + H2Field(":scheme", "https") +
                     H2Field(":authority", "a") + H2Field(":path", path) + std::string(more)));
    return Next();
  };
  EXPECT_EQ(ask(1, "/?\xff").refusal.status, 400);
  EXPECT_EQ(ask(3, "/?a=~").kind, Kind::kRequest);
  EXPECT_EQ(ask(5, "/", H2Field("content-length", "003")).request->headers.Find("content-length"),
            "3");
  const std::string known = H2Field("expect", "100-continue"), other = H2Field("expect", "x");
  EXPECT_EQ(ask(7, "/", known + other).refusal.status, 417);
  EXPECT_EQ(ask(9, "/", other + known).refusal.status, 417);
  EXPECT_EQ(ask(11, "/", known + known).kind, Kind::kRequest);
}

TEST_F(H2ServerCodecTest, PaddingIsNoContent) {
  const std::string padded_data = H2Frame(0, kPadded, 1, std::string("\3\0\0\0", 4));
  const std::string padded_byte = H2Frame(0, kPadded, 1, std::string("\2x\0\0", 4));
  Feed(H2Request(1, true) + padded_data + padded_byte + padded_data + padded_byte);
  EXPECT_EQ(Next().kind, Kind::kRequest);
  EXPECT_EQ(AsText(Next().data), "x");
  EXPECT_EQ(AsText(Next().data), "x");
  EXPECT_EQ(Next().kind, Kind::kNone);
  Feed(padded_data + padded_data);
  const CodecEvent event = Next();
  EXPECT_EQ(event.kind, Kind::kFailed);
  EXPECT_EQ(event.detail, "http2.inbound_empty_frames_flood");
}

TEST(H2BudgetTest, AHeadWithPriorityAndPaddingOnlyIsEmpty) {
  H2Budget budget(100, 33);
  const FrameHead head = {.length = 8, .padding = 3, .type = 1, .flags = kPadded | kPriority};
  EXPECT_EQ(budget.Frame(head, {}), "");
  EXPECT_EQ(budget.Frame(head, {}), "http2.inbound_empty_frames_flood");
}

TEST_F(H2ServerCodecTest, AHeadThatDoesNotEndCanBeGivenUpWithoutTheOthers) {
  const std::string block = H2Request(3, true).substr(9);
  Feed(H2Request(1, false) + H2Frame(1, kEndStream, 3, block.substr(0, 20)));
  const StreamKey stream = Next().stream;
  EXPECT_FALSE(codec_.reading());
  EXPECT_EQ(Next().kind, Kind::kNone);
  EXPECT_TRUE(codec_.reading());
  EXPECT_EQ(codec_.Refuse(), 0u);
  EXPECT_EQ(out_.bytes, H2Frame(3, 0, 3, std::string("\0\0\0\7", 4)));  // REFUSED_STREAM.
  out_.bytes.clear();
  EXPECT_FALSE(codec_.reading());
  Feed(H2Frame(9, kEndHeaders, 3, block.substr(20)) + H2Request(5, false));
  EXPECT_EQ(Next().stream, 5u);
  codec_.SendResponse(stream, {.status = 204}, true);
  EXPECT_EQ(Frames(), "1:-.");
}

TEST_F(H2ServerCodecTest, SendsAsMuchAsTheWindowAllowsAndSaysWhenMoreMayCome) {
  Feed(H2Request(1, false));
  const StreamKey stream = Next().stream;
  codec_.SendResponse(stream, {.status = 200}, false);
  const std::string body(70000, 'x');
  EXPECT_EQ(codec_.SendData(stream, AsBytes(body), true), 65535u);
  EXPECT_EQ(Frames(), "1:- 0:16384 0:16384 0:16384 0:16383");
  Feed(H2Frame(8, 0, 0, std::string("\0\1\0\0", 4)) + H2Frame(8, 0, 1, std::string("\0\1\0\0", 4)));
  const CodecEvent event = Next();
  ASSERT_EQ(event.kind, Kind::kWritable);
  EXPECT_EQ(event.stream, stream);
  EXPECT_EQ(Next().kind, Kind::kNone);
  const std::string_view rest = std::string_view(body).substr(65535);
  EXPECT_EQ(codec_.SendData(stream, AsBytes(rest), true), rest.size());
  EXPECT_EQ(Frames(), "0:4465.");
  EXPECT_TRUE(codec_.idle());
}

TEST_F(H2ServerCodecTest, TrailersEndTheAnswer) {
  Feed(H2Request(1, false));
  const StreamKey stream = Next().stream;
  codec_.SendResponse(stream, {.status = 200}, false);
  codec_.SendData(stream, AsBytes("hello"), false);
  const HeaderView trailer = {"grpc-status", "0"};
  codec_.SendTrailers(stream, {&trailer, 1});
  EXPECT_EQ(Frames(), "1:- 0:5 1:-.");
  EXPECT_TRUE(codec_.idle());
}

TEST_F(H2ServerCodecTest, AnEarlyAnswerEndsWithNoErrorAndTheConnectionLives) {
  Feed(H2Request(1, true) + H2Frame(0, 0, 1, "abc"));
  const CodecEvent event = Next();
  EXPECT_FALSE(event.end);
  EXPECT_EQ(AsText(Next().data), "abc");
  codec_.SendResponse(event.stream, {.status = 413}, true);
  EXPECT_EQ(out_.bytes.substr(out_.bytes.size() - 13),
            H2Frame(3, 0, 1, std::string("\0\0\0\0", 4)));
  EXPECT_TRUE(codec_.idle());
  EXPECT_FALSE(codec_.finished());
  Feed(H2Frame(0, kEndStream, 1, "more") + H2Request(3, false));
  EXPECT_EQ(Next().stream, 3u) << "what was on its way is not an error";
}

TEST_F(H2ServerCodecTest, GivesTheWindowBackAsBodiesAreConsumed) {
  Feed(H2Request(1, true) + H2Frame(0, 0, 1, std::string(16384, 'x')));
  const StreamKey stream = Next().stream;
  size_t size = 0;
  for (CodecEvent event = Next(); event.kind == Kind::kData; event = Next()) {
    size += event.data.size();
  }
  EXPECT_EQ(size, 16384u);
  codec_.Flush();
  EXPECT_EQ(Frames(), "") << "nobody has taken it";
  codec_.Consumed(stream, size);
  Feed(H2Frame(3, 0, 1, std::string("\0\0\0\x08", 4)));
  const CodecEvent event = Next();
  EXPECT_EQ(event.kind, Kind::kReset);
  EXPECT_EQ(event.reason, ResetReason::kCancelled);
}

TEST_F(H2ServerCodecTest, TrailersOfARequestAreCleaned) {
  options_.trailers = true;
  Feed(H2Request(1, true) +
       H2Frame(1, kEndStream | kEndHeaders, 1,
               H2Field("x-t", "1") + H2Field("authorization", "x") + H2Field("host", "b")));
  EXPECT_EQ(Next().kind, Kind::kRequest);
  const CodecEvent event = Next();
  ASSERT_EQ(event.kind, Kind::kTrailers);
  ASSERT_EQ(event.trailers.size(), 1u);
  EXPECT_EQ(event.trailers[0].name, "x-t");
  EXPECT_EQ(Next().kind, Kind::kEnd);
}

TEST_F(H2ServerCodecTest, NeverSendsAFieldThatWouldSplitOrFrame) {
  Feed(H2Request(1, false));
  const HeaderView fields[] = {{"a", "1\r\nb: 2"}, {"connection", "close"}, {"Upper", "x"}};
  codec_.SendResponse(Next().stream, {.status = 200, .headers = fields}, true);
  EXPECT_EQ(out_.bytes.size(), 10u) << "a head and :status 200";
}

TEST_F(H2ServerCodecTest, DrainsInTwoSteps) {
  Feed(H2Request(1, false));
  const StreamKey stream = Next().stream;
  codec_.Drain();
  EXPECT_EQ(Frames(), "7:8");
  Feed(H2Request(3, false));
  const CodecEvent late = Next();
  EXPECT_EQ(late.kind, Kind::kRequest) << "it was on its way";
  codec_.Drain();
  codec_.SendResponse(stream, {.status = 200}, true);
  EXPECT_FALSE(codec_.finished());
  codec_.SendResponse(late.stream, {.status = 200}, true);
  EXPECT_TRUE(codec_.finished());
}

TEST(TokenBucketTest, LetsABurstPassAndThenARate) {
  TokenBucket bucket(3, 2);
  TimePoint now(seconds(100));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.Take(now));
  EXPECT_FALSE(bucket.Take(now));
  now += seconds(1);
  EXPECT_TRUE(bucket.Take(now));
  EXPECT_TRUE(bucket.Take(now));
  EXPECT_FALSE(bucket.Take(now));
  EXPECT_FALSE(bucket.Take(now - seconds(50)));
}

}  // namespace
}  // namespace postern
