// By what the requests for a destination are hashed: Istio's choice among the settings of a rule,
// its ports and its subsets.

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

using testing::HasSubstr;

constexpr std::string_view kConfig = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: istio-system}
spec:
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
  - {port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 9001, name: tcp1, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 9002, name: tcp2, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 9003, name: tcp3, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 9004, name: tcp4, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 15443, name: mesh, protocol: TLS}, hosts: ["*"], tls: {mode: AUTO_PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: istio-system}
spec:
  hosts: ["*"]
  gateways: [g]
  http:
  - match: [{uri: {exact: /rule}}]
    route: [{destination: {host: s.com}}]
  - match: [{uri: {exact: /port}}]
    route: [{destination: {host: s.com, port: {number: 80}}}]
  - match: [{uri: {exact: /other-port}}]
    route: [{destination: {host: s.com, port: {number: 81}}}]
  - match: [{uri: {exact: /simple-port}}]
    route: [{destination: {host: s.com, port: {number: 82}}}]
  - match: [{uri: {exact: /v1}}]
    route: [{destination: {host: s.com, subset: v1}}]
  - match: [{uri: {exact: /v1-port}}]
    route: [{destination: {host: s.com, subset: v1, port: {number: 80}}}]
  - match: [{uri: {exact: /v1-other-port}}]
    route: [{destination: {host: s.com, subset: v1, port: {number: 81}}}]
  - match: [{uri: {exact: /v2}}]
    route: [{destination: {host: s.com, subset: v2}}]
  - match: [{uri: {exact: /v2-port}}]
    route: [{destination: {host: s.com, subset: v2, port: {number: 80}}}]
  - match: [{uri: {exact: /several}}]
    route:
    - {destination: {host: s.com, port: {number: 80}}, weight: 1}
    - {destination: {host: none.com}, weight: 1}
    - {destination: {host: query.com}, weight: 0}
    - {destination: {host: cookie.com}, weight: 1}
  - match: [{uri: {exact: /asked}}]
    retries: {attempts: 1, retryIgnorePreviousHosts: true}
    route: [{destination: {host: s.com}}]
  - match: [{uri: {exact: /cookie}}]
    route: [{destination: {host: cookie.com}}]
  - match: [{uri: {exact: /session}}]
    route: [{destination: {host: session.com}}]
  - match: [{uri: {exact: /query}}]
    route: [{destination: {host: query.com}}]
  - match: [{uri: {exact: /address}}]
    route: [{destination: {host: address.com}}]
  - match: [{uri: {exact: /no-address}}]
    route: [{destination: {host: no-address.com}}]
  - match: [{uri: {exact: /no-key}}]
    route: [{destination: {host: no-key.com}}]
  - match: [{uri: {exact: /none}}]
    route: [{destination: {host: none.com}}]
  tcp:
  - match: [{port: 9000}]
    route: [{destination: {host: address.com, port: {number: 80}}}]
  - match: [{port: 9001}]
    route: [{destination: {host: address.com, port: {number: 80}, subset: simple}}]
  - match: [{port: 9002}]
    route: [{destination: {host: s.com, port: {number: 80}, subset: address}}]
  - match: [{port: 9003}]
    route:
    - {destination: {host: address.com, port: {number: 80}, subset: simple}, weight: 0}
    - {destination: {host: none.com, port: {number: 80}}, weight: 1}
  - match: [{port: 9004}]
    route: [{destination: {host: s.com, port: {number: 83}}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: s, namespace: istio-system}
spec:
  hosts: [address.com]
  location: MESH_INTERNAL
  resolution: DNS
  ports: [{number: 80, name: tcp, protocol: TCP}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: s, namespace: istio-system}
spec:
  host: s.com
  trafficPolicy:
    loadBalancer: {consistentHash: {httpHeaderName: Rule}}
    portLevelSettings:
    - {port: {number: 80}, loadBalancer: {consistentHash: {httpHeaderName: port}}}
    - {port: {number: 82}, loadBalancer: {simple: RANDOM}}
    - {port: {number: 83}, loadBalancer: {consistentHash: {useSourceIp: true}}}
  subsets:
  - name: v1
    trafficPolicy:
      loadBalancer: {consistentHash: {httpHeaderName: subset}}
      portLevelSettings:
      - {port: {number: 80}, loadBalancer: {consistentHash: {httpHeaderName: subset-port}}}
  - {name: v2, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
  - {name: address, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cookie, namespace: istio-system}
spec:
  host: cookie.com
  trafficPolicy:
    loadBalancer:
      consistentHash:
        httpCookie:
          name: Sid
          path: /p
          ttl: 90.5s
          attributes: [{name: SameSite, value: Lax}, {name: Secure}]
        maglev: {tableSize: 7}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: session, namespace: istio-system}
spec:
  host: session.com
  trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: sid, ttl: 0s}}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: query, namespace: istio-system}
spec:
  host: query.com
  trafficPolicy: {loadBalancer: {consistentHash: {httpQueryParameterName: Key}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: address, namespace: istio-system}
spec:
  host: address.com
  trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}
  subsets: [{name: simple, trafficPolicy: {loadBalancer: {simple: RANDOM}}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: no-address, namespace: istio-system}
spec:
  host: no-address.com
  trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: false}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: no-key, namespace: istio-system}
