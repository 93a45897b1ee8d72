// What Snapshot::Build refuses, drops and reports, by its options.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/snapshot.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kWeb = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: web, namespace: istio-system}
spec:
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [a.com]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: istio-system}
spec:
  hosts: [a.com]
  gateways: [web]
  http:
  - match: [{uri: {regex: "/[a-z]{999}"}}, {uri: {prefix: /a}}]
    route: [{destination: {host: d.example.com, port: {number: 80}}}]
)";

constexpr std::string_view kSecond = R"(---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: zweb, namespace: istio-system}
spec:
  servers:
  - port: {number: 80, name: tcp, protocol: TCP}
    hosts: ["*"]
)";

constexpr std::string_view kInvalid = R"(---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: bad, namespace: istio-system}
spec:
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [b.com]
    tls: {mode: SIMPLE}
)";

std::vector<std::string> RulesOf(const Snapshot& snapshot) {
  std::vector<std::string> rules;
  for (const Finding& finding : snapshot.report()) rules.push_back(finding.diagnostic.rule);
  return rules;
}

Config Read(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return Config::FromYaml(text);
}

// As in Istio, neither its port nor its subset counts, nor that of another destination.
TEST(BuildTest, TheIdleTimeOfBytesIsThatOfTheFirstDestinationsRule) {
  const Config config = Config::FromYaml(R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: istio-system}
spec:
  servers:
  - {port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 15443, name: mesh, protocol: TLS}, hosts: ["*"], tls: {mode: AUTO_PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: istio-system}
spec:
  hosts: ["*"]
  gateways: [g]
  tcp:
  - route:
    - {destination: {host: db.com, port: {number: 80}, subset: v1}, weight: 0}
    - {destination: {host: other.com, port: {number: 80}}, weight: 1}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: s, namespace: istio-system}
spec:
  hosts: [db.com]
  location: MESH_INTERNAL
  resolution: DNS
  ports: [{number: 80, name: tcp, protocol: TCP}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: r, namespace: istio-system}
spec:
  host: db.com
  trafficPolicy:
    connectionPool: {tcp: {idleTimeout: 5s}}
    portLevelSettings: [{port: {number: 80}, connectionPool: {tcp: {idleTimeout: 6s}}}]
  subsets: [{name: v1, trafficPolicy: {connectionPool: {tcp: {idleTimeout: 7s}}}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: o, namespace: istio-system}
spec: {host: other.com, trafficPolicy: {connectionPool: {tcp: {idleTimeout: 8s}}}}
)");
  const auto snapshot = Snapshot::Build(config, {});
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  ConnectionFacts facts;
  facts.listener = {.bind = "", .port = 9000};
  EXPECT_EQ((*snapshot)->Decide(facts, 0).idle_timeout, std::chrono::seconds(5));

  const std::string_view alpn[] = {"istio"};
  facts.listener.port = 15443;
  facts.tls = true;
  facts.alpn = alpn;
  for (const std::string_view sni : {"outbound_.80_._.db.com", "outbound_.80_.v1_.db.com"}) {
    facts.sni = sni;
    EXPECT_EQ((*snapshot)->Decide(facts, 0).idle_timeout, std::chrono::seconds(5)) << sni;
  }
}

TEST(BuildTest, StrictConflictsFailTheBuildAndNameBothSides) {
  SnapshotOptions options;
  EXPECT_TRUE(Snapshot::Build(Read({kWeb, kSecond}), options).ok());
  options.conflicts = SnapshotOptions::Conflicts::kStrict;
  EXPECT_TRUE(Snapshot::Build(Read({kWeb}), options).ok());
  const auto strict = Snapshot::Build(Read({kWeb, kSecond}), options);
  EXPECT_TRUE(absl::IsFailedPrecondition(strict.status())) << strict.status();
  EXPECT_THAT(std::string(strict.status().message()),
              HasSubstr("Gateway istio-system/zweb: spec.servers[0]: protocol TCP does not merge"));
  EXPECT_THAT(std::string(strict.status().message()),
              HasSubstr("(see Gateway istio-system/web spec.servers[0] at 6:5)"));
}

