#include "postern/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lib/base/strings.h"

namespace postern {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

// Lines returns "line:column rule path" of each finding.
std::vector<std::string> Lines(const Config& config) {
  std::vector<std::string> lines;
  for (const Diagnostic& finding : config.findings) {
    lines.push_back(StrCat(finding.where.line, ":", finding.where.column, " ", finding.rule,
                           finding.path.empty() ? "" : " ", finding.path));
  }
  return lines;
}

std::string GatewayOf(std::string_view server) {
  return StrCat(
      "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: t}\nspec:\n"
      "  servers:\n  - ",
      server, "\n");
}

std::string RouteOf(std::string_view route) {
  return StrCat(
      "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: t}\nspec:\n"
      "  http:\n  - ",
      route, "\n");
}

DecodeOptions Lenient() {
  DecodeOptions options;
  options.mode = DecodeOptions::Mode::kLenient;
  return options;
}

TEST(ConfigTest, EachMistakeHasItsPlace) {
  const Config config = Config::FromYaml(
      "apiVersion: networking.istio.io/v1\n"
      "kind: Gateway\n"
      "metadata:\n"
      "  name: web\n"
      "  namespace: infra\n"
      "spec:\n"
      "  selector: {istio: 1}\n"
      "  servers:\n"
      "  - port: {number: 80.5, name: 443, protocol: HTTP}\n"
      "    hosts: a.b\n"
      "    prot: x\n"
      "  - port:\n"
      "      number: -1\n"
      "      number: 2\n"
      "    tls:\n"
      "      mode: simple\n"
      "      httpsRedirect: \"true\"\n"
      "---\n"
      "apiVersion: networking.istio.io/v1\n"
      "kind: Gateway\n"
      "metadata: {name: other}\n");
  EXPECT_THAT(Lines(config),
              ElementsAre("7:21 field-type-invalid spec.selector[istio]",
                          "9:20 field-number-invalid spec.servers[0].port.number",
                          "9:32 field-type-invalid spec.servers[0].port.name",
                          "10:12 field-type-invalid spec.servers[0].hosts",
                          "11:5 field-unknown spec.servers[0].prot",
                          "14:7 field-duplicate spec.servers[1].port.number",
                          "17:22 field-type-invalid spec.servers[1].tls.httpsRedirect",
                          "16:13 field-enum-unknown spec.servers[1].tls.mode"));
  for (const Diagnostic& finding : config.findings) {
    EXPECT_EQ(finding.resource, "Gateway infra/web");
    EXPECT_EQ(finding.severity, Severity::kError);
  }
  // Only its own document is lost.
  ASSERT_EQ(config.gateways.size(), 1u);
  EXPECT_EQ(config.gateways[0].metadata.name, "other");
  EXPECT_EQ(config.gateways[0].metadata.ns, "default");
}

TEST(ConfigTest, TheSourceMapKnowsEachValue) {
  const Config config = Config::FromYaml(
      "# first\n"
      "---\n"
      "apiVersion: networking.istio.io/v1\r\n"
      "kind: VirtualService\r\n"
      "metadata: {name: t, labels: {a/b.c: d}}\r\n"
      "spec:\r\n"
      "  hosts:\r\n"
      "  - \"\u00e9\"\r\n"
      "  - b\r\n"
      "  export_to: ['*']\r\n"
      "  http:\r\n"
      "  - match: &m [{headers: {end-user: {exact: jason}}}]\r\n"
      "    timeout: 1s\r\n"
      "  - match: *m\r\n"
      "    <<: {name: merged}\r\n");
  ASSERT_THAT(Lines(config), IsEmpty());
  const SourceMap& source = config.virtual_services.at(0).source;
  const struct {
    std::string_view path;
    int line;
    int column;
  } cases[] = {
      {"", 3, 1},
      {"kind", 4, 7},
      {"metadata.labels[a/b.c]", 5, 37},
      {"spec", 7, 3},
      {"spec.hosts", 8, 3},
      {"spec.hosts[0]", 8, 5},
      {"spec.hosts[1]", 9, 5},
      {"spec.hosts[2]", 8, 3},
      {"spec.exportTo[0]", 10, 15},
      {"spec.http[0].match[0].headers[end-user].exact", 12, 45},
      {"spec.http[0].timeout", 13, 14},
      {"spec.http[1].match[0].headers[end-user].exact", 12, 45},
      {"spec.http[1].name", 15, 16},
      {"spec.http[1].route", 14, 5},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(source.Find(c.path), (SourceLocation{"", c.line, c.column})) << c.path;
  }
}

TEST(ConfigTest, ServersAreTypedAsIstioTypesThem) {
  // Schema.md section 7: the rule expected, or none.
  const struct {
    std::string_view server;
    std::string_view rule;
  } cases[] = {
      {"port: {number: \"80\", name: http, protocol: http}", ""},
      {"port: {number: \" 20\"}", ""},
      {"port: {number: \"\\t20\"}", "field-type-invalid"},
      {"port: {number: \"20\\n\"}", "field-type-invalid"},
      {"port: {number: \"null\"}", ""},
      {"port: {number: ' null '}", ""},
      {"port: {number: \"Null\"}", "field-type-invalid"},
      {"port: {number: 010}", ""},
      {"port: {number: 0x50}", ""},
      {"port: {number: 1_000}", ""},
      {"port: {number: 80.0}", ""},
      {"port: {number: 1e2}", ""},
      {"port: {number: 0.0}", ""},
      {"port: {number: null}", ""},
      {"port: null", ""},
      {"port: {name: 443}", "field-type-invalid"},
      {"port: {name: on}", "field-type-invalid"},
      {"port: {name: 1.5}", "field-type-invalid"},
      {"port: {name: .inf}", "field-type-invalid"},
      {"port: {name: 2001-01-01}", ""},
      {"port: {name: !!str 443}", ""},
      {"port: {name: !mine 443}", ""},
      {"port: {number: !!int \"80\"}", ""},
      {"port: {number: 80.5}", "field-number-invalid"},
      {"port: {number: -1}", "field-number-invalid"},
      {"port: {number: 4294967295}", ""},
      {"port: {number: 4294967296}", "field-number-invalid"},
      {"port: {number: 100000000000000000000}", "field-number-invalid"},
      {"port: {number: \"80.0\"}", "field-number-invalid"},
      {"port: {number: \"0x50\"}", "field-type-invalid"},
      {"port: {number: \"010\"}", "field-type-invalid"},
      {"port: {number: \"\"}", "field-type-invalid"},
      {"port: {number: -0.0}", "field-number-invalid"},
      {"port: {number: .nan}", "field-number-invalid"},
      {"port: {number: true}", "field-type-invalid"},
      {"port: {number: [80]}", "field-type-invalid"},
      {"port: [80]", "field-type-invalid"},
      {"port: 80", "field-type-invalid"},
      {"tls: {mode: SIMPLE}", ""},
      {"tls: {mode: 1}", ""},
      {"tls: {mode: 99}", ""},
      {"tls: {mode: -1}", ""},
      {"tls: {mode: 1.0}", ""},
      {"tls: {mode: 2147483648}", "field-number-invalid"},
      {"tls: {mode: \"1\"}", "field-enum-unknown"},
      {"tls: {mode: \"null\"}", "field-enum-unknown"},
      {"tls: {mode: \"\"}", "field-enum-unknown"},
      {"tls: {mode: simple}", "field-enum-unknown"},
      {"tls: {mode: on}", "field-type-invalid"},
      {"tls: {httpsRedirect: yes}", ""},
      {"tls: {httpsRedirect: 1}", "field-type-invalid"},
      {"tls: {insecureSkipVerify: {value: true}}", "field-type-invalid"},
      {"tls: {https_redirect: true, httpsRedirect: false}", ""},
      {"tls: {HttpsRedirect: true}", "field-unknown"},
      {"tls: {https_Redirect: true}", "field-unknown"},
      {"hosts: [a, null, ~]", ""},
      {"hosts: {a: b}", "field-type-invalid"},
      {"hosts: [[a]]", "field-type-invalid"},
  };
  for (const auto& c : cases) {
    const Config config = Config::FromYaml(GatewayOf(c.server));
    ASSERT_EQ(config.findings.size(), c.rule.empty() ? 0u : 1u) << c.server;
    if (!c.rule.empty()) {
      EXPECT_EQ(config.findings[0].rule, c.rule) << c.server;
    }
    EXPECT_EQ(config.gateways.size(), c.rule.empty() ? 1u : 0u) << c.server;
  }
}

TEST(ConfigTest, ValuesAreThoseThatWereWritten) {
  const auto port = [](std::string_view text) {
    return Gateway::FromYaml(GatewayOf(StrCat("port: {number: ", text, "}")))
        ->servers[0]
        .port->number;
  };
  EXPECT_EQ(port("010"), 8u);
  EXPECT_EQ(port("0x50"), 80u);
  EXPECT_EQ(port("08"), 8u);
  EXPECT_EQ(port("80.0"), 80u);
  EXPECT_EQ(port("1e2"), 100u);
  EXPECT_EQ(port("\" 20\""), 20u);
  EXPECT_EQ(port("null"), 0u);
  EXPECT_EQ(port("\"null\""), 0u);

  const Server server =
      Gateway::FromYaml(GatewayOf("{hosts: [null, a], tls: {https_redirect: true, "
                                  "httpsRedirect: null, mode: 99, cipher_suites: [x]}}"))
          ->servers[0];
  EXPECT_THAT(server.hosts, ElementsAre("", "a"));
  EXPECT_FALSE(server.tls->https_redirect);  // camelCase wins, even if it is null.
  EXPECT_EQ(static_cast<int>(server.tls->mode), 99);
  EXPECT_THAT(server.tls->cipher_suites, ElementsAre("x"));
  EXPECT_FALSE(server.port.has_value());
}

TEST(ConfigTest, RoutesAreTypedAsIstioTypesThem) {
  const struct {
    std::string_view route;
    std::string_view rule;
  } cases[] = {
      {"timeout: 5", "field-type-invalid"},
      {"timeout: \"5\"", "field-duration-invalid"},
      {"timeout: 1d", "field-duration-invalid"},
      {"timeout: 1h30m", ""},
      {"timeout: 0s", ""},
      {"timeout: \"0\"", ""},
      {"timeout: 0", "field-type-invalid"},
      {"match: [{headers: {x: {exact: on}}}]", "field-type-invalid"},
      {"match: [{headers: {x: null, z: {}}}]", ""},
      {"match: [{headers: {y: {}, on: {}}}]", "field-duplicate"},
      {"match: [null]", ""},
      {"match: null", ""},
      {"match: [{uri: {exact: /a, prefix: /b}}]", "field-oneof-overridden"},
      {"mirrorPercentage: 50", "field-type-invalid"},
      {"mirrorPercentage: {value: 50}", ""},
      {"mirrorPercentage: {value: \"1.5\"}", ""},
      {"mirrorPercentage: {value: \"null\"}", ""},
      {"mirrorPercentage: {value: NaN}", ""},
      {"mirrorPercentage: {value: .inf}", "field-type-invalid"},
      {"mirrorPercent: {value: 5}", "field-type-invalid"},
      {"mirrorPercent: \"7\"", ""},
      {"mirror_percent: 7", ""},
      {"directResponse: {status: 200, body: {bytes: aGk=}}", ""},
      {"directResponse: {status: 200, body: {bytes: aGk}}", "field-base64-invalid"},
      {"directResponse: {status: 200, body: {bytes: !!binary aGk=}}", "field-base64-invalid"},
      {"directResponse: {status: 200, body: {bytes: []}}", ""},
      {"directResponse: {status: 200, body: {bytes: [0, 255, null, 1.0]}}", ""},
      {"directResponse: {status: 200, body: {bytes: [256]}}", "field-number-invalid"},
      {"directResponse: {status: 200, body: {bytes: [-1]}}", "field-number-invalid"},
      {"directResponse: {status: 200, body: {bytes: ['1']}}", "field-type-invalid"},
      {"directResponse: {status: 200, body: {bytes: [a]}}", "field-type-invalid"},
      {"directResponse: {status: 200, body: {bytes: {}}}", "field-type-invalid"},
      {"retries: {attempts: -1}", ""},
      {"retries: {attempts: -2147483649}", "field-number-invalid"},
      {"headers: {request: {set: {a: 1}}}", "field-type-invalid"},
      {"headers: {request: {set: {a: null}}}", ""},
      {"websocketUpgrade: true", "field-unknown"},
      {"&a {<<: {name: x}}", ""},
      {"{<<: {name: x}, name: z}", "field-duplicate"},
  };
  for (const auto& c : cases) {
    const Config config = Config::FromYaml(RouteOf(c.route));
    ASSERT_EQ(config.findings.size(), c.rule.empty() ? 0u : 1u) << c.route;
    if (!c.rule.empty()) {
      EXPECT_EQ(config.findings[0].rule, c.rule) << c.route;
    }
  }
}

TEST(ConfigTest, BytesMayBeAListOfNumbers) {
  const auto bytes = [](std::string_view written) {
    const auto service = VirtualService::FromYaml(
        RouteOf(StrCat("directResponse: {status: 200, body: {bytes: ", written, "}}")));
    return service->http.at(0).direct_response->body->bytes;
  };
  EXPECT_EQ(bytes("[104, 0x69, null]"), std::string("hi\0", 3));
  EXPECT_EQ(bytes("[]"), "");
}

TEST(ConfigTest, QuotedTextsMeanWhatGoReads) {
  const struct {
    std::string_view written;
    std::string_view meaning;
  } cases[] = {
      // Of several line breaks the first means nothing, and a single one a space.
      {"'\n\n    '", "\n"},
      {"\"\n\n\n\"", "\n\n"},
      {"'  \n  '", " "},
      {"'x\n\n\n\n'", "x\n\n\n"},
      {"\"x\r\n\r\n\r\n\"", "x\n\n"},
      {"'x''\n\n\n'", "x'\n\n"},
      {"&a \"x\n\n\n\"", "x\n\n"},
      {"!!str \"x\n\n\n\"", "x\n\n"},
      {"\"x\\n\\n\n\n\n\"", "x\n\n\n\n"},
      {"\"\\\n\n\n\"", "\n\n"},
      {"\"\\_\"", "\u00a0"},
      {"\"\u00e9\\N\u20ac\\_\U0001f600\"", "\u00e9\u0085\u20ac\u00a0\U0001f600"},
      {"\"\\_\n\n\n\"", "\u00a0\n\n"},
      {"\"\\\\_\"", "\\_"},
      {"''''", "'"},
      {"'''x'''", "'x'"},
  };
  for (const auto& c : cases) {
    const Config config = Config::FromYaml(RouteOf(StrCat("name: ", c.written)));
    ASSERT_THAT(Lines(config), IsEmpty()) << c.written;
    EXPECT_EQ(config.virtual_services.at(0).http.at(0).name, c.meaning) << c.written;
  }
  // Open to the end.
  for (const std::string_view written : {"'''", "'x''", "\"x\\\"", "&a '''"}) {
    EXPECT_THAT(Lines(Config::FromYaml(RouteOf(StrCat("name: ", written)))),
                ElementsAre("6:11 yaml-syntax-invalid"))
        << written;
  }
}

TEST(ConfigTest, KeysAndValuesStandWhereGoWantsThem) {
  const struct {
    std::string_view text;
    std::string_view place;  // Of the mistake, behind a head of two lines; empty: there is none.
  } cases[] = {
      // A key without ":", at the end of the text.
      {"spec:\n  host: a.b\n  subsets\n", "5:3"},
      {"spec:\n  host: a.b\n  \"subsets\"", "5:3"},
      {"spec:\n  host: a.b\n  &a subsets\n", "5:3"},
      {"spec:\n  host: a.b\n  !!str subsets\n", "5:3"},
      {"spec:\n  exportTo:\n  - a\nstatus\n", "6:1"},
      {"spec: &a\n  host: a.b\n  subsets\n", "5:3"},
      {"spec:\n  host: a.b\n  ? subsets\n", ""},
      {"spec:\n  host: a.b\n  subsets:\n", ""},
      {"spec:\n  host: a.b\n  subsets:", ""},
      {"spec: {host: a.b, subsets}\n", ""},
      {"spec:\n  host: a.b\n  subsets: ~\n", ""},
      // A value that is not to the right of its key.
      {"spec:\n  host:\n  \"a.b\"\n", "5:3"},
      {"spec:\n  host:\n  a.b\n", "5:3"},
      {"spec:\n  host:\n  # of the host\n  'a.b'\n  subsets:\n", "6:3"},
      {"spec:\n{host: a.b}\n", "4:1"},
      {"spec:\n  exportTo:\n  [a]\n", "5:3"},
      {"spec:\n  exportTo:\n  &a\n  - a\n", "5:3"},
      {"spec:\n&a\n  host: a.b\n", "4:1"},
      {"spec:\n  ? host\n  :\n  \"a.b\"\n", "6:3"},
      {"spec: &a\n  host:\n  \"a.b\"\n", "5:3"},
      {"spec:\n  host:\n   \"a.b\"\n", ""},
      {"spec:\n  exportTo:\n  - a\n", ""},
      {"spec:\n  host:\n  |-\n   a.b\n", ""},
      {"spec:\n  ? host\n  : \"a.b\"\n", ""},
      {"spec: &a\n  ?\n   host\n  : \"a.b\"\n", ""},
      {"spec:\n  subsets:\n  - name:\n      \"a\"\n", ""},
  };
  for (const auto& c : cases) {
    const std::vector<std::string> lines = Lines(Config::FromYaml(
        StrCat("apiVersion: networking.istio.io/v1\nkind: DestinationRule\n", c.text)));
    if (c.place.empty()) {
      EXPECT_THAT(lines, IsEmpty()) << c.text;
    } else {
      EXPECT_THAT(lines, ElementsAre(StrCat(c.place, " yaml-syntax-invalid"))) << c.text;
    }
  }
}

TEST(ConfigTest, OfAOneofTheLastDeclaredMemberWins) {
  const Config config = Config::FromYaml(RouteOf(
      "{match: [{uri: {regex: c, prefix: b}}], redirect: {derivePort: FROM_REQUEST_PORT, port: 1},"
      " fault: {abort: {httpStatus: 500, grpcStatus: OK}}}"));
  const HttpRoute& route = config.virtual_services.at(0).http.at(0);
  EXPECT_EQ(*route.match[0].uri, (StringMatch{std::nullopt, std::nullopt, "c"}));
  EXPECT_FALSE(route.redirect->port.has_value());
  EXPECT_TRUE(route.redirect->derive_port.has_value());
  EXPECT_FALSE(route.fault->abort->http_status.has_value());
  EXPECT_EQ(route.fault->abort->grpc_status, "OK");
  EXPECT_EQ(config.findings.size(), 3u);
  EXPECT_TRUE(ToStatus(config.findings).ok());
}

TEST(ConfigTest, TheLoadBalancersOfIstio132AreRead) {
  const auto balancer = [](std::string_view settings) {
    const auto rule = DestinationRule::FromYaml(
        StrCat("apiVersion: networking.istio.io/v1\nkind: DestinationRule\nspec:\n"
               "  trafficPolicy: {loadBalancer: ",
               settings, "}\n"));
    EXPECT_TRUE(rule.ok()) << rule.status();
    return *rule->traffic_policy->load_balancer;
  };
  const LoadBalancerSettings set = balancer(
      "{simple: RANDOM, consistentHash: {useSourceIp: true}, backendUtilization: "
      "{weightUpdatePeriod: 2s, error_utilization_penalty_percent: 150, "
      "metricNamesForComputingUtilization: [named_metrics.foo]}}");
  EXPECT_FALSE(set.simple.has_value());
  EXPECT_FALSE(set.consistent_hash.has_value());
  ASSERT_TRUE(set.backend_utilization.has_value());
  EXPECT_EQ(set.backend_utilization->weight_update_period, std::chrono::seconds(2));
  EXPECT_EQ(set.backend_utilization->error_utilization_penalty_percent, 150u);
  EXPECT_THAT(set.backend_utilization->metric_names_for_computing_utilization,
              ElementsAre("named_metrics.foo"));
  EXPECT_FALSE(set.backend_utilization->weight_expiration_period.has_value());
  EXPECT_TRUE(balancer("{backendUtilization: {}}").backend_utilization.has_value());
}

TEST(ConfigTest, LenientModeDropsUnknownFieldsAndLetsTheLastKeyWin) {
  const std::string text =
      GatewayOf("{port: {number: 1, number: 2}, prot: {}, <<: {name: x}, name: z}\nstray: 1");
  EXPECT_THAT(Lines(Config::FromYaml(text)),
              ElementsAre("6:61 field-duplicate spec.servers[0].name",
                          "6:24 field-duplicate spec.servers[0].port.number",
                          "6:36 field-unknown spec.servers[0].prot", "7:1 field-unknown stray"));
  const Config config = Config::FromYaml(text, Lenient());
  EXPECT_THAT(Lines(config), IsEmpty());
  EXPECT_EQ(config.gateways.at(0).servers.at(0).port->number, 2u);
  EXPECT_EQ(config.gateways.at(0).servers.at(0).name, "z");
  // Wrong types are wrong all the same.
  EXPECT_EQ(Config::FromYaml(GatewayOf("hosts: a"), Lenient()).findings.size(), 1u);
}

TEST(ConfigTest, MetadataIsReadAsKubernetesReadsIt) {
  const Config config = Config::FromYaml(
      "APIVersion: networking.istio.io/v1alpha3\n"
      "Kind: Gateway\n"
      "metadata:\n"
      "  name: t\n"
      "  uid: x\n"
      "  creationTimestamp: 2026-11-24T12:00:00Z\n"
      "  labels: {version: 1, flag: yes, none: null, text: a}\n"
      "status: [anything]\n");
  ASSERT_THAT(Lines(config), IsEmpty());
  const Metadata& metadata = config.gateways.at(0).metadata;
  EXPECT_EQ(metadata.api_version, "networking.istio.io/v1alpha3");
  EXPECT_THAT(metadata.labels, ElementsAre(Pair("flag", "true"), Pair("none", ""),
                                           Pair("text", "a"), Pair("version", "1")));
  EXPECT_TRUE(metadata.creation_timestamp.has_value());

  DecodeOptions options;
  options.default_namespace = "infra";
  EXPECT_EQ(Config::FromYaml(GatewayOf("{}"), options).gateways.at(0).metadata.ns, "infra");

  const struct {
    std::string_view metadata;
    std::string_view rule;
  } cases[] = {
      {"null", ""},
      {"{name: null, labels: null, creationTimestamp: null}", ""},
      {"[]", "field-type-invalid"},
      {"{labels: [a]}", "field-type-invalid"},
      {"{labels: {a: [b]}}", "field-type-invalid"},
      {"{name: {a: b}}", "field-type-invalid"},
      {"{creationTimestamp: yesterday}", "field-timestamp-invalid"},
      {"{creationTimestamp: 5}", "field-type-invalid"},
  };
  for (const auto& c : cases) {
    const Config one = Config::FromYaml(
        StrCat("apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: ", c.metadata, "\n"));
    ASSERT_EQ(one.findings.size(), c.rule.empty() ? 0u : 1u) << c.metadata;
    if (!c.rule.empty()) {
      EXPECT_EQ(one.findings[0].rule, c.rule) << c.metadata;
    }
  }
}

TEST(ConfigTest, WhatIsSkippedMustBeJsonAllTheSame) {
  const auto lines = [](std::string_view more, const DecodeOptions& options) {
    return Lines(Config::FromYaml(
        StrCat("apiVersion: networking.istio.io/v1\nkind: Gateway\n", more), options));
  };
  const struct {
    std::string_view text;
    std::string_view strict;  // The finding; empty: none.
    std::string_view lenient;
  } cases[] = {
      {"status: {a: 1, a: 2}", "3:16 field-duplicate status.a", ""},
      {"status: [{a: [{b: 1, b: 2}]}]", "3:22 field-duplicate status[0].a[0].b", ""},
      {"status: {<<: {a: 1}, a: 2}", "3:22 field-duplicate status.a", ""},
      {"metadata: {ownerReferences: [{uid: a, uid: b}]}",
       "3:39 field-duplicate metadata.ownerReferences[0].uid", ""},
      {"metadata: {labels: {a: b, a: c}}", "3:27 field-duplicate metadata.labels.a", ""},
      {"status: {a: [.inf]}", "3:14 field-type-invalid status.a[0]",
       "3:14 field-type-invalid status.a[0]"},
      {"status: -.Inf", "3:9 field-type-invalid status", "3:9 field-type-invalid status"},
      {"spec: {more: {a: .nan}}", "3:8 field-unknown spec.more",
       "3:18 field-type-invalid spec.more.a"},
      {"more: .inf", "3:1 field-unknown more", "3:7 field-type-invalid more"},
      {"status: {a: '.inf', .inf: .info}", "", ""},
      {"metadata: {name: .inf, labels: {a: .inf}, annotations: {b: .nan}}", "", ""},
  };
  for (const auto& c : cases) {
    const auto expect = [&](std::string_view finding, const DecodeOptions& options) {
      if (finding.empty()) {
        EXPECT_THAT(lines(c.text, options), IsEmpty()) << c.text;
      } else {
        EXPECT_THAT(lines(c.text, options), ElementsAre(finding)) << c.text;
      }
    };
    expect(c.strict, DecodeOptions());
    expect(c.lenient, Lenient());
  }
}

TEST(ConfigTest, DocumentsAreSortedByKind) {
  const Config config = Config::FromYaml(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: n}\n"
      "---\n"
      "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g}\n"
      "---\n"
      "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
      "metadata: {name: p, namespace: n}\n"
      "---\n"
      "apiVersion: networking.istio.io/v2\nkind: Gateway\nmetadata: {name: g}\n"
      "---\n"
      "apiVersion: networking.istio.io/v1\nkind: gateway\nmetadata: {name: g}\n"
      "---\n"
      "a: b\n"
      "---\n"
      "# nothing\n"
      "---\n"
      "null\n"
      "---\n"
      "- a\n"
      "---\n"
      "apiVersion: networking.istio.io/v1\nkind: Gateway\nspec: []\n"
      "--- x\n"
      "kind: Lost\n"
      "---\n"
      "apiVersion: networking.istio.io/v1\nkind: Gateway\n...\nmore: text\n");
  EXPECT_THAT(Lines(config),
              ElementsAre("1:1 kind-unknown", "5:1 kind-unknown", "9:1 kind-unenforced",
                          "13:13 api-version-unsupported apiVersion", "17:1 kind-unknown",
                          "21:1 kind-required", "27:1 document-type-invalid",
                          "31:7 field-type-invalid spec", "32:4 yaml-separator-invalid",
                          "38:1 yaml-text-ignored"));
  EXPECT_EQ(config.findings[0].severity, Severity::kInfo);
  EXPECT_EQ(config.findings[0].resource, "Deployment n/d");
  EXPECT_EQ(config.findings[2].severity, Severity::kWarning);
  EXPECT_EQ(config.findings[2].resource, "AuthorizationPolicy n/p");
  EXPECT_EQ(config.findings.back().severity, Severity::kWarning);
  EXPECT_EQ(config.gateways.size(), 1u);
}

