#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "examples/postern/lint_report.h"
#include "examples/postern/subcommand.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/examples/run_lint.h"

namespace postern {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kClean = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: web
spec:
  servers:
  - hosts: [a.com]
    port: {number: 80, name: http, protocol: HTTP}
)";

constexpr std::string_view kTenMistakes = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: my.web
spec:
  servers:
  - hosts: [short]
    port: {number: 66000, name: http, protocol: kafka}
    bind: nowhere
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: v
spec:
  hosts: ["a_b.com"]
  gateways: ["*/gw"]
  http:
  - match:
    - method: {prefix: ""}
      headers:
        "x y": {exact: z}
    timeout: 0s
    route:
    - destination: {host: a.b}
)";

constexpr std::string_view kSecret = R"(apiVersion: v1
kind: Secret
metadata:
  name: tls
data: {tls.key: [aHVudGVyMg==]}
stringData: {other: hunter2, other: hunter2}
)";

TEST(LintTest, ACleanFileExitsWithZero) {
  const Outcome outcome = RunLint({WriteTemporary("clean.yaml", kClean)});
  EXPECT_EQ(kExitClean, outcome.exit_code);
  EXPECT_EQ("1 resource, 0 errors, 0 warnings\n", outcome.out);
}

TEST(LintTest, TenMistakesAreTenFindingsAtTheirPlaces) {
  const std::string path = WriteTemporary("ten.yaml", kTenMistakes);
  const Outcome outcome = RunLint({path});
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  for (const std::string_view place :
       {":4:9: error: Gateway default/my.web: metadata.name: ",
        ":7:13: error: Gateway default/my.web: spec.servers[0].hosts[0]: ",
        ":8:20: error: Gateway default/my.web: spec.servers[0].port.number: ",
        ":8:49: error: Gateway default/my.web: spec.servers[0].port.protocol: ",
        ":9:11: error: Gateway default/my.web: spec.servers[0].bind: ",
        ":16:11: error: VirtualService default/v: spec.hosts[0]: ",
        ":17:14: error: VirtualService default/v: spec.gateways[0]: ",
        ":20:24: error: VirtualService default/v: spec.http[0].match[0].method.prefix: ",
        ":22:16: error: VirtualService default/v: spec.http[0].match[0].headers[x y]: ",
        ":23:14: error: VirtualService default/v: spec.http[0].timeout: "}) {
    EXPECT_THAT(outcome.out, HasSubstr(path + std::string(place)));
  }
  EXPECT_THAT(outcome.out, HasSubstr("2 resources, 10 errors, 0 warnings"));
}

TEST(LintTest, ShowsTheLineAndACaretUnderTheColumn) {
  const Outcome outcome = RunLint({WriteTemporary("ten.yaml", kTenMistakes)});
  EXPECT_THAT(outcome.out, HasSubstr("  9 |     bind: nowhere\n    |           ^\n"));
}

TEST(LintTest, JsonIsOneObjectForEachResource) {
  const std::string clean = WriteTemporary("clean.yaml", kClean);
  const std::string ten = WriteTemporary("ten.yaml", kTenMistakes);
  const Outcome outcome = RunLint({"--format=json", clean, ten});
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  EXPECT_THAT(outcome.out, StartsWith("{\"file\":\"" + clean +
                                      "\",\"kind\":\"Gateway\",\"namespace\":\"default\",\"name\":"
                                      "\"web\",\"valid\":true,\"errors\":[],\"warnings\":[]}\n"));
  EXPECT_THAT(
      outcome.out,
      HasSubstr("{\"rule\":\"server-bind-address-malformed\",\"path\":\"spec.servers[0]."
                "bind\",\"line\":9,\"column\":11,\"message\":\"\\\"bind\\\" \\\"nowhere\\\" "
                "is not an IP address\"}"));
  EXPECT_EQ(3, std::count(outcome.out.begin(), outcome.out.end(), '\n'));
}

TEST(LintTest, SarifHasTheMembersThatItsSchemaRequires) {
  const Outcome outcome = RunLint({"--format=sarif", WriteTemporary("ten.yaml", kTenMistakes)});
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  EXPECT_THAT(outcome.out,
              StartsWith("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
                         "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":"));
  EXPECT_THAT(outcome.out,
              HasSubstr("\"ruleId\":\"server-bind-address-malformed\",\"ruleIndex\":"));
  EXPECT_THAT(outcome.out, HasSubstr("\"region\":{\"startLine\":9,\"startColumn\":11}"));
  EXPECT_THAT(outcome.out, HasSubstr("\"level\":\"error\",\"message\":{\"text\":"));
}

TEST(LintTest, NoFormShowsAValueOfASecret) {
  const std::string path =
      WriteTemporary("secret.yaml", std::string(kSecret) + "---\n" + std::string(kTenMistakes));
  for (const std::string format : {"text", "json", "sarif"}) {
    const Outcome outcome = RunLint({"--format=" + format, path});
    EXPECT_EQ(kExitFindings, outcome.exit_code);
    EXPECT_THAT(outcome.out, HasSubstr("field-")) << "the Secret has mistakes of its own";
    EXPECT_THAT(outcome.out, Not(HasSubstr("hunter2")));
    EXPECT_THAT(outcome.out, Not(HasSubstr("aHVudGVyMg")));
  }
}

TEST(LintTest, ReadsTheStandardInput) {
  const Outcome outcome = RunLint({"-"}, kTenMistakes);
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  EXPECT_THAT(outcome.out, HasSubstr("<stdin>:9:11: error: "));
  EXPECT_THAT(outcome.out, HasSubstr("  9 |     bind: nowhere\n"));
}

TEST(LintTest, OnlyStrictFailsForWarnings) {
  std::string text(kClean);
  text.replace(text.find("a.com"), 5, "A.com");
  const std::string path = WriteTemporary("warning.yaml", text);
  EXPECT_EQ(kExitClean, RunLint({path}).exit_code);
  EXPECT_EQ(kExitFindings, RunLint({"--strict", path}).exit_code);
}

TEST(LintTest, BadUseExitsWithTwoAndSaysWhy) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"--format=xml", "x"}, {"--wrong"}, {"/no/such/file.yaml"}}) {
    const Outcome outcome = RunLint(arguments);
    EXPECT_EQ(kExitUsage, outcome.exit_code);
    EXPECT_THAT(outcome.err, HasSubstr("postern lint"));
    EXPECT_EQ("", outcome.out);
  }
}

TEST(LintTest, ColoursOnlyWhenAsked) {
  LintReport report;
  report.config = Config::FromYaml(kTenMistakes);
  report.findings = Validate(report.config);
  SourceLines lines{std::string(kTenMistakes), report.config};
  EXPECT_THAT(LintText(report, lines, true), HasSubstr("\x1b[1;31merror:\x1b[0m"));
  EXPECT_THAT(LintText(report, lines, false), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace postern
