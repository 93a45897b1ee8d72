#include <chrono>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "lib/model/diagnostic.h"
#include "postern/config.h"

namespace postern {
namespace {

std::vector<std::string> RulesOf(const std::vector<Diagnostic>& findings) {
  std::vector<std::string> rules;
  for (const Diagnostic& finding : findings) rules.push_back(finding.rule);
  return rules;
}

TEST(ValidateTest, NamesThePlaceTheFieldAndTheOtherPlace) {
  const std::vector<Diagnostic> findings = Validate(Config::FromYaml(R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: web
  namespace: shop
spec:
  servers:
  - hosts: [a.com]
    port: {number: 80, name: http, protocol: HTTP}
  - hosts: [b.com]
    port: {number: 81, name: http, protocol: HTTP}
)"));
  ASSERT_EQ(1u, findings.size());
  const Diagnostic& finding = findings[0];
  EXPECT_EQ(Severity::kError, finding.severity);
  EXPECT_EQ("gateway-port-name-duplicate", finding.rule);
  EXPECT_EQ("Gateway shop/web", finding.resource);
  EXPECT_EQ("spec.servers[1].port.name", finding.path);
  EXPECT_EQ(12, finding.where.line);
  EXPECT_EQ("port name \"http\" is that of server 0 already", finding.message);
  ASSERT_TRUE(finding.other.has_value());
  EXPECT_EQ("spec.servers[0].port.name", finding.other->path);
  EXPECT_EQ(10, finding.other->where.line);
}

TEST(ValidateTest, RepeatsWhatReadingFound) {
  const Config config = Config::FromYaml("{kind: Gateway, apiVersion: networking.istio.io/v9}");
  ASSERT_FALSE(config.findings.empty());
  EXPECT_EQ(config.findings, Validate(config));
}

TEST(ValidateTest, OrdersFindingsByPlaceWhateverTheKind) {
  const std::string text = R"(
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: b}, spec: {hosts: [], ports: []}}
---
{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: a}, spec: {}}
)";
  const std::vector<std::string> expected = {"service-entry-hosts-required",
                                             "gateway-servers-required"};
  EXPECT_EQ(expected, RulesOf(Validate(Config::FromYaml(text))));
}

TEST(ValidateTest, OrdersResourcesOfAProgramByKindAndName) {
  Config config;
  config.virtual_services.emplace_back().metadata.name = "v";
  config.virtual_services.back().hosts = {"a.com"};
  config.gateways.emplace_back().metadata.name = "b";
  config.gateways.emplace_back().metadata.name = "a";
  const std::vector<Diagnostic> findings = Validate(config);
  ASSERT_EQ(3u, findings.size());
  EXPECT_EQ("Gateway /a", findings[0].resource);
  EXPECT_EQ("Gateway /b", findings[1].resource);
  EXPECT_EQ("VirtualService /v", findings[2].resource);
  EXPECT_EQ(findings, Validate(config));
}