TEST(ConfigTest, ListsAreTakenApart) {
  const Config config = Config::FromYaml(
      "apiVersion: v1\n"
      "kind: List\n"
      "items:\n"
      "- apiVersion: networking.istio.io/v1\n"
      "  kind: Gateway\n"
      "  metadata: {name: a}\n"
      "- apiVersion: v1\n"
      "  kind: List\n"
      "  items:\n"
      "  - apiVersion: networking.istio.io/v1beta1\n"
      "    kind: VirtualServiceList\n"
      "    metadata: {resourceVersion: \"1\"}\n"
      "    items:\n"
      "    - metadata: {name: b}\n"
      "      spec: {hosts: [x]}\n"
      "    - metadata: {name: c}\n"
      "      spec: {hosts: 1}\n"
      "    - null\n"
      "- a\n"
      "---\n"
      "apiVersion: apps/v1\n"
      "kind: DeploymentList\n"
      "items: []\n"
      "---\n"
      "kind: List\n"
      "items: 5\n"
      "---\n"
      "kind: List\n");
  EXPECT_THAT(Lines(config),
              ElementsAre("17:21 field-type-invalid spec.hosts", "19:3 document-type-invalid",
                          "21:1 kind-unknown", "26:8 field-type-invalid"));
  ASSERT_EQ(config.gateways.size(), 1u);
  ASSERT_EQ(config.virtual_services.size(), 1u);
  EXPECT_EQ(config.virtual_services[0].metadata.api_version, "networking.istio.io/v1beta1");
  EXPECT_EQ(config.virtual_services[0].source.Find("spec.hosts[0]").line, 15);
}

