#include "lib/engine/local_reply.h"

#include <string>

#include "gtest/gtest.h"

namespace postern {
namespace {

constexpr std::string_view kDate = "Tue, 24 Nov 2026 10:27:00 GMT";

std::string Text(const LocalReply& reply, std::string_view op = "") {
  HeaderList headers;
  BeginReply(reply, &headers);
  if (!op.empty()) headers.Add(op, "op");
  EndReply(reply, kDate, "istio-envoy", &headers);
  std::string text = std::to_string(reply.wire_status()) + " ";
  for (const HeaderView& field : headers.fields()) {
    text.append(field.name).append(":").append(field.name == "date" ? "D" : field.value);
    text.append(" ");
  }
  return text.append("[").append(reply.wire_body()).append("]");
}

TEST(LocalReplyTest, AnEmptyAnswerHasDateAndServerOnly) {
  EXPECT_EQ(Text({.status = 404}), "404 date:D server:istio-envoy []");
}

TEST(LocalReplyTest, OperationsStandBehindTheLocationAndBeforeTheBodysFields) {
  const HeaderView location = {"location", "http://a.com/"};
  EXPECT_EQ(Text({.status = 302, .first = {&location, 1}}, "x-r"),
            "302 location:http://a.com/ x-r:op date:D server:istio-envoy []");
  EXPECT_EQ(Text({.status = 503, .body = "no healthy upstream"}, "x-r"),
            "503 x-r:op content-length:19 content-type:text/plain date:D server:istio-envoy "
            "[no healthy upstream]");
}

TEST(LocalReplyTest, AnOperationsContentTypeWins) {
  EXPECT_EQ(Text({.status = 200, .body = "hello"}, "content-type"),
            "200 content-type:op content-length:5 date:D server:istio-envoy [hello]");
}

TEST(LocalReplyTest, GrpcGetsTrailersOnly) {
  EXPECT_EQ(Text({.status = 404, .grpc = true}, "x-r"),
            "200 x-r:op content-type:application/grpc grpc-status:12 date:D server:istio-envoy []");
  EXPECT_EQ(Text({.status = 504, .body = "upstream request timeout", .grpc = true}),
            "200 content-type:application/grpc grpc-status:14 "
            "grpc-message:upstream request timeout date:D server:istio-envoy []");
  EXPECT_EQ(Text({.status = 404, .grpc = true}, "content-length"),
            "200 content-type:application/grpc grpc-status:12 date:D server:istio-envoy []");
}

TEST(LocalReplyTest, ResetBodiesHaveEnvoysLengths) {
  EXPECT_EQ(ResetBody("remote connection failure", true).size(), 121u);
  EXPECT_EQ(ResetBody("remote connection failure", false).size(), 98u);
  EXPECT_EQ(ResetBody("connection termination", false).size(), 95u);
  EXPECT_EQ(ResetBody("protocol error", false).size(), 87u);
  EXPECT_EQ(ResetBody("overflow", false).size(), 81u);
}

TEST(LocalReplyTest, BodiesOfTheApplicationAreFilledInEscaped) {
  EXPECT_EQ(ExpandBody({"text/html", "<p>100%: %DETAIL% (%REQUEST_ID%)"}, "a<b", "\"x\""),
            "<p>100%: a&lt;b (&quot;x&quot;)");
  EXPECT_EQ(ExpandBody({"application/json", "{\"d\":\"%DETAIL%\"}"}, "a\"\n", ""),
            "{\"d\":\"a\\\"\\u000a\"}");
}

}  // namespace
}  // namespace postern
