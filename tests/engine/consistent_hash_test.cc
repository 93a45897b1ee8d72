// `consistentHash` of DestinationRules, through an Engine in memory. Where a request goes was
// recorded with Envoy 1.40 and endpoints of these addresses; tests/upstream/hash_balancer_test.cc
// has more of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kGateway = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
  - {port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["*"]}
)";

constexpr std::string_view kRoutes = R"(
  - match: [{uri: {prefix: /header}}]
    route: [{destination: {host: header.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /maglev}}]
    route: [{destination: {host: maglev.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /set}}]
    headers: {request: {set: {x-key: changed}}}
    route: [{destination: {host: header.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /avoids}}]
    retries: {attempts: 3, retryOn: 5xx, retryIgnorePreviousHosts: true}
    route: [{destination: {host: header.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /returns}}]
    retries: {attempts: 3, retryOn: 5xx}
    route: [{destination: {host: header.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /split}}]
    route:
    - {destination: {host: header.com, port: {number: 80}}, weight: 1}
    - {destination: {host: query.com, port: {number: 80}}, weight: 1}
  - match: [{uri: {prefix: /cookie}}]
    retries: {attempts: 3, retryOn: 5xx}
    route: [{destination: {host: cookie.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /removed}}]
    headers: {response: {remove: [set-cookie]}}
    route: [{destination: {host: cookie.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /read}}]
    route: [{destination: {host: read.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /query}}]
    route: [{destination: {host: query.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /address}}]
    route: [{destination: {host: address.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /port}}]
    route: [{destination: {host: port.com, port: {number: 80}}}]
  - match: [{uri: {prefix: /vast}}]
    route: [{destination: {host: vast.com, port: {number: 80}}}]
  tcp:
  - route: [{destination: {host: address.com, port: {number: 80}}}]
)";

constexpr std::string_view kHosts[] = {"header.com", "maglev.com",  "query.com", "cookie.com",
                                       "read.com",   "address.com", "port.com"};

// Rule returns a DestinationRule for `host` with these fields of its trafficPolicy.
std::string Rule(std::string_view host, std::string_view policy) {
  return StrCat(
      "\n---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: ", host,
      ", namespace: istio-system}\nspec: {host: ", host, ", trafficPolicy: {", policy, "}}\n");
}

std::string HashRule(std::string_view host, std::string_view hash) {
  return Rule(host, StrCat("loadBalancer: {consistentHash: {", hash, "}}"));
}

std::shared_ptr<const Snapshot> Build(const SnapshotOptions& options = IngressOptions()) {
  return BuildSnapshot(
      StrCat(kGateway, WebRoutes(kRoutes), HashRule("header.com", "httpHeaderName: X-Key"),
             HashRule("maglev.com", "httpHeaderName: x-key, maglev: {tableSize: 65537}"),
             HashRule("query.com", "httpQueryParameterName: key"),
             HashRule("cookie.com",
                      "httpCookie: {name: sid, ttl: 60s, path: /, attributes: [{name: Secure}]}"),
             HashRule("read.com", "httpCookie: {name: sid}"),
             HashRule("address.com", "useSourceIp: true"),
             HashRule("vast.com", "useSourceIp: true, ringHash: {minimumRingSize: 8388609}"),
             Rule("port.com",
                  "portLevelSettings: [{port: {number: 80}, loadBalancer: "
                  "{consistentHash: {httpHeaderName: x-key}}}]")),
      options);
}

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view k500 = "HTTP/1.1 500 A\r\ncontent-length: 0\r\n\r\n";

class ConsistentHashTest : public testing::Test {
 protected:
  ConsistentHashTest() { SetEndpoints({1, 2, 3, 4, 5}); }

  void SetEndpoints(const std::vector<uint8_t>& numbers, uint8_t unhealthy = 0) {
    std::vector<Endpoint> endpoints;
    for (const uint8_t number : numbers) {
      Endpoint& endpoint = endpoints.emplace_back();
      endpoint.address = Address::Ipv4({127, 0, 1, number}, 28080);
      endpoint.healthy = number != unhealthy;
    }
    for (const std::string_view host : kHosts) {
      harness_.engine().SetEndpoints(harness_.now(), host, 80, endpoints);
    }
  }