TEST(BuildTest, AnInvalidResourceFailsTheBuildOrIsDroppedAlone) {
  SnapshotOptions options;
  EXPECT_TRUE(absl::IsInvalidArgument(Snapshot::Build(Read({kWeb, kInvalid})).status()));
  options.invalid = SnapshotOptions::Invalid::kDropResource;
  const auto snapshot = Snapshot::Build(Read({kWeb, kInvalid}), options);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ((*snapshot)->listeners().size(), 1u);
  for (const Finding& finding : (*snapshot)->report()) {
    EXPECT_EQ(finding.diagnostic.severity, Severity::kWarning);
    EXPECT_EQ(finding.diagnostic.resource, "Gateway istio-system/bad");
    EXPECT_THAT(finding.diagnostic.message, HasSubstr("resource dropped: "));
  }
  EXPECT_EQ((*snapshot)->report().size(), 2u);  // No certificate, no key.
}

TEST(BuildTest, ANumberWithoutANameIsRefused) {
  std::string text(kInvalid);
  text.replace(text.find("SIMPLE"), 6, "99, credentialName: c");
  const auto refused = Snapshot::Build(Read({kWeb, text}));
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("[enum-value-unknown]"));
}

TEST(BuildTest, AKindThatRestrictsAccessIsRefusedUntilItIsNamed) {
  constexpr std::string_view kPolicy =
      "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
      "metadata: {name: p, namespace: istio-system}\nspec: {}\n";
  SnapshotOptions options;
  EXPECT_TRUE(absl::IsInvalidArgument(Snapshot::Build(Read({kWeb, kPolicy}), options).status()));
  options.invalid = SnapshotOptions::Invalid::kDropResource;
  EXPECT_TRUE(absl::IsInvalidArgument(Snapshot::Build(Read({kWeb, kPolicy}), options).status()));
  options.accept_unenforced = {"AuthorizationPolicy"};
  EXPECT_TRUE(Snapshot::Build(Read({kWeb, kPolicy}), options).ok());
}

TEST(BuildTest, ALimitPassedIsNamed) {
  SnapshotOptions options;
  options.max_routes = 1;
  const auto refused = Snapshot::Build(Read({kWeb}), options);
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("max_routes"));
  options.max_routes = 2;
  EXPECT_TRUE(Snapshot::Build(Read({kWeb}), options).ok());
}

TEST(BuildTest, AnExpressionBeyondItsBudgetDropsItsRouteAlone) {
  SnapshotOptions options;
  options.max_regex_bytes = 8 << 10;
  const auto snapshot = Snapshot::Build(Read({kWeb}), options);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_THAT(RulesOf(**snapshot), ElementsAre("http-match-regex-dropped"));
  EXPECT_EQ((*snapshot)->report()[0].diagnostic.where.line, 16);
  EXPECT_THAT((*snapshot)->Dump(), HasSubstr("uri prefix \"/a\""));
  EXPECT_THAT(RulesOf(**Snapshot::Build(Read({kWeb}))), IsEmpty());
}

// A Rotation is a TLS server and the credential that it names.
struct Rotation {
  static constexpr std::string_view kYaml = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: tls, namespace: istio-system}
spec:
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [a.com, b.com]
    tls: {mode: SIMPLE, credentialName: c}
)";
  const CredentialName name = {CredentialName::Kind::kKeyPair, "istio-system", "c"};
  TestCa ca;
  MemoryCredentials source;
  SnapshotOptions options;

  Rotation() { options.wall_time = kTestWallTime; }

  void Set(std::vector<std::string> dns, std::chrono::seconds ends) {
    TestSubject subject;
    subject.dns = std::move(dns);
    subject.ends = ends;
    source.Set(name, ca.Issue(subject).credential());
  }
};

TEST(BuildTest, WithCredentialsReportsAnewAndSharesTheRest) {
  Rotation rotation;
  const Config config = Config::FromYaml(Rotation::kYaml);
  const auto none = Snapshot::Build(config, rotation.options, &rotation.source);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_THAT(RulesOf(**none), ElementsAre("server-credential-not-ready"));

  rotation.Set({"a.com"}, std::chrono::hours(24 * 9));
  const auto first = (*none)->WithCredentials({&rotation.name, 1}, rotation.source);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(RulesOf(**first),
              ElementsAre("server-certificate-expiring", "server-host-uncovered"));

  const auto later =
      (*first)->WithCredentials({}, rotation.source, kTestWallTime + std::chrono::hours(24 * 10));
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_THAT(RulesOf(**later), ElementsAre("server-certificate-expired", "server-host-uncovered"));

  rotation.Set({"a.com", "b.com"}, std::chrono::hours(24 * 365));
  const auto second = (*first)->WithCredentials({&rotation.name, 1}, rotation.source);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(RulesOf(**second), IsEmpty());
  EXPECT_EQ((*second)->Dump(), (*none)->Dump());
  EXPECT_EQ((*second)->listeners().data(), (*none)->listeners().data());
  EXPECT_EQ(Diff(**none, **second).ToText(), "");
  EXPECT_THAT(Diff(**first, **second).ToText(), HasSubstr("certificate-changed 0.0.0.0_443"));
}

