// The hash of a request. The rules were tried with Envoy 1.40, and the numbers are those of another
// program's xxHash.
#include "lib/upstream/request_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

#include "lib/upstream/xx_hash.h"

namespace postern {
namespace {

using Kind = HashPolicy::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kA = 0xd24ec4f1a98c6e5b;  // Of "a".

class RequestHashTest : public testing::Test {
 protected:
  RequestHashTest() {
    peer_.remote = *Address::Parse("192.0.2.1:1234");
    peer_.local = *Address::Parse("203.0.113.1:80");
    connection_.id = {.slot = 3, .generation = 1};
    connection_.peer = &peer_;
    head_.method = "GET";
    head_.scheme = "http";
    head_.authority = "a.com:80";
    head_.path = "/p?key=a%20b";
  }

  RequestHash Hash(const std::vector<HashPolicy>& policies) {
    head_.headers = headers_;
    return HashRequest(policies, head_, "192.0.2.1", connection_);
  }
  std::optional<uint64_t> Header(std::string_view name) {
    return Hash({{Kind::kHeader, name, {}}}).value;
  }
  std::optional<uint64_t> Cookie(std::string_view field) {
    headers_ = {{"cookie", field}};
    return Hash({{Kind::kCookie, "sid", {}}}).value;
  }
  std::optional<uint64_t> Query(std::string_view path) {
    head_.path = path;
    return Hash({{Kind::kQueryParameter, "key", {}}}).value;
  }