TEST(ConfigTest, JsonIsReadAsJson) {
  const Config config = Config::FromYaml(
      "\n{\"apiVersion\": \"networking.istio.io/v1\", \"kind\": \"Gateway\",\n"
      " \"metadata\": {\"name\": \"\\u00e9\\ud83d\\ude00\\/\\ud800\"},\n"
      " \"spec\": {\"servers\": [{\"port\": {\"number\": 80, \"name\": \"on\"}}, null]}}\n"
      "{\"apiVersion\": \"networking.istio.io/v1\", \"kind\": \"Gateway\",\n"
      " \"spec\": {\"servers\": [{\"port\": {\"number\": 8e1}}, {\"hosts\": [1]}]}}\n");
  EXPECT_THAT(Lines(config), ElementsAre("6:43 field-number-invalid spec.servers[0].port.number",
                                         "6:61 field-type-invalid spec.servers[1].hosts[0]"));
  ASSERT_EQ(config.gateways.size(), 1u);
  EXPECT_EQ(config.gateways[0].metadata.name, "\u00e9\U0001f600/\ufffd");
  EXPECT_EQ(config.gateways[0].servers[0].port->name, "on");
  EXPECT_EQ(config.gateways[0].servers.size(), 2u);
  EXPECT_EQ(config.gateways[0].source.Find("spec.servers[0].port.number"),
            (SourceLocation{"", 4, 43}));
}

