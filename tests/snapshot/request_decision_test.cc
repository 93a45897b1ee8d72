#include "lib/snapshot/request_decision.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/snapshot.h"
#include "tests/support/allocations.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

std::shared_ptr<const Snapshot> Build(std::string_view yaml, const SnapshotOptions& options = {},
                                      CredentialSource* credentials = nullptr) {
  const auto snapshot = Snapshot::Build(Config::FromYaml(yaml), options, credentials);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return snapshot.ok() ? *snapshot : nullptr;
}

// Plain returns a Gateway on port 80 for every host, and a VirtualService of a.com with `rules`.
std::string Plain(std::string_view rules) {
  return StrCat(R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: default}
spec:
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: ["*"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: default}
spec:
  hosts: [a.com]
  gateways: [g]
  http:
)",
                rules);
}

struct Request {
  std::string method = "GET";
  std::string authority = "a.com";
  std::string path = "/";
  std::vector<HeaderView> headers = {};
  HttpVersion version = HttpVersion::kHttp11;
  std::string scheme = {};
};

RouteDecision Ask(const Snapshot& snapshot, const Request& request, uint64_t random = 0) {
  ConnectionFacts facts;
  facts.listener = {"", 80};
  RequestHead head;
  head.version = request.version;
  head.method = request.method;
  head.scheme = request.scheme;
  head.authority = request.authority;
  head.path = request.path;
  head.headers = request.headers;
  return snapshot.Decide(snapshot.Decide(facts, random), head, random);
}

constexpr std::string_view kForward = "  - route: [{destination: {host: up.example.com}}]\n";

TEST(RequestDecisionTest, WhatNoRouteAnswersSaysWhy) {
  const auto snapshot = Build(Plain(kForward));
  const std::vector<HeaderView> upgrade = {{"connection", "keep-alive, Upgrade"},
                                           {"upgrade", "tftp"}};
  const struct {
    Request request;
    int status;
    std::string_view detail;
  } cases[] = {
      {{.authority = ""}, 400, "missing_host_header"},
      {{.authority = "b.com"}, 404, "route_not_found"},
      {{.method = "OPTIONS", .path = "*"}, 404, "absolute_path_rejected"},
      {{.method = "CONNECT", .authority = "a.com:443", .path = ""}, 404, "route_not_found"},
      {{.path = "/a%00"}, 400, "path_normalization_failed"},
      {{.headers = upgrade}, 403, "upgrade_failed"},
      {{.version = HttpVersion::kHttp10}, 426, "low_version"},
  };
  for (const auto& [request, status, detail] : cases) {
    const RouteDecision decision = Ask(*snapshot, request);
    const auto* reject = std::get_if<Reject>(&decision.action);
    ASSERT_NE(reject, nullptr) << detail;
    EXPECT_EQ(reject->status, status) << detail;
    EXPECT_EQ(reject->detail, detail);
  }
}

TEST(RequestDecisionTest, AWebsocketIsForwardedAndH2cIsPassedOver) {
  const auto snapshot = Build(Plain(kForward));
  const std::vector<HeaderView> websocket = {{"connection", "upgrade"}, {"upgrade", "WebSocket"}};
  const std::vector<HeaderView> h2c = {{"connection", "upgrade"}, {"upgrade", "h2c"}};
  EXPECT_TRUE(std::get<Forward>(Ask(*snapshot, {.headers = websocket}).action).websocket);
  EXPECT_FALSE(std::get<Forward>(Ask(*snapshot, {.headers = h2c}).action).websocket);
}

TEST(RequestDecisionTest, TheHostLosesItsPortAndNothingElse) {
  EXPECT_EQ(HostOf("a.com:80"), "a.com");
  EXPECT_EQ(HostOf("a.com:"), "a.com");
  EXPECT_EQ(HostOf("a.com."), "a.com.");
  EXPECT_EQ(HostOf("[::1]:80"), "[::1]");
  EXPECT_EQ(HostOf("[::1]"), "[::1]");
}

TEST(RequestDecisionTest, ForwardedProtoIsTheTransportsUnlessATrustedProxySetIt) {
  const std::vector<HeaderView> https = {{"x-forwarded-proto", "HTTPS"}};
  const std::vector<HeaderView> empty = {{"x-forwarded-proto", ""}};
  const std::vector<HeaderView> twice = {
      {"x-forwarded-proto", ""}, {"x-forwarded-proto", "https"}, {"x-forwarded-proto", "https"}};
  const struct {
    uint32_t trusted;
    std::vector<HeaderView> headers;
    std::string_view forwarded_proto;
    std::string_view scheme;  // Empty: none is left.
  } cases[] = {
      {0, {}, "http", "http"},
      {0, https, "http", "http"},
      {1, {}, "http", "http"},
      {1, https, "HTTPS", "https"},
      {1, empty, "", ""},
      {1, {{"x-forwarded-proto", "ftp"}}, "ftp", "http"},
      {1, twice, "https,https", "http"},
  };
  for (const auto& row : cases) {
    SnapshotOptions options;
    options.num_trusted_proxies = row.trusted;
    RequestHead head;
    head.headers = row.headers;
    RequestView view;
    view.head = &head;
    SchemeTexts storage;
    EXPECT_EQ(SetSchemes(options, false, &view, &storage), !row.scheme.empty());
    EXPECT_EQ(view.forwarded_proto, row.forwarded_proto);
    EXPECT_EQ(view.scheme, row.scheme);
  }
}

