// The subcommands of `postern` that build a Snapshot: what they print, and how they end.

#include "examples/postern/tool.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "examples/postern/subcommand.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace postern {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kOld = "tests/testdata/golden/old.yaml";
const std::string kNew = "tests/testdata/golden/new.yaml";

// An Outcome is what one call of the tool gave.
struct Outcome {
  int exit_code;
  std::string out;
  std::string err;
};

Outcome RunIt(const std::vector<std::string>& arguments) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int exit_code = RunTool(arguments);
  std::fflush(stdout);
  Outcome outcome = {exit_code, testing::internal::GetCapturedStdout(), {}};
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

std::string Write(const std::string& name, std::string_view text) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(ToolTest, EachSubcommandHasHelp) {
  for (const std::string name : {"lint", "explain", "dump", "diff", "test"}) {
    const Outcome outcome = RunIt({name, "--help"});
    EXPECT_EQ(kExitClean, outcome.exit_code) << name;
    EXPECT_THAT(outcome.out, StartsWith("usage: postern " + name + " "));
    EXPECT_THAT(outcome.out, HasSubstr("exit codes: 0 "));
  }
  EXPECT_EQ(kExitClean, RunIt({"--help"}).exit_code);
  EXPECT_EQ(kExitUsage, RunIt({}).exit_code);
  EXPECT_EQ(kExitUsage, RunIt({"nothing"}).exit_code);
}

TEST(ToolTest, BadUseExitsWithTwo) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"explain", "https://a.com/"},
        {"explain", "-f", kOld},
        {"explain", "-f", "/no/such/file", "https://a.com/"},
        {"explain", "-f", kOld, "a.com"},
        {"explain", "-f", kOld, "http://a.com/", "http://b.com/"},
        {"explain", "-f", kOld, "http:///nobody"},
        {"explain", "-f", kOld, "http://[::1/x"},
        {"explain", "-f", kOld, "http://[::1]x/"},
        {"explain", "-f", kOld, "http://a.com:http/"},
        {"explain", "-f", kOld, "--client-ip", "nonsense", "http://a.com/"},
        {"explain", "-f", kOld, "-H", "no-value", "http://a.com/"},
        {"explain", "-f", kOld, "--labels", "a=b,a=c", "http://a.com/"},
        {"explain", "-f", kOld, "--labels", "a=b,", "http://a.com/"},
        {"dump"},
        {"dump", "-f"},
        {"diff", kOld},
        {"diff", kOld, "/no/such/file"},
        {"diff", kOld, kNew, "--fail-on", "nonsense"},
        {"test"},
        {"test", "-t", "/no/such/file"},
        {"test", "-t", testing::TempDir()},
        {"test", "-t", Write("empty.yaml", "probes: []")}}) {
    const Outcome outcome = RunIt(arguments);
    EXPECT_EQ(kExitUsage, outcome.exit_code) << arguments[0];
    EXPECT_THAT(outcome.err, StartsWith("postern " + arguments[0] + ": "));
    EXPECT_THAT(outcome.err, Not(HasSubstr("INVALID_ARGUMENT")));
    EXPECT_EQ("", outcome.out);
  }
}

TEST(ToolTest, ExplainFollowsEveryFlag) {
  const Outcome plain = RunIt({"explain", "-f", kOld, "https://uk.example.com/old"});
  EXPECT_EQ(kExitClean, plain.exit_code);
  EXPECT_THAT(plain.out, HasSubstr("=> answer 301 to https://uk.example.com/reviews/"));
  const Outcome header = RunIt({"explain", "-f", kOld, "--ns", "istio-system", "--labels", "a=b",
                                "--client-ip", "198.51.100.7", "--alpn", "h2", "-X", "POST", "-H",
                                "X-User: dev", "https://uk.example.com/"});
  EXPECT_THAT(header.out, HasSubstr("=> forward to reviews.dev.svc.cluster.local:7777"));
  EXPECT_THAT(header.out, HasSubstr("   timeout = none (istio default)"));
  const Outcome sni =
      RunIt({"explain", "-f", kOld, "--sni", "eu.example.com", "https://uk.example.com/"});
  EXPECT_THAT(sni.out, HasSubstr("=> answer 421 misdirected"));
  const Outcome json = RunIt({"explain", "--json", "-f", kOld, "https://uk.example.com/old"});
  EXPECT_THAT(json.out, StartsWith("[\n  {\"stage\": \"listener\""));
  const Outcome bytes = RunIt({"explain", "-f", kOld, "--sni", "db.example.com", "tcp://x:443"});
  EXPECT_THAT(bytes.out, EndsWith("=> carry bytes to db.prod.svc.cluster.local:5432\n"));
}