  // Served answers all requests that have come to upstreams, and returns the last part of the
  // address of each.
  std::string Served(std::string_view answer) {
    std::string served;
    for (const ConnectionId id : harness_.upstreams()) {
      HarnessEnd& end = harness_.end(id);
      if (end.closed || harness_.Take(id).empty()) continue;
      StrAppend(&served, end.target.substr(end.target.find(" 127.0.1.") + 9, 1));
      harness_.Receive(id, answer);
    }
    return served;
  }

  // Ask sends a GET on a connection of its own and returns which endpoint got it.
  std::string Ask(std::string_view path, std::string_view fields = "",
                  std::string_view remote = "192.0.2.1:1234") {
    client_ = harness_.Accept(80, remote);
    harness_.Receive(client_, StrCat("GET ", path, " HTTP/1.1\r\nhost: a.com\r\n", fields, "\r\n"));
    std::string served = Served(kOk);
    answer_ = harness_.Take(client_);
    return served;
  }

  // AskAll returns the endpoints for the keys "k0" to "k7".
  std::string AskAll(std::string_view path) {
    std::string served;
    for (int i = 0; i < 8; ++i) served += Ask(path, StrCat("x-key: k", i, "\r\n"));
    return served;
  }

  EngineHarness harness_{Build()};
  ConnectionId client_;
  std::string answer_;
};

TEST_F(ConsistentHashTest, RequestsOfOneHeaderGoToOneEndpoint) {
  EXPECT_EQ(AskAll("/header"), "35121112");
  EXPECT_EQ(AskAll("/header"), "35121112");
  EXPECT_EQ(AskAll("/maglev"), "13251113");
  EXPECT_EQ(AskAll("/port"), "35121112") << "settings of a port";
  EXPECT_EQ(Ask("/header", "x-key: a\r\nx-key: b\r\n"), "5");
  EXPECT_EQ(Ask("/header", "x-key: b\r\nx-key: a\r\n"), "5");
}

TEST_F(ConsistentHashTest, AnEndpointThatGoesOrIsUnhealthyLeavesItsKeysToOthers) {
  SetEndpoints({1, 2, 4, 5});
  EXPECT_EQ(AskAll("/header"), "45121512");
  EXPECT_EQ(AskAll("/maglev"), "15251115");
  SetEndpoints({1, 2, 3, 4, 5}, /*unhealthy=*/3);
  EXPECT_EQ(AskAll("/header"), "45121512");
  SetEndpoints({1, 2, 3, 4, 5});
  EXPECT_EQ(AskAll("/header"), "35121112");
}

TEST_F(ConsistentHashTest, TheHashIsOfTheRequestAsItGoesUpstream) {
  EXPECT_EQ(AskAll("/set"), "44444444");
}

TEST_F(ConsistentHashTest, WithoutAHashTheEndpointIsLeftToChance) {
  std::string served;
  for (int i = 0; i < 40; ++i) served += Ask("/header");
  for (const char endpoint : {'1', '2', '3', '4', '5'})
    EXPECT_THAT(served, HasSubstr(std::string(1, endpoint)));
}

TEST_F(ConsistentHashTest, AClientWithoutTheCookieIsGivenOne) {
  const std::string_view cookie =
      "set-cookie: sid=\"14485f136d43aa7a\"; Max-Age=60; Path=/; Secure; HttpOnly\r\n";
  EXPECT_EQ(Ask("/cookie"), "1");
  EXPECT_THAT(answer_, HasSubstr(cookie));
  EXPECT_EQ(Ask("/cookie", "cookie: a=b; sid=\"14485f136d43aa7a\"\r\n", "192.0.2.9:99"), "1");
  EXPECT_THAT(answer_, Not(HasSubstr("set-cookie")));
  EXPECT_EQ(Ask("/cookie", "cookie: sid=abc\r\n"), "2");
  EXPECT_THAT(answer_, Not(HasSubstr("set-cookie")));
  EXPECT_EQ(Ask("/removed"), "1");
  EXPECT_THAT(answer_, Not(HasSubstr("set-cookie"))) << "the route's operations come after";
}