TEST(ConfigTest, WhatBeginsLikeJsonMayBeYaml) {
  const Config config = Config::FromYaml(
      "{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: a},}\n"
      "---\n"
      "apiVersion: networking.istio.io/v1\nkind: Gateway\nspec: 1\n");
  EXPECT_THAT(Lines(config), ElementsAre("5:7 field-type-invalid spec"));
  ASSERT_EQ(config.gateways.size(), 1u);
  EXPECT_EQ(config.gateways[0].source.Find("metadata.name"), (SourceLocation{"", 1, 70}));
}

TEST(ConfigTest, NothingBehindADocumentIsLostInSilence) {
  constexpr std::string_view kFlow = "{apiVersion: networking.istio.io/v1, kind: Gateway}";
  constexpr std::string_view kJson =
      "{\"apiVersion\": \"networking.istio.io/v1\", \"kind\": \"Gateway\"}";
  constexpr std::string_view kBlock = "apiVersion: networking.istio.io/v1\nkind: Gateway\n";
  const struct {
    std::string text;
    size_t gateways;
    std::string_view finding;
  } cases[] = {
      {StrCat(kJson, kJson), 2, ""},
      {StrCat(kJson, "\n---\n", kBlock), 2, ""},
      {StrCat(kJson, "\n# end\n"), 1, ""},
      {StrCat(kJson, "\n,", kJson), 0, "2:1 yaml-syntax-invalid"},
      {StrCat(kJson, "\nx ", kJson), 0, "2:1 yaml-syntax-invalid"},
      {StrCat(kJson, "\n", kBlock), 0, "2:1 yaml-syntax-invalid"},
      {StrCat(kJson, "\n", kFlow), 0, "2:1 yaml-syntax-invalid"},
      {StrCat(kJson, "\nx\n---\n", kBlock), 1, "2:1 yaml-syntax-invalid"},
      {StrCat(kJson, "\n---\n", kFlow, "\nx\n"), 2, "4:1 yaml-text-ignored"},
      {StrCat(kFlow, "\n# more\n", kFlow), 0, "3:1 yaml-syntax-invalid"},
      {StrCat(kFlow, "\n, ", kFlow), 0, "2:1 yaml-syntax-invalid"},
      {StrCat(kFlow, "\n  more\n"), 1, "2:3 yaml-text-ignored"},
      {StrCat(" kind: Gateway\n apiVersion: networking.istio.io/v1\nspec:\n"), 1,
       "3:1 yaml-text-ignored"},
      // What follows "..." need not be YAML.
      {StrCat(kBlock, "..."), 1, ""},
      {StrCat(kBlock, "... # end\n\n # end\n...\n"), 1, ""},
      {StrCat(kBlock, "...\n\"not [ closed\n"), 1, "4:1 yaml-text-ignored"},
      {StrCat(kBlock, "... {\n"), 1, "3:5 yaml-text-ignored"},
      {StrCat(kBlock, "...\r\n\r\n  ]\r\n---\r\n", kBlock), 2, "5:3 yaml-text-ignored"},
      {StrCat(kFlow, "\n...\n", kFlow), 1, "3:1 yaml-text-ignored"},
      {StrCat(kBlock, "metadata:\n  name: |\n    a\n    ...\n    b\n"), 1, ""},
      {StrCat("...\n", kBlock), 0, "1:1 yaml-syntax-invalid"},
  };
  for (const auto& c : cases) {
    const Config config = Config::FromYaml(c.text);
    EXPECT_EQ(config.gateways.size(), c.gateways) << c.text;
    if (c.finding.empty()) {
      EXPECT_THAT(Lines(config), IsEmpty()) << c.text;
    } else {
      EXPECT_THAT(Lines(config), ElementsAre(c.finding)) << c.text;
    }
  }
}