constexpr std::string_view kGateway = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g}
spec:
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: ["*"]
    bind: 10.0.0.1
  - port: {number: 80, name: all, protocol: HTTP}
    hosts: ["*"]
  - port: {number: 443, name: a, protocol: HTTPS}
    hosts: [a.com]
    tls: {mode: MUTUAL, serverCertificate: /x/a, privateKey: /x/b, caCertificates: /x/c, caCrl: /x/d}
  - port: {number: 443, name: b, protocol: HTTPS}
    hosts: [b.com]
    tls: {mode: MUTUAL, credentialName: b}
  - port: {number: 443, name: c, protocol: HTTPS}
    hosts: [c.com]
    tls: {mode: ISTIO_MUTUAL}
  - port: {number: 443, name: d, protocol: HTTPS}
    hosts: [d.com]
    tls: {mode: MUTUAL, credentialName: "sds://d"}
  - port: {number: 443, name: e, protocol: HTTPS}
    hosts: [e.com]
    tls: {mode: OPTIONAL_MUTUAL, credentialName: e, caCertCredentialName: "configmap://istio/ca"}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v}
spec:
  hosts: ["*"]
  gateways: [g]
  http:
  - match: [{queryParams: {x: {exact: "1"}}}]
    directResponse: {status: 201}
  - match: [{headers: {x-user: {exact: "dev"}}}]
    directResponse: {status: 202}
  - match: [{method: {exact: OPTIONS}}]
    corsPolicy: {allowOrigins: [{exact: "https://o.com"}]}
    fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
    route: [{destination: {host: x.com, port: {number: 80}}}]
  - directResponse: {status: 200}
)";

TEST(ToolTest, ExplainReadsUrlsAsClientsDo) {
  const std::string file = Write("gateway.yaml", kGateway);
  const struct {
    std::vector<std::string> arguments;
    std::string_view answer;
  } kCases[] = {
      {{"http://a.com?x=1"}, "=> answer 201"},
      {{"HTTP://a.com/?x=1#y"}, "=> answer 201"},
      {{"http://a.com#?x=1"}, "=> answer 200"},
      {{"http://a.com/", "-H", "X-User:dev"}, "=> answer 202"},
      {{"http://a.com/", "-H", "x-user: dev "}, "=> answer 202"},
      {{"http://[::1]:80/"}, "=> answer 200"},
      // An address is no server name (RFC 6066 section 3).
      {{"https://10.0.0.1/"}, "no chain has a server name for TLS without a server name"},
      {{"https://[::1]/"}, "no chain has a server name for TLS without a server name"},
      {{"http://a.com/", "--bind", "10.0.0.1"}, "+ listener 10.0.0.1_80\n"},
      {{"http://a.com/", "--bind", "10.0.0.2"}, "- listener 10.0.0.2_80: "},
      {{"http://a.com/", "-X", "OPTIONS", "-H", "origin: https://o.com", "-H",
        "access-control-request-method: GET"},
       "=> answer 418 fault filter abort\n"},
  };
  for (const auto& c : kCases) {
    std::vector<std::string> arguments = {"explain", "-f", file};
    arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
    const Outcome outcome = RunIt(arguments);
    EXPECT_EQ(kExitClean, outcome.exit_code) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr(std::string(c.answer))) << c.arguments[0];
  }
}