TEST_F(ConsistentHashTest, ACookieIsOfTheUpstreamsAnswerHoweverManyTriesThatTakes) {
  client_ = harness_.Accept(80);
  harness_.Receive(client_, "GET /cookie HTTP/1.1\r\nhost: a.com\r\n\r\n");
  EXPECT_EQ(Served(k500), "1");
  harness_.Advance(seconds(1));
  EXPECT_EQ(Served(kOk), "1");
  const std::string answer = harness_.Take(client_);
  const size_t first = answer.find("set-cookie: ");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(answer.find("set-cookie: ", first + 1), std::string::npos);
  SetEndpoints({});
  EXPECT_EQ(Ask("/cookie"), "");
  EXPECT_THAT(answer_, AllOf(HasSubstr(" 503 "), Not(HasSubstr("set-cookie"))));
}

TEST_F(ConsistentHashTest, ACookieWithoutALifeIsOnlyRead) {
  std::string served;
  for (int i = 0; i < 20; ++i) served += Ask("/read");
  EXPECT_NE(served.find_first_not_of(served[0]), std::string::npos);
  EXPECT_THAT(answer_, Not(HasSubstr("set-cookie")));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask("/read", "cookie: sid=abc\r\n"), "2");
}

TEST_F(ConsistentHashTest, AParameterOfTheQueryCounts) {
  EXPECT_EQ(Ask("/query?key=a"), "4");
  EXPECT_EQ(Ask("/query?b&key=a%20b"), "1");
}

TEST_F(ConsistentHashTest, PoliciesOfAllDestinationsAddUp) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask("/split?key=b", "x-key: a\r\n"), "5");
}

TEST_F(ConsistentHashTest, TheAddressOfTheClientCounts) {
  EXPECT_EQ(Ask("/address", "", "198.51.100.1:1"), "3");
  EXPECT_EQ(Ask("/address", "", "198.51.100.1:2"), "3");
  EXPECT_EQ(Ask("/address", "x-forwarded-for: 198.51.100.1\r\n", "198.51.100.5:1"), "5");
}

TEST_F(ConsistentHashTest, TheAddressIsTheOneThatTrustedProxiesTell) {
  SnapshotOptions options = IngressOptions();
  options.num_trusted_proxies = 1;
  harness_.engine().Apply(harness_.now(), Build(options));
  SetEndpoints({1, 2, 3, 4, 5});
  EXPECT_EQ(Ask("/address", "x-forwarded-for: 10.0.0.1, 198.51.100.1\r\n", "198.51.100.5:1"), "3");
  EXPECT_EQ(Ask("/address", "", "198.51.100.5:1"), "5");
  const std::string same = Ask("/address", "x-forwarded-for: 2001:db8::1\r\n");
  EXPECT_EQ(Ask("/address", "x-forwarded-for: 2001:DB8:0::1\r\n"), same);
}

TEST_F(ConsistentHashTest, ConnectionsCarriedAsBytesGoByTheAddressOfTheClient) {
  std::string served;
  for (int i = 1; i <= 8; ++i) {
    harness_.Accept(9000, StrCat("198.51.100.", i, ":1"));
    const std::string& target = harness_.end(harness_.upstream()).target;
    served += target.substr(target.find(" 127.0.1.") + 9, 1);
  }
  EXPECT_EQ(served, "32215142");
}

TEST_F(ConsistentHashTest, ARetryGoesWhereTheTryWentUnlessTheRuleSaysOtherwise) {
  const auto tries = [this](std::string_view path) {
    client_ = harness_.Accept(80);
    harness_.Receive(client_,
                     StrCat("GET ", path, " HTTP/1.1\r\nhost: a.com\r\nx-key: k0\r\n\r\n"));
    std::string served;
    for (int i = 0; i < 4; ++i) {
      served += Served(k500);
      harness_.Advance(seconds(2));
    }
    EXPECT_THAT(harness_.Take(client_), HasSubstr(" 500 "));
    return served;
  };
  EXPECT_EQ(tries("/returns"), "3333");
  EXPECT_EQ(tries("/avoids"), "3421");
}

TEST_F(ConsistentHashTest, ARingThatEnvoyRefusesIsNoUpstream) {
  EXPECT_EQ(Ask("/vast"), "");
  EXPECT_THAT(answer_, HasSubstr(" 503 "));
  EXPECT_THAT(harness_.request_logs().back(), EndsWith("NC cluster_not_found"));
}

}  // namespace
}  // namespace postern