TEST(BuildTest, WithCredentialsKeepsTheLastGoodOne) {
  Rotation rotation;
  rotation.Set({"a.com", "b.com"}, std::chrono::hours(24 * 365));
  const auto good =
      Snapshot::Build(Config::FromYaml(Rotation::kYaml), rotation.options, &rotation.source);
  ASSERT_TRUE(good.ok()) << good.status();
  Credential bad;
  bad.certificate_chain = "not a certificate";
  bad.private_key = SecretText("not a key");
  rotation.source.Set(rotation.name, std::move(bad));
  EXPECT_TRUE(absl::IsInvalidArgument(
      (*good)->WithCredentials({&rotation.name, 1}, rotation.source).status()));
  MemoryCredentials empty;
  EXPECT_TRUE(absl::IsNotFound((*good)->WithCredentials({&rotation.name, 1}, empty).status()));
}

// SettingsText returns each setting of the route that `path` of a.com gets.
std::string SettingsText(const Snapshot& snapshot, std::string_view path) {
  ConnectionFacts facts;
  facts.listener = {"", 80};
  RequestHead head;
  head.method = "GET";
  head.authority = "a.com";
  head.path = path;
  const RouteDecision decision = snapshot.Decide(snapshot.Decide(facts, 0), head, 0);
  std::string text;
  for (const Setting& setting : snapshot.EffectiveSettings(decision)) {
    StrAppend(&text, setting.name, " = ", setting.value, " (", setting.origin, ")\n");
  }
  return text;
}

TEST(BuildTest, EffectiveSettingsHideNoDefault) {
  const auto snapshot = Snapshot::Build(Read({kWeb}));
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(SettingsText(**snapshot, "/a"),
            R"(timeout = none (istio default)
retries.attempts = 2 (istio default)
retries.retryOn = connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes (istio default)
retries.perTryTimeout = none (istio default)
retries.backoff = 25ms to 250ms (istio default)
retries.retryIgnorePreviousHosts = true (istio default)
retries.retryRemoteLocalities = false (istio default)
connectionPool.tcp.connectTimeout = 10s (istio default)
connectionPool.tcp.maxConnections = 4294967295 (istio default)
connectionPool.tcp.maxConnectionDuration = none (istio default)
connectionPool.http.idleTimeout = 3600s (istio default)
connectionPool.http.http1MaxPendingRequests = 4294967295 (istio default)
connectionPool.http.http2MaxRequests = 4294967295 (istio default)
connectionPool.http.maxRequestsPerConnection = 4294967295 (istio default)
connectionPool.http.maxConcurrentStreams = 4294967295 (istio default)
connectionPool.http.maxRetries = 4294967295 (istio default)
upstream.protocol = HTTP/1.1 (istio default)
pathNormalization = BASE (istio default)
numTrustedProxies = 0 (istio default)
)");
}

TEST(BuildTest, EffectiveSettingsNameThePlaceOfWhatIsSet) {
  constexpr std::string_view kRule = R"(---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: d, namespace: istio-system}
spec:
  host: d.example.com
  trafficPolicy:
    connectionPool: {tcp: {connectTimeout: 3s}}
)";
  std::string text(kWeb);
  text.replace(text.rfind("    route:"), 0, "    timeout: 5s\n    retries: {attempts: 7}\n");
  SnapshotOptions options;
  options.num_trusted_proxies = 1;
  const auto snapshot = Snapshot::Build(Read({text, kRule}), options);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  const std::string settings = SettingsText(**snapshot, "/a");
  for (const std::string_view line :
       {"timeout = 5s (VirtualService istio-system/web spec.http[0].timeout (17:14))\n",
        "retries.attempts = 7 (VirtualService istio-system/web spec.http[0].retries (18:14))\n",
        "connectionPool.tcp.connectTimeout = 3s (DestinationRule istio-system/d spec (25:3))\n",
        "numTrustedProxies = 1 (SnapshotOptions)\n"}) {
    EXPECT_THAT(settings, HasSubstr(line));
  }
}

}  // namespace
}  // namespace postern