// A server can be tried without any of its secrets, and they are named.
TEST(ToolTest, EachCredentialIsStoodInFor) {
  const std::string file = Write("gateway.yaml", kGateway);
  for (const std::string host : {"a", "b", "c", "d", "e"}) {
    const Outcome outcome = RunIt({"explain", "-f", file, "https://" + host + ".com/"});
    EXPECT_THAT(outcome.out, HasSubstr("=> answer 200")) << host;
    EXPECT_THAT(outcome.err, HasSubstr("stood in for: file /x/b\n"));
    EXPECT_THAT(outcome.err, HasSubstr("stood in for: CA of secret default/b-cacert\n"));
  }
  // The CA of "b" is in the Secret itself: there is nothing to stand in for.
  const std::string secret =
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {ca.crt: wrong}\n";
  const Outcome own = RunIt(
      {"explain", "-f", Write("secret.yaml", std::string(kGateway) + secret), "https://b.com/"});
  EXPECT_THAT(own.err, Not(HasSubstr("b-cacert")));
  EXPECT_THAT(own.out, HasSubstr("=> close: secret_not_ready\n"));
}

// Who only asks serves nobody: rules that are not carried out are named, and do not end it.
TEST(ToolTest, KindsThatRestrictAccessAreNamedAndPassedOver) {
  const std::string policy =
      "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p}\n";
  const std::string file = Write("policy.yaml", std::string(kGateway) + policy);
  const std::string tests =
      Write("policy_tests.yaml", "- {port: 80, http: {authority: a.com}, expect: {status: 200}}\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"explain", "-f", file, "http://a.com/"},
        {"dump", "-f", file},
        {"diff", file, file},
        {"test", "-f", file, "-t", tests}}) {
    const Outcome outcome = RunIt(arguments);
    EXPECT_EQ(kExitClean, outcome.exit_code) << arguments[0] << outcome.out << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(": warning: AuthorizationPolicy default/p: "));
  }
}

TEST(ToolTest, DumpPrintsTheTables) {
  const Outcome outcome = RunIt({"dump", "-f", kOld});
  EXPECT_EQ(kExitClean, outcome.exit_code);
  EXPECT_THAT(outcome.out, StartsWith("listener 0.0.0.0_80\n  chain any http http.80  # Gateway "));
  const Outcome invalid = RunIt({"dump", "-f",
                                 Write("invalid.yaml",
                                       "apiVersion: networking.istio.io/v1\n"
                                       "kind: Gateway\nmetadata: {name: a}\n")});
  EXPECT_EQ(kExitFindings, invalid.exit_code);
  EXPECT_THAT(invalid.err, HasSubstr("[gateway-servers-required]"));
}

TEST(ToolTest, DiffFailsOnTheKindsThatAreAsked) {
  const Outcome outcome = RunIt({"diff", kOld, kNew});
  EXPECT_EQ(kExitClean, outcome.exit_code);
  EXPECT_THAT(outcome.out, StartsWith("opened 0.0.0.0_8080: "));
  EXPECT_THAT(outcome.out, HasSubstr("\nhost-moved 0.0.0.0_443 eu.example.com: is routed by "
                                     "VirtualService istio-system/eu"));
  EXPECT_EQ(kExitFindings, RunIt({"diff", kOld, kNew, "--fail-on", "host-moved"}).exit_code);
  EXPECT_EQ(kExitClean, RunIt({"diff", kOld, kNew, "--fail-on", "tls-weaker"}).exit_code);
  EXPECT_EQ(kExitFindings, RunIt({"diff", kNew, kOld, "--fail-on", "tls-weaker"}).exit_code);
  EXPECT_EQ(kExitClean, RunIt({"diff", kOld, kOld, "--fail-on", "host-moved"}).exit_code);
  EXPECT_EQ(kExitFindings, RunIt({"diff", kOld, kNew, "--fail-on", "listener-opened"}).exit_code);
  EXPECT_EQ(kExitClean, RunIt({"diff", kOld, kNew, "--fail-on", "listener-closed"}).exit_code);
  EXPECT_EQ(kExitFindings, RunIt({"diff", kNew, kOld, "--fail-on", "listener-closed"}).exit_code);
  // What is said twice adds up.
  EXPECT_EQ(
      kExitFindings,
      RunIt({"diff", kOld, kNew, "--fail-on", "host-moved", "--fail-on", "tls-weaker"}).exit_code);
  const Outcome json = RunIt({"diff", "--json", kOld, kNew});
  EXPECT_THAT(json.out, StartsWith("{\"opened\": [{\"key\": "));
  EXPECT_THAT(json.out, EndsWith("]}\n"));
}