TEST(RequestDecisionTest, WeightsAreWalkedInTheirOrder) {
  const auto snapshot = Build(Plain(R"(  - route:
    - {destination: {host: a.example.com}, weight: 2}
    - {destination: {host: none.example.com}, weight: 0}
    - {destination: {host: b.example.com}, weight: 3}
)"));
  for (uint64_t random = 0; random < 20; ++random) {
    const RouteDecision decision = Ask(*snapshot, {}, random);
    EXPECT_EQ(std::get<Forward>(decision.action).cluster.host,
              random % 5 < 2 ? "a.example.com" : "b.example.com");
  }
}

TEST(RequestDecisionTest, FaultsRollTheirOwnDice) {
  const auto snapshot = Build(Plain(R"(  - route: [{destination: {host: up.example.com}}]
    fault:
      delay: {fixedDelay: 1s, percentage: {value: 50}}
      abort: {httpStatus: 418, percentage: {value: 25}}
)"));
  int delays = 0;
  int aborts = 0;
  int both = 0;
  for (uint64_t random = 0; random < 10'000; ++random) {
    const Fault fault = Ask(*snapshot, {}, random).fault;
    delays += fault.delay != Duration();
    aborts += fault.abort_status == 418;
    both += fault.delay != Duration() && fault.abort_status == 418;
  }
  EXPECT_NEAR(delays, 5000, 250);
  EXPECT_NEAR(aborts, 2500, 220);
  EXPECT_NEAR(both, 1250, 170);
}

TEST(RequestDecisionTest, AForwardThatChangesNothingAllocatesNothing) {
  const auto snapshot = Build(Plain(kForward));
  Ask(*snapshot, {});
  ConnectionFacts facts;
  facts.listener = {"", 80};
  const ChainDecision chain = snapshot->Decide(facts, 0);
  RequestHead head;
  head.method = "GET";
  head.authority = "a.com";
  head.path = "/x?y=1";
  const uint64_t before = Allocations();
  const RouteDecision decision = snapshot->Decide(chain, head, 7);
  EXPECT_EQ(Allocations(), before);
  EXPECT_TRUE(std::holds_alternative<Forward>(decision.action));
}

TEST(RequestDecisionTest, APreflightIsAnsweredInTheUpstreamsPlace) {
  const auto snapshot = Build(Plain(R"(  - route: [{destination: {host: up.example.com}}]
    headers: {response: {set: {x-r: "1"}}}
    corsPolicy:
      allowOrigins: [{exact: "https://a.org"}]
      allowMethods: [GET, POST]
      allowHeaders: ["*"]
      allowCredentials: true
      maxAge: 90s
)"));
  const std::vector<HeaderView> ours = {{"origin", "https://a.org"},
                                        {"access-control-request-method", "POST"},
                                        {"access-control-request-headers", "x-y"}};
  const RouteDecision decision = Ask(*snapshot, {.method = "OPTIONS", .headers = ours});
  const auto& answer = std::get<CorsPreflight>(decision.action);
  EXPECT_EQ(answer.allow_origin, "https://a.org");
  EXPECT_TRUE(answer.allow_credentials);
  EXPECT_EQ(answer.allow_methods, "GET,POST");
  EXPECT_EQ(answer.allow_headers, "x-y");
  EXPECT_EQ(answer.max_age, "90");
  EXPECT_TRUE(decision.response_ops.second.empty());

  const std::vector<HeaderView> theirs = {{"origin", "https://b.org"},
                                          {"access-control-request-method", "POST"}};
  const RouteDecision forwarded = Ask(*snapshot, {.method = "OPTIONS", .headers = theirs});
  EXPECT_EQ(std::get<Forward>(forwarded.action).cors_allow_origin, "");
}

TEST(RequestDecisionTest, TheTraceNamesTheFirstConditionThatFails) {
  const auto snapshot =
      Build(Plain(R"(  - match: [{uri: {prefix: /a}, headers: {x-v: {exact: "2"}}}]
    route: [{destination: {host: a.example.com}}]
  - match: [{uri: {exact: /b}}]
    redirect: {uri: /c}
)"));
  Probe probe;
  probe.listener = {"", 80};
  probe.authority = "a.com";
  probe.path = "/b";
  probe.headers = {{"x-v", "1"}};
  EXPECT_EQ(snapshot->Explain(probe).steps.back().subject, "redirect 301 http://a.com/c");
  probe.path = "/a";
  const Trace trace = snapshot->Explain(probe);
  std::vector<std::string> reasons;
  for (const TraceStep& step : trace.steps) {
    if (step.stage == TraceStep::Stage::kRoute) reasons.push_back(step.reason);
  }
  EXPECT_EQ(reasons, (std::vector<std::string>{
                         "headers[x-v] exact \"2\": request has \"1\"",
                         "uri exact \"/b\": request has \"/a\"",
                     }));
  EXPECT_EQ(trace.steps.back().subject, "reject 404");
}

// The servers and the answers of GEP-3567, as issue 6 has them. "fourth" comes before "third", so
// that the host of both goes to the former.
class MisdirectedTest : public testing::Test {
 protected:
  static std::string Server(std::string_view name, std::string_view host) {
    return StrCat("  - port: {number: 443, name: ", name, ", protocol: HTTPS}\n    hosts: [\"",
                  host, "\"]\n    tls: {mode: SIMPLE, credentialName: web}\n");
  }

  static std::string Service(std::string_view name, std::string_view host) {
    return StrCat(
        "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ", name,
        ", namespace: default}\nspec:\n  hosts: [\"", host,
        "\"]\n  gateways: [g]\n  http:\n  - name: ", name,
        "\n    route: [{destination: {host: up.example.com}}]\n");
  }

  std::shared_ptr<const Snapshot> BuildAll(SnapshotOptions::Misdirected misdirected) {
    TestCa ca;
    MemoryCredentials credentials;
    TestSubject subject;
    subject.dns = {"example.org"};
    credentials.Set({CredentialName::Kind::kKeyPair, "istio-system", "web"},
                    ca.Issue(subject).credential());
    SnapshotOptions options;
    options.misdirected = misdirected;
    const std::string yaml =
        StrCat("apiVersion: networking.istio.io/v1\nkind: Gateway\n",
               "metadata: {name: g, namespace: default}\nspec:\n  servers:\n", Server("s1", "*"),
               Server("s2", "second-example.org"), Server("s3", "*.wildcard.org"),
               Server("s4", "fourth-example.wildcard.org"), Service("first", "example.org"),
               Service("second", "second-example.org"), Service("third", "*.wildcard.org"),
               Service("fourth", "fourth-example.wildcard.org"));
    return Build(yaml, options, &credentials);
  }

  // Answer returns the name of the rule, or the status.
  static std::string Answer(const Snapshot& snapshot, std::string_view sni,
                            std::string_view authority, HttpVersion version = HttpVersion::kHttp2) {
    ConnectionFacts facts;
    facts.listener = {"", 443};
    facts.tls = true;
    facts.sni = sni;
    RequestHead head;
    head.version = version;
    if (version == HttpVersion::kHttp2) head.scheme = "https";
    head.method = "GET";
    head.authority = authority;
    head.path = "/";
    const RouteDecision decision = snapshot.Decide(snapshot.Decide(facts, 0), head, 0);
    if (const auto* reject = std::get_if<Reject>(&decision.action)) return StrCat(reject->status);
    return std::string(decision.route_name);
  }
};

TEST_F(MisdirectedTest, AHostOfAnotherServerIsMisdirected) {
  const auto snapshot = BuildAll(SnapshotOptions::Misdirected::k421);
  const struct {
    std::string_view sni;
    std::string_view authority;
    std::string_view answer;
  } cases[] = {
      {"example.org", "example.org", "first"},
      {"example.org", "second-example.org", "421"},
      {"example.org", "unknown-example.org", "404"},
      {"second-example.org", "second-example.org", "second"},
      {"second-example.org", "example.org", "421"},
      {"second-example.org", "unknown-example.org", "421"},
      {"third-example.wildcard.org", "third-example.wildcard.org", "third"},
      {"third-example.wildcard.org", "fifth-example.wildcard.org", "third"},
      {"third-example.wildcard.org", "fourth-example.wildcard.org", "421"},
      {"third-example.wildcard.org", "second-example.org", "421"},
      {"third-example.wildcard.org", "unknown-example.org", "421"},
      {"fourth-example.wildcard.org", "fourth-example.wildcard.org", "fourth"},
      {"fourth-example.wildcard.org", "fifth-example.wildcard.org", "421"},
      {"unknown-example.org", "example.org", "first"},
      {"unknown-example.org", "unknown-example.org", "404"},
      {"second-example.org", "SECOND-example.org:443", "second"},
  };
  for (const auto& row : cases) {
    for (const HttpVersion version : {HttpVersion::kHttp11, HttpVersion::kHttp2}) {
      EXPECT_EQ(Answer(*snapshot, row.sni, row.authority, version), row.answer)
          << row.sni << " / " << row.authority;
    }
  }
}

TEST_F(MisdirectedTest, IstioAnswers404Instead) {
  const auto snapshot = BuildAll(SnapshotOptions::Misdirected::kIstio404);
  EXPECT_EQ(Answer(*snapshot, "second-example.org", "example.org"), "404");
  EXPECT_EQ(Answer(*snapshot, "third-example.wildcard.org", "second-example.org"), "404");
  EXPECT_EQ(Answer(*snapshot, "second-example.org", "second-example.org"), "second");
}

}  // namespace
}  // namespace postern