// Where Istio reports the first of several mistakes only, or checks nothing more behind one.
TEST(ValidateTest, LooksNoFurtherThanIstio) {
  const struct {
    std::string_view kind;
    std::string_view annotations;
    std::string_view spec;
    std::vector<std::string> rules;
  } cases[] = {
      {"Gateway",
       "{internal.istio.io/parents: x, istio.io/dry-run: x}",
       "{}",
       {"annotation-dry-run-unsupported"}},
      {"VirtualService", "{internal.istio.io/parents: x}", "{}", {"annotation-parents-reserved"}},
      {"DestinationRule", "{internal.istio.io/parents: x}", "{}", {"annotation-parents-reserved"}},
      {"ServiceEntry", "{internal.istio.io/parents: x}", "{}", {"annotation-parents-reserved"}},
      {"WorkloadEntry", "{internal.istio.io/parents: x}", "{}", {"annotation-parents-reserved"}},
      {"Gateway",
       "{}",
       "{servers: [{hosts: [a.com], port: {number: 443, protocol: HTTPS}}]}",
       {"server-port-name-required"}},
      {"Gateway",
       "{}",
       "{servers: [{hosts: [a.com], port: {number: 0, name: a, protocol: TLS}}]}",
       {"port-number-range"}},
      {"Gateway",
       "{}",
       "{servers: [{hosts: [a.com], port: {number: 80, name: a, protocol: HTTP, targetPort: 1}, "
       "tls: {mode: SIMPLE, credentialName: c}}]}",
       {"server-port-target-superfluous"}},
      {"Gateway",
       "{}",
       "{servers: [{hosts: [a.com], port: {number: 80, protocol: TCP}, tls: {httpsRedirect: "
       "true}}]}",
       {"server-port-name-required", "server-tls-redirect-without-http"}},
      {"VirtualService",
       "{}",
       "{hosts: [a.com], http: [{match: [{uri: {exact: /x}}], redirect: {uri: /a, prefixRewrite: "
       "/b, redirectCode: 1, scheme: x, port: 70000}}]}",
       {"redirect-uri-with-prefix-rewrite"}},
      {"VirtualService",
       "{}",
       "{hosts: [a.com], http: [{redirect: {redirectCode: 1}}]}",
       {"redirect-target-required"}},
      {"VirtualService",
       "{}",
       "{hosts: [a.com], http: [{redirect: {scheme: x, redirectCode: 1}}]}",
       {"redirect-code-range"}},
      {"VirtualService",
       "{}",
       "{hosts: [a.com], http: [{redirect: {scheme: x, port: 70000}}]}",
       {"redirect-scheme-unknown"}},
      {"VirtualService",
       "{}",
       "{hosts: [a.com], exportTo: [n.s, n.s], http: [{route: [{destination: {host: a.b}}]}]}",
       {"export-to-entry-malformed", "export-to-entry-malformed"}},
      {"VirtualService",
       "{}",
       "{hosts: [a.com], exportTo: ['~', '~'], http: [{route: [{destination: {host: a.b}}]}]}",
       {"export-to-none-unsupported", "export-to-none-unsupported"}},
      {"VirtualService",
       "{}",
       "{hosts: [a.com], http: [{route: [{destination: {host: a.b}}], mirrors: [{percentage: "
       "{value: 101}}, {destination: {host: m.b}, percentage: {value: 101}}]}]}",
       {"mirror-destination-required", "mirror-percentage-range"}},
  };
  for (const auto& c : cases) {
    const std::string text =
        StrCat("{apiVersion: networking.istio.io/v1, kind: ", c.kind,
               ", metadata: {name: t, annotations: ", c.annotations, "}, spec: ", c.spec, "}");
    EXPECT_EQ(c.rules, RulesOf(Validate(Config::FromYaml(text)))) << text;
  }
}

TEST(ValidateTest, ShowsNoValueOfASecret) {
  const std::vector<Diagnostic> findings = Validate(Config::FromYaml(R"(
{apiVersion: v1, kind: Secret, metadata: {name: s, annotations: {istio.io/dry-run: x}}, stringData: {tls.key: hunter2}}
---
{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {tls.key: hunter2}}
)"));
  EXPECT_EQ(std::vector<std::string>{"resource-name-duplicate"}, RulesOf(findings));
  for (const Diagnostic& finding : findings) {
    EXPECT_EQ(std::string::npos, finding.ToString().find("hunter2"));
  }
}

// ManyHosts returns a VirtualService of `count` hosts, each with an SNI match and an HTTP prefix.
VirtualService ManyHosts(int count) {
  VirtualService service;
  service.metadata.name = "many";
  for (int i = 0; i < count; ++i) {
    const std::string host = StrCat("host-", i, i % 2 == 0 ? ".example.com" : ".example.org");
    service.hosts.push_back(host);
    TlsRoute& tls = service.tls.emplace_back();
    tls.match.emplace_back().sni_hosts = {host};
    tls.route.emplace_back().destination.emplace().host = "a.b";
    HttpRoute& http = service.http.emplace_back();
    http.match.emplace_back().uri.emplace().prefix = StrCat("/p", i, "/");
    http.route.emplace_back().destination.emplace().host = "a.b";
  }
  return service;
}

TEST(ValidateTest, LooksAtTwentyThousandHostsWithoutComparingPairs) {
  Config config;
  config.virtual_services.push_back(ManyHosts(20'000));
  EXPECT_TRUE(Validate(config).empty());
}

TEST(ValidateTest, BoundsTheFindingsAboutHostsThatAllOverlap) {
  Config config;
  config.virtual_services.push_back(ManyHosts(1));
  config.virtual_services[0].tls.clear();
  config.virtual_services[0].hosts.assign(2'000, "*.example.com");
  EXPECT_LT(Validate(config).size(), 10'000u);
}

}  // namespace
}  // namespace postern