constexpr std::string_view kTests = R"(probes:
- name: prefix
  port: 443
  tls: {sni: uk.example.com, alpn: [http/1.1]}
  http: {authority: uk.example.com, path: /reviews/1}
  expect:
    weights:
    - {destination: {host: reviews.prod.svc.cluster.local, port: 9080, subset: v2}, weight: 80}
    - {destination: {host: reviews.qa.svc.cluster.local, port: 80}, weight: 20}
    upstream_path: /1
    timeout_ms: 5000
- name: plain <text>
  port: 80
  http: {authority: uk.example.com}
  expect: {status: 404}
- port: 443
  tls: {sni: nobody.example.com}
  expect: {close: no_filter_chain}
)";

TEST(ToolTest, TestRunsProbesAndWritesJunit) {
  const std::string tests = Write("tests.yaml", kTests);
  const std::string junit = testing::TempDir() + "junit.xml";
  const Outcome outcome = RunIt({"test", "-f", kOld, "-t", tests, "--junit", junit});
  EXPECT_EQ(kExitFindings, outcome.exit_code) << outcome.err;
  EXPECT_EQ(outcome.out,
            "ok     line 2: prefix\n"
            "FAILED line 12: plain <text>\n"
            "       status: expected 404, is 301\n"
            "ok     line 16\n"
            "2 passed, 1 failed\n");
  EXPECT_EQ(Read(junit), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1">
  <testsuite name=")" + tests +
                             R"(" tests="3" failures="1">
    <testcase classname=")" + tests +
                             R"(" name="line 2: prefix"/>
    <testcase classname=")" + tests +
                             R"(" name="line 12: plain &lt;text&gt;">
      <failure message="status: expected 404, is 301"/>
    </testcase>
    <testcase classname=")" + tests +
                             R"(" name="line 16"/>
  </testsuite>
</testsuites>
)");
}

TEST(ToolTest, AScenarioAloneIsAWholeTest) {
  for (const std::string name : {"20_tls_first_then_plaintext_same_port", "66_seed_bookinfo"}) {
    const Outcome outcome = RunIt({"test", "tests/testdata/scenarios/" + name + ".yaml"});
    EXPECT_EQ(kExitClean, outcome.exit_code) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.out, EndsWith(" passed, 0 failed\n"));
  }
  const Outcome unknown = RunIt({"test", "-f", kOld, "-t", Write("unknown.yaml", R"(probes:
- {port: 80, http: {authority: a, verb: GET}, expect: {status: 404}}
)")});
  EXPECT_EQ(kExitUsage, unknown.exit_code);
  EXPECT_THAT(unknown.err, EndsWith("unknown.yaml:2:41: unknown key \"verb\"\n"));
}

TEST(ToolTest, ProblemsOfTestsHaveTheirPlace) {
  const struct {
    std::string_view text;
    std::string_view problem;
  } kCases[] = {
      {"probes: []\n", ":1:9: no probes\n"},
      {"{name: a}\n", ":1:1: no probes\n"},
      {"probes:\n- {port: 80}\n", ":2:3: a probe without expectation\n"},
      {"probes: [\n", ":2:1: "},
      {"name: a\nprobes: \xff\n", ":2:9: the text is not UTF-8\n"},
      {"\xff\xfe", ":1:1: the text is not UTF-8\n"},
      {"# nothing\n", ":1:1: the file is empty\n"},
  };
  for (const auto& c : kCases) {
    const std::string path = Write("wrong.yaml", c.text);
    const Outcome outcome = RunIt({"test", "-t", path});
    EXPECT_EQ(kExitUsage, outcome.exit_code);
    EXPECT_THAT(outcome.err, StartsWith("postern test: " + path + std::string(c.problem)));
  }
}

TEST(ToolTest, AFaultComesBeforeTheCorsPolicy) {
  const std::string tests = Write("cors.yaml", R"(- port: 80
  http:
    authority: a.com
    method: OPTIONS
    headers: {origin: "https://o.com", access-control-request-method: GET}
  expect: {status: 418, body: fault filter abort}
)");
  const Outcome outcome = RunIt({"test", "-f", Write("gateway.yaml", kGateway), "-t", tests});
  EXPECT_EQ(kExitClean, outcome.exit_code) << outcome.out << outcome.err;
}

}  // namespace
}  // namespace postern