TEST(ConfigTest, KubernetesKindsKeepWhatIsLookedAt) {
  const Config config = Config::FromYaml(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: Opaque\nimmutable: true\n"
      "data: {tls.crt: aGk=, both: aGk=}\nstringData: {tls.key: ho, both: laid over}\n"
      "---\n"
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {ca.crt: pem}\n"
      "binaryData: {x: aGk=}\n"
      "---\n"
      "apiVersion: v1\nkind: Service\nmetadata: {name: w}\n"
      "spec:\n  clusterIP: 10.0.0.1\n  selector: {app: w}\n  sessionAffinity: None\n  ports:\n"
      "  - {name: http, port: 80, targetPort: 8080, nodePort: 1, appProtocol: http}\n"
      "  - {name: tcp, port: 90, targetPort: web, protocol: TCP}\n"
      "---\n"
      "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n"
      "metadata: {name: w-1, labels: {kubernetes.io/service-name: w}}\naddressType: IPv4\n"
      "endpoints:\n- addresses: [10.1.1.1]\n  conditions: {ready: false, serving: true}\n"
      "  zone: z\n- addresses: [10.1.1.2]\nports: [{name: http, port: 8080}]\n");
  ASSERT_THAT(Lines(config), IsEmpty());
  EXPECT_THAT(config.secrets.at(0).data,
              ElementsAre(Pair("both", "laid over"), Pair("tls.crt", "hi"), Pair("tls.key", "ho")));
  EXPECT_EQ(config.secrets.at(0).type, "Opaque");
  EXPECT_THAT(config.config_maps.at(0).data, ElementsAre(Pair("ca.crt", "pem")));
  const KubernetesService& service = config.services.at(0);
  EXPECT_EQ(service.cluster_ip, "10.0.0.1");
  EXPECT_THAT(service.selector, ElementsAre(Pair("app", "w")));
  ASSERT_EQ(service.ports.size(), 2u);
  EXPECT_EQ(service.ports[0].target_port, "8080");
  EXPECT_EQ(service.ports[0].app_protocol, "http");
  EXPECT_EQ(service.ports[1].target_port, "web");
  const EndpointSlice& slice = config.endpoint_slices.at(0);
  EXPECT_EQ(slice.address_type, "IPv4");
  ASSERT_EQ(slice.endpoints.size(), 2u);
  EXPECT_EQ(slice.endpoints[0].ready, false);
  EXPECT_EQ(slice.endpoints[0].zone, "z");
  EXPECT_FALSE(slice.endpoints[1].ready.has_value());
  EXPECT_EQ(slice.ports.at(0).port, 8080u);
}