spec:
  host: no-key.com
  trafficPolicy: {loadBalancer: {consistentHash: {ringHash: {}}}}
)";

class HashCompilerTest : public testing::Test {
 protected:
  static const Snapshot& Built() {
    static const auto& built = *new auto(Snapshot::Build(Config::FromYaml(kConfig)));
    EXPECT_TRUE(built.ok()) << built.status();
    return **built;
  }

  // Policies returns those for a path, and "*" if a retry may go where a try went.
  static std::string Policies(std::string_view path) {
    ConnectionFacts facts;
    facts.listener = {.bind = "", .port = 80};
    RequestHead head;
    head.authority = "a.com";
    head.path = path;
    const RouteDecision route = Built().Decide(Built().Decide(facts, 0), head, 0);
    const auto* forward = std::get_if<Forward>(&route.action);
    if (forward == nullptr) return "no route";
    std::string text;
    for (const HashPolicy& policy : forward->hash_policies) {
      constexpr std::string_view kKinds[] = {"header", "cookie", "address", "query"};
      StrAppend(&text, text.empty() ? "" : " ", kKinds[static_cast<size_t>(policy.kind)], ":",
                policy.name, policy.set_cookie);
    }
    return forward->retry->avoid_previous_hosts ? text : text + "*";
  }

  static bool HashesSourceIp(uint16_t port, std::string_view sni = {}) {
    const std::string_view alpn[] = {"istio"};
    ConnectionFacts facts;
    facts.listener = {.bind = "", .port = port};
    facts.tls = !sni.empty();
    facts.sni = sni;
    facts.alpn = alpn;
    const ChainDecision chain = Built().Decide(facts, 0);
    EXPECT_EQ(chain.action, ChainDecision::Action::kTcp) << port;
    return chain.hash_source_ip;
  }
};

TEST_F(HashCompilerTest, ASubsetComesBeforeTheRuleAndAPortThatTheDestinationNamesBeforeBoth) {
  EXPECT_EQ(Policies("/rule"), "header:rule*");
  EXPECT_EQ(Policies("/port"), "header:port*");
  EXPECT_EQ(Policies("/other-port"), "header:rule*");
  EXPECT_EQ(Policies("/v1"), "header:subset*");
  EXPECT_EQ(Policies("/v1-port"), "header:subset-port*");
  EXPECT_EQ(Policies("/v1-other-port"), "header:subset*");
}

// The upstream goes by the other balancer; but it is not this that a route is told.
TEST_F(HashCompilerTest, AnotherBalancerOfAPortOrSubsetHidesNoHash) {
  EXPECT_EQ(Policies("/simple-port"), "header:rule*");
  EXPECT_EQ(Policies("/v2"), "header:rule*");
  EXPECT_EQ(Policies("/v2-port"), "header:port*");
}

TEST_F(HashCompilerTest, SeveralDestinationsAddUpAndTheirRetriesGoElsewhere) {
  EXPECT_EQ(Policies("/several"),
            "header:port cookie:Sid; Max-Age=90; Path=/p; SameSite=Lax; Secure; HttpOnly");
  EXPECT_EQ(Policies("/asked"), "header:rule") << "because it says so";
  EXPECT_EQ(Policies("/none"), "");
}

TEST_F(HashCompilerTest, EachKeyIsAPolicy) {
  EXPECT_EQ(Policies("/cookie"),
            "cookie:Sid; Max-Age=90; Path=/p; SameSite=Lax; Secure; HttpOnly*");
  EXPECT_EQ(Policies("/session"), "cookie:sid; HttpOnly*");
  EXPECT_EQ(Policies("/query"), "query:Key*");
  EXPECT_EQ(Policies("/address"), "address:*");
  EXPECT_EQ(Policies("/no-address"), "*");
  EXPECT_EQ(Policies("/no-key"), "*");
}

TEST_F(HashCompilerTest, BytesAreHashedByTheAddressOfTheClientOnly) {
  EXPECT_TRUE(HashesSourceIp(9000));
  EXPECT_FALSE(HashesSourceIp(9001)) << "the subset has another balancer";
  EXPECT_TRUE(HashesSourceIp(9002)) << "of the subset";
  EXPECT_TRUE(HashesSourceIp(9003)) << "of the first of several, without its subset";
  EXPECT_FALSE(HashesSourceIp(9004)) << "settings of ports do not count";
  EXPECT_TRUE(HashesSourceIp(15443, "outbound_.80_._.address.com"));
  EXPECT_FALSE(HashesSourceIp(15443, "outbound_.80_.simple_.address.com"));
}

TEST_F(HashCompilerTest, ADumpShowsThePolicies) {
  const std::string dump = Built().Dump();
  EXPECT_THAT(dump, HasSubstr(" hash header \"port\" hash cookie \"Sid\" set \"; Max-Age=90; "));
  EXPECT_THAT(dump, HasSubstr(" hash query \"Key\"  # "));
  EXPECT_THAT(dump, HasSubstr(" hash source-ip  # "));
  EXPECT_THAT(dump, HasSubstr(" tcp address.com:80 hash source-ip  # "));
}

}  // namespace
}  // namespace postern
