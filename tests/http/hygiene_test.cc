#include "lib/http/hygiene.h"

#include <chrono>
#include <string>

#include "gtest/gtest.h"
#include "lib/http/client_cert_field.h"
#include "lib/http/field_rules.h"
#include "lib/http/forwarded.h"
#include "lib/http/grpc.h"
#include "lib/http/http_date.h"

namespace postern {
namespace {

using std::chrono::seconds;

std::string Text(const HeaderList& list) {
  std::string text;
  for (const HeaderView& field : list.fields()) {
    text.append(field.name).append("=").append(field.value).append(" ");
  }
  return text;
}

TEST(HygieneTest, RemovesWhatIsOfOneConnection) {
  HeaderList list;
  list.Add("accept", "*");
  list.Add("connection", "keep-alive, X-Foo, TE");
  list.Add("keep-alive", "5");
  list.Add("x-foo", "1");
  list.Add("te", "gzip, Trailers;q=1");
  list.Add("upgrade", "h2c");
  list.Add("http2-settings", "AAA");
  list.Add("proxy-connection", "keep-alive");
  RemoveHopByHop(false, &list);
  EXPECT_EQ(Text(list), "accept=* te=trailers ");
}

TEST(HygieneTest, AnUpgradeKeepsItsTwoFields) {
  HeaderList list;
  list.Add("connection", "keep-alive, Upgrade");
  list.Add("upgrade", "websocket");
  list.Add("te", "gzip");
  RemoveHopByHop(true, &list);
  EXPECT_EQ(Text(list), "connection=upgrade upgrade=websocket ");
}

TEST(HygieneTest, RemovesWhatOnlyTheMeshMaySay) {
  HeaderList list;
  list.Add("x-envoy-retry-on", "5xx");
  list.Add("x-envoy-upstream-rq-timeout-ms", "1");
  list.Add("x-envoy-internal", "true");
  list.Add("x-envoy-peer", "stays");
  list.Add("early-data", "1");
  list.Add("referer", "https://u@a/");
  RemoveInternal(&list);
  EXPECT_EQ(Text(list), "x-envoy-peer=stays ");
  list.Add("referer", "https://a.com/x?y");
  RemoveInternal(&list);
  EXPECT_EQ(Text(list), "x-envoy-peer=stays referer=https://a.com/x?y ");
}

TEST(HygieneTest, LinesOfARefererAreOneValue) {
  HeaderList list;
  list.Add("referer", "/x");
  list.Add("referer", "https://u@a/");
  RemoveInternal(&list);
  EXPECT_EQ(Text(list), "referer=/x,https://u@a/ ");
  list.Add("referer", "#");
  RemoveInternal(&list);
  EXPECT_EQ(Text(list), "");
}

TEST(HygieneTest, AResponseKeepsItsOrderAndItsDateAndGetsOurServer) {
  HeaderList list;
  list.Add("server", "nginx");
  list.Add("connection", "close, x-a");
  list.Add("x-a", "stays");
  list.Add("date", "theirs");
  SanitizeResponse(false, &list);
  FinishResponse("ours", "istio-envoy", &list);
  EXPECT_EQ(Text(list), "server=istio-envoy x-a=stays date=theirs ");
}

TEST(HygieneTest, JoinsCookieCrumbs) {
  HeaderList list;
  list.Add("cookie", "a=b");
  list.Add("x", "y");
  list.Add("cookie", "c=d");
  list.Add("cookie", "e=f");
  JoinCookies(&list);
  EXPECT_EQ(Text(list), "cookie=a=b; c=d; e=f x=y ");
}

TEST(ForwardedTest, AppendsThePeerAndOverwritesWhatNobodyVouchesFor) {
  HeaderList list;
  list.Add("x-forwarded-for", "1.1.1.1");
  list.Add("x-forwarded-proto", "https");
  list.Add("x-forwarded-for", "2.2.2.2");
  EXPECT_EQ(AddForwarded({.remote = "192.0.2.1", .local = "192.0.2.9"}, &list), "192.0.2.1");
  EXPECT_EQ(Text(list),
            "x-forwarded-for=1.1.1.1,2.2.2.2,192.0.2.1 x-forwarded-proto=http "
            "x-envoy-external-address=192.0.2.1 ");
}

TEST(ForwardedTest, BelievesAsManyEntriesAsThereAreTrustedProxies) {
  struct Row {
    std::string_view received;
    uint32_t hops;
    std::string_view trusted;
  };
  static constexpr Row kRows[] = {
      {"56.5.6.7, 72.9.5.6, 98.1.2.3", 2, "72.9.5.6"},
      {"203.0.113.128, 203.0.113.10, 203.0.113.1", 2, "203.0.113.10"},
      {"98.1.2.3", 1, "98.1.2.3"},
      {"98.1.2.3", 2, "192.0.2.5"},
      {"[2001:db8::1]:80", 1, "2001:db8::1"},
      {"98.1.2.3:80", 1, "98.1.2.3"},
      {"abc", 1, "192.0.2.5"},
      {"98.1.2.3", 0, "192.0.2.5"},
  };
  for (const Row& row : kRows) {
    HeaderList list;
    list.Add("x-forwarded-for", row.received);
    list.Add("x-forwarded-proto", "HTTPS");
    EXPECT_EQ(AddForwarded({.remote = "192.0.2.5", .trusted_hops = row.hops}, &list), row.trusted);
    EXPECT_EQ(list.Find("x-forwarded-for"), std::string(row.received) + ",192.0.2.5");
    EXPECT_EQ(list.Find("x-forwarded-proto"), row.hops == 0 ? "http" : "HTTPS");
  }
}

TEST(ForwardedTest, ALocalPeerIsWrittenAsOurOwnAddress) {
  HeaderList list;
  list.Add("x-forwarded-for", "");
  AddForwarded(
      {.remote = "127.0.0.1", .local = "10.0.0.9", .tls = true, .port = 8443, .add_port = true},
      &list);
  EXPECT_EQ(Text(list),
            "x-forwarded-for=10.0.0.9 x-forwarded-proto=https x-forwarded-port=8443 "
            "x-envoy-external-address=127.0.0.1 ");
}

TEST(ForwardedTest, RequestIdsAreVersionFour) {
  const auto id = RequestId({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1});
  EXPECT_EQ(std::string(id.data(), id.size()), "ffffffff-ffff-4fff-bfff-010000000000");
}

TEST(ClientCertFieldTest, WritesEnvoysElement) {
  const std::string_view uris[] = {"spiffe://a/b,c"};
  const std::string_view names[] = {"a.com", "bad\n"};
  ClientCertFacts facts;
  facts.sha256 = "ab12";
  facts.encoded_pem = "-----BEGIN%0A%2B";
  facts.subject = "CN=\\\"x\\\",O=y\\, Inc.";
  facts.uris = uris;
  facts.dns_names = names;
  EXPECT_EQ(ClientCertElement(facts),
            "Hash=ab12;Cert=\"-----BEGIN%0A%2B\";Subject=\"CN=\\\"x\\\",O=y\\, Inc.\";"
            "URI=\"spiffe://a/b,c\";DNS=a.com");
  facts.uris = {};
  EXPECT_NE(ClientCertElement(facts).find(";URI=;DNS=a.com"), std::string::npos);
}

TEST(GrpcTest, TellsGrpcFromGrpcWeb) {
  EXPECT_TRUE(IsGrpc("application/grpc"));
  EXPECT_TRUE(IsGrpc("application/grpc+proto"));
  EXPECT_FALSE(IsGrpc("application/grpc-web"));
  EXPECT_FALSE(IsGrpc("application/grp"));
}

TEST(GrpcTest, ReadsTimeouts) {
  EXPECT_EQ(ParseGrpcTimeout("1m"), std::chrono::milliseconds(1));
  EXPECT_EQ(ParseGrpcTimeout("10S"), seconds(10));
  EXPECT_EQ(ParseGrpcTimeout("99999999H"), Duration::max());
  for (const std::string_view bad : {"", "S", "1", "-1S", "123456789S", "1s"}) {
    EXPECT_EQ(ParseGrpcTimeout(bad), std::nullopt) << bad;
  }
}

TEST(GrpcTest, TranslatesStatuses) {
  EXPECT_EQ(GrpcFromHttp(404), 12);
  EXPECT_EQ(GrpcFromHttp(418), 2);
  EXPECT_EQ(GrpcMessage("50%\n~"), "50%25%0A%7E");
}

TEST(HttpDateTest, WritesImfFixdates) {
  HttpDate date;
  EXPECT_EQ(date.At(WallTime(seconds(784111777))), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date.At(WallTime(seconds(0))), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date.At(WallTime(seconds(1709164799) + std::chrono::milliseconds(999))),
            "Wed, 28 Feb 2024 23:59:59 GMT");
}

TEST(FieldRulesTest, MethodsAreExact) {
  EXPECT_TRUE(IsRegisteredMethod("M-SEARCH"));
  EXPECT_FALSE(IsRegisteredMethod("get"));
  EXPECT_FALSE(IsRegisteredMethod("FOO"));
}

}  // namespace
}  // namespace postern