TEST(ConfigTest, NoValueOfASecretGetsIntoAFinding) {
  const std::string_view head = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n";
  const std::string_view bodies[] = {
      "data: {tls.key: HUSH}",
      "data: {tls.key: HUSH!, other: [HUSH]}",
      "data: {tls.key: {HUSH: HUSH}}",
      "data: HUSH",
      "data: [HUSH]",
      "stringData: {tls.key: 123454321}",
      "stringData: HUSH",
      "data: {tls.key: \"HUSH\\qHUSH\"}",
      "data: {tls.key: \"HUSH}",
      "data: {tls.key: *HUSH}",
      "data: {tls.key: !!int HUSH}",
      "data: {tls.key: !!binary HUSH!}",
      "data:\n  tls.key: HUSH: HUSH\n",
      "data:\n\ttls.key: HUSH\n",
      "data: {tls.key: HUSH\x01}",
      "data: {tls.key: HUSH\xff}",
  };
  for (const std::string_view kind : {"Secret", "ConfigMap"}) {
    for (const std::string_view body : bodies) {
      std::string text = StrCat(head, body);
      text.replace(text.find("Secret"), 6, kind);
      const Config config = Config::FromYaml(text);
      for (const Diagnostic& finding : config.findings) {
        EXPECT_THAT(finding.ToString(), Not(HasSubstr("HUSH"))) << body;
        EXPECT_THAT(finding.ToString(), Not(HasSubstr("123454321"))) << body;
      }
    }
  }
}