  PeerInfo peer_;
  ConnectionInfo connection_;
  RequestHead head_;
  std::vector<HeaderView> headers_;
};

TEST_F(RequestHashTest, AHeaderIsItsValueAndSeveralCountInAnyOrder) {
  EXPECT_EQ(Header("x-key"), std::nullopt);
  headers_ = {{"x-key", "a"}};
  EXPECT_EQ(Header("x-key"), kA);
  headers_ = {{"x-key", "b"}, {"x-other", "c"}, {"x-key", "a"}};
  EXPECT_EQ(Header("x-key"), 0x76d9a1916ddca8e6);
  headers_ = {{"x-key", "a"}, {"x-key", "b"}};
  EXPECT_EQ(Header("x-key"), 0x76d9a1916ddca8e6);
  headers_ = {{"x-key", ""}};
  EXPECT_EQ(Header("x-key"), XxHash64(""));
  headers_ = {{"accept", "b"}, {"accept", "a"}};
  EXPECT_EQ(Header("accept"), XxHash64("b,a")) << "one value, as Envoy reads it";
}

TEST_F(RequestHashTest, PartsOfTheHeadHaveTheNamesOfPseudoHeaders) {
  EXPECT_EQ(Header(":authority"), XxHash64("a.com:80"));
  EXPECT_EQ(Header("host"), XxHash64("a.com:80"));
  EXPECT_EQ(Header(":path"), 0xb1beadf50adcd169);
  EXPECT_EQ(Header(":method"), XxHash64("GET"));
  EXPECT_EQ(Header(":scheme"), XxHash64("http"));
}

TEST_F(RequestHashTest, ACookieIsTheFirstOfItsNameWithoutItsQuotes) {
  const struct {
    std::string_view field;
    std::string_view value;  // Empty: no hash.
  } cases[] = {
      {"sid=a", "a"},         {"b=c; sid=a", "a"},
      {"b=c;sid=a;d=e", "a"}, {"sid=\"a\"", "a"},
      {"b;  sid=a", "a"},     {"sid=a; sid=b", "a"},
      {"sid=a=b", "a=b"},     {"sid=\"", "\""},
      {"sid=\"\"\"", "\""},   {"sid= a ; b=c", " a "},
      {"sid=", ""},           {"sid=\"\"", ""},
      {"sid=; sid=a", ""},    {"sid", ""},
      {"sid = a", ""},        {"SID=a", ""},
      {"xsid=a", ""},         {"b=c;\tsid=a", ""},
      {"b,sid=a", ""},        {"", ""},
  };
  for (const auto& row : cases) {
    const auto expected =
        row.value.empty() ? std::nullopt : std::optional<uint64_t>(XxHash64(row.value));
    EXPECT_EQ(Cookie(row.field), expected) << row.field;
  }
  headers_ = {{"cookie", "b=c"}, {"cookie", "sid=a"}};
  EXPECT_EQ(Hash({{Kind::kCookie, "sid", {}}}).value, kA);
}

TEST_F(RequestHashTest, ACookieThatMayBeMadeIsTheSameForAllOfAConnection) {
  const std::vector<HashPolicy> policies = {{Kind::kCookie, "sid", "; Max-Age=60; HttpOnly"}};
  const RequestHash hash = Hash(policies);
  EXPECT_EQ(hash.value, 0xf10e720a60034c57);
  EXPECT_THAT(hash.set_cookies, ElementsAre("sid=\"14485f136d43aa7a\"; Max-Age=60; HttpOnly"));
  headers_ = {{"cookie", "sid=14485f136d43aa7a"}};
  const RequestHash next = Hash(policies);
  EXPECT_EQ(next.value, hash.value);
  EXPECT_THAT(next.set_cookies, IsEmpty());
  headers_ = {{"cookie", "sid="}};
  EXPECT_THAT(Hash(policies).set_cookies, ElementsAre(hash.set_cookies[0]));
}

// Where there are no ports, the addresses of all clients may be the same.
TEST_F(RequestHashTest, ConnectionsWithoutAddressesDifferAllTheSame) {
  const std::vector<HashPolicy> policies = {{Kind::kCookie, "sid", "; HttpOnly"}};
  peer_ = {};
  const auto first = Hash(policies).value;
  connection_.id.slot = 4;
  EXPECT_NE(Hash(policies).value, first);
}

TEST_F(RequestHashTest, AParameterIsItsFirstValueAsItStands) {
  EXPECT_EQ(Query("/p?key=a%20b"), 0x94b6b80774e79476);
  EXPECT_EQ(Query("/p?x=1&key=a&key=b"), kA);
  EXPECT_EQ(Query("/p?key=&key=a"), XxHash64(""));
  EXPECT_EQ(Query("/p?key"), XxHash64(""));
  EXPECT_EQ(Query("/p?key=a=b;c"), XxHash64("a=b;c"));
  for (const std::string_view path : {"/p", "/p?", "/p?Key=a", "/p?k%65y=a", "/key=a"}) {
    EXPECT_EQ(Query(path), std::nullopt) << path;
  }
}

TEST_F(RequestHashTest, AnAddressIsItsTextWithoutThePort) {
  EXPECT_EQ(Hash({{Kind::kSourceIp, {}, {}}}).value, 0xb745e3600a221c61);
  EXPECT_EQ(HashAddress("2001:db8::1"), 0x26c33ef1c67e1031);
  EXPECT_EQ(HashAddress(""), std::nullopt);
}

TEST_F(RequestHashTest, SeveralPoliciesAddUpInTheirOrderAndThoseWithoutAHashAreLeftOut) {
  const HashPolicy header{Kind::kHeader, "x-key", {}};
  const HashPolicy query{Kind::kQueryParameter, "key", {}};
  head_.path = "/p?key=b";
  EXPECT_EQ(Hash({}).value, std::nullopt);
  EXPECT_EQ(Hash({header, query}).value, XxHash64("b"));
  EXPECT_EQ(Hash({query, header}).value, XxHash64("b"));
  headers_ = {{"x-key", "a"}};
  EXPECT_EQ(Hash({header, query}).value, 0xdcd8a34249eb432c);
  EXPECT_EQ(Hash({header, header}).value, 0x76d34d12fa94b2ec);
  EXPECT_NE(Hash({query, header}).value, Hash({header, query}).value);
}

}  // namespace
}  // namespace postern
