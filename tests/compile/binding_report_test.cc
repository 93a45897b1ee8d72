// What the report says of servers and VirtualServices that take no effect.

#include "lib/compile/binding_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

constexpr std::string_view kGateway = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: web, namespace: infra}
spec:
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*/*.example.com", shop/only.shop]}
  - {port: {number: 8080, name: alt, protocol: HTTP}, hosts: [alt.example.com]}
)";

// Service returns a VirtualService of namespace `ns` with these fields of its spec.
std::string Service(std::string_view ns, std::string_view fields) {
  return StrCat(
      "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v, "
      "namespace: ",
      ns, "}\nspec:\n", fields);
}

constexpr std::string_view kRoute = "  http: [{route: [{destination: {host: a.b}}]}]\n";

// ReportOf returns the report of `yaml`: a line for each finding, "rule path: message".
std::string ReportOf(const std::string& yaml) {
  const auto snapshot = Snapshot::Build(Config::FromYaml(yaml));
  if (!snapshot.ok()) return snapshot.status().ToString();
  std::string lines;
  for (const Finding& finding : (*snapshot)->report()) {
    const Diagnostic& diagnostic = finding.diagnostic;
    StrAppend(&lines, diagnostic.rule, " ", diagnostic.path, ": ", diagnostic.message, "\n");
  }
  return lines;
}

TEST(BindingReportTest, SaysNothingOfAServiceThatApplies) {
  EXPECT_EQ(ReportOf(StrCat(kGateway,
                            Service("shop",
                                    "  gateways: [infra/web]\n"
                                    "  hosts: [a.example.com, only.shop]\n"),
                            kRoute)),
            "");
}

TEST(BindingReportTest, SaysWhyAServiceAppliesNowhere) {
  const struct {
    std::string_view fields;
    std::string_view line;
  } cases[] = {
      {"  hosts: [a.example.com]\n",
       "virtual-service-gateways-none spec.gateways: names no Gateway, so it applies inside the "
       "mesh only\n"},
      {"  gateways: [web]\n  hosts: [a.example.com]\n",
       "virtual-service-gateway-unknown spec.gateways[0]: no Gateway is called \"other/web\"\n"},
      {"  gateways: [infra/web]\n  hosts: [only.shop, example.com]\n",
       "virtual-service-hosts-unexposed spec.hosts: no server of its gateways exposes one of its "
       "hosts to its namespace: it applies nowhere\n"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(ReportOf(StrCat(kGateway, Service("other", row.fields), kRoute)), row.line);
  }
}

TEST(BindingReportTest, NamesEachHostThatNoServerExposes) {
  EXPECT_EQ(ReportOf(StrCat(kGateway,
                            Service("other",
                                    "  gateways: [infra/web]\n  hosts: [a.example.com, "
                                    "only.shop, \"*.b.example.com\", c.org]\n"),
                            kRoute)),
            "virtual-service-host-unexposed spec.hosts[1]: no server of its gateways exposes the "
            "host \"only.shop\" to its namespace\n"
            "virtual-service-host-unexposed spec.hosts[3]: no server of its gateways exposes the "
            "host \"c.org\" to its namespace\n");
}

TEST(BindingReportTest, AWiderHostOfTheServiceIsExposedByANarrowerOne) {
  EXPECT_EQ(
      ReportOf(StrCat(kGateway, Service("other", "  gateways: [infra/web]\n  hosts: [\"*.com\"]\n"),
                      kRoute)),
      "");
}

TEST(BindingReportTest, NamesMatchesForPortsThatItsServersDoNotHave) {
  EXPECT_EQ(
      ReportOf(StrCat(kGateway, Service("infra", "  gateways: [web]\n  hosts: [alt.example.com]\n"),
                      "  http:\n  - match: [{port: 80}, {port: 8080}, {port: 443}]\n"
                      "    route: [{destination: {host: a.b}}]\n",
                      Service("shop", "  gateways: [infra/web]\n  hosts: [only.shop]\n"),
                      "  http:\n  - match: [{port: 80}, {port: 8080}]\n"
                      "    route: [{destination: {host: a.b}}]\n")),
      "virtual-service-match-port-unbound spec.http[0].match[2].port: no server of its gateways "
      "has port 443, only 80, 8080: the match never applies\n"
      "virtual-service-match-port-unbound spec.http[0].match[1].port: no server of its gateways "
      "has port 8080, only 80: the match never applies\n");
}

TEST(BindingReportTest, NamesServersThatNothingListensFor) {
  const std::string report = ReportOf(R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: tcp, namespace: infra}
spec:
  servers:
  - {port: {number: 2379, name: etcd, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
)");
  EXPECT_EQ(report,
            "server-routes-none spec.servers[0]: no rule of a VirtualService applies to port 2379, "
            "protocol TCP: it does not listen for this server\n");
}

TEST(BindingReportTest, AServerThatLostNamesTheOneThatWon) {
  const auto snapshot = Snapshot::Build(Config::FromYaml(R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: a, namespace: infra}
spec:
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: b, namespace: infra}
spec:
  servers:
  - {port: {number: 80, name: tcp, protocol: TCP}, hosts: ["*"]}
)"));
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  const auto report = (*snapshot)->report();
  const auto lost = std::find_if(report.begin(), report.end(), [](const Finding& finding) {
    return finding.diagnostic.rule.starts_with("server-rejected-");
  });
  ASSERT_NE(lost, report.end());
  EXPECT_EQ(lost->diagnostic.resource, "Gateway infra/b");
  EXPECT_EQ(lost->diagnostic.where.line, 14);
  ASSERT_TRUE(lost->diagnostic.other);
  EXPECT_EQ(lost->diagnostic.other->resource, "Gateway infra/a");
  EXPECT_EQ(lost->diagnostic.other->path, "spec.servers[0]");
  EXPECT_EQ(lost->diagnostic.other->where.line, 7);
}

}  // namespace
}  // namespace postern