TEST(ConfigTest, FromYamlOfOneKindWantsOneDocument) {
  const std::string gateway = GatewayOf("{}");
  EXPECT_TRUE(Gateway::FromYaml(gateway).ok());
  EXPECT_TRUE(Gateway::FromYaml(StrCat("---\n", gateway, "---\n# end\n")).ok());
  const struct {
    std::string text;
    std::string_view message;
  } cases[] = {
      {"", "document-count-invalid"},
      {StrCat(gateway, "---\n", gateway), "document-count-invalid"},
      {StrCat(gateway, "---\n", RouteOf("{}")), "document-count-invalid"},
      {StrCat(gateway, "---\nkind: Pod\n"), "document-count-invalid"},
      {RouteOf("{}"), "document-count-invalid"},
      {GatewayOf("hosts: 5"),
       "6:12: error: Gateway default/t: spec.servers[0].hosts: must be a list, but is a number: "
       "\"5\" [field-type-invalid]"},
      {"a: [", "yaml-syntax-invalid"},
  };
  for (const auto& c : cases) {
    const auto status = Gateway::FromYaml(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.text;
  }
}

TEST(ConfigTest, FilesAreReadInOrderAndNamed) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / "config_test";
  fs::remove_all(root);
  fs::create_directories(root / "folder");
  std::ofstream(root / "folder" / "b.yaml") << GatewayOf("hosts: 1");
  std::ofstream(root / "folder" / "a.json") << "{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}";
  std::ofstream(root / "folder" / "notes.txt") << "not read: [";
  std::ofstream(root / "c.conf") << GatewayOf("{}");
  const std::string none = root / "none.yaml";
  const Config config = Config::FromFiles({root / "c.conf", root / "folder", none});
  ASSERT_EQ(config.gateways.size(), 1u);
  EXPECT_EQ(config.gateways[0].source.Find("kind").ToString(), (root / "c.conf").native() + ":2:7");
  ASSERT_EQ(config.findings.size(), 3u);
  EXPECT_EQ(config.findings[0].where.file, root / "folder" / "a.json");
  EXPECT_EQ(config.findings[1].where.file, root / "folder" / "b.yaml");
  EXPECT_EQ(config.findings[2].rule, "file-unreadable");
  EXPECT_EQ(config.findings[2].where.file, none);

  DecodeOptions options;
  options.max_bytes = 10;
  const Config large = Config::FromFiles({root / "c.conf"}, options);
  ASSERT_EQ(large.findings.size(), 1u);
  EXPECT_EQ(large.findings[0].rule, "text-bytes-limit");
  fs::remove_all(root);
}

}  // namespace
}  // namespace postern
