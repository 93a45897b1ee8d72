// The indexed tables against a naive reading of the rules: random configurations, random requests,
// the same route. `--configs=N --seed=S` for longer runs.

#include "tests/support/route_oracle.h"

#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/snapshot.h"
#include "tests/support/random_routes.h"

namespace postern {
namespace {

uint64_t configs = 1500;
uint64_t seed = 20261124;
constexpr int kRequestsPerConfig = 60;

constexpr std::pair<MatchField, std::string_view> kFields[] = {
    {MatchField::kUri, "uri"},
    {MatchField::kScheme, "scheme"},
    {MatchField::kMethod, "method"},
    {MatchField::kAuthority, "authority"},
    {MatchField::kHeaders, "headers"},
    {MatchField::kWithoutHeaders, "withoutHeaders"},
    {MatchField::kQueryParams, "queryParams"},
    {MatchField::kIgnoreUriCase, "ignoreUriCase"},
};

// Ask returns the route that `snapshot` chooses, over HTTP/2: its scheme is believed as sent.
OracleAnswer Ask(const Snapshot& snapshot, const OracleRequest& request, Trace* trace = nullptr) {
  ConnectionFacts facts;
  facts.listener = {"", 80};
  const ChainDecision chain = snapshot.Decide(facts, 0);
  std::vector<HeaderView> headers;
  for (const auto& [name, value] : request.headers) headers.push_back({name, value});
  RequestHead head;
  head.version = HttpVersion::kHttp2;
  head.method = request.method;
  head.scheme = request.scheme;
  head.authority = request.authority;
  head.path = request.path;
  head.headers = headers;
  const RouteDecision decision = snapshot.Decide(chain, head, 0, trace);
  return {std::string(decision.rule.resource), std::string(decision.route_name)};
}

std::string Text(const OracleRequest& request) {
  std::string text =
      StrCat(request.method, " ", request.scheme, "://", request.authority, request.path);
  for (const auto& [name, value] : request.headers) StrAppend(&text, "\n", name, ": ", value);
  return text;
}

std::string Text(const Config& config) {
  std::string text;
  for (const Gateway& gateway : config.gateways) StrAppend(&text, gateway.ToYaml(), "---\n");
  for (const VirtualService& service : config.virtual_services) {
    StrAppend(&text, service.ToYaml(), "---\n");
  }
  return text;
}

TEST(RouteOracleTest, TheTablesChooseTheRouteThatTheRulesRequireOneAfterAnother) {
  RandomRoutes random(seed);
  SnapshotOptions options;
  options.labels = {{"app", "gw"}};
  options.ns = "istio-system";
  uint64_t asked = 0;
  uint64_t matched = 0;
  std::map<MatchField, uint64_t> decided;
  for (uint64_t i = 0; i < configs; ++i) {
    const Config config = random.DrawConfig();
    const auto snapshot = Snapshot::Build(config, options);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status() << "\n" << Text(config);
    const RouteOracle oracle(config, options, 80);
    for (int k = 0; k < kRequestsPerConfig; ++k) {
      const OracleRequest request = random.DrawRequest();
      const OracleAnswer expected = oracle.Answer(request);
      const OracleAnswer actual = Ask(**snapshot, request);
      if (actual != expected) {
        Trace trace;
        Ask(**snapshot, request, &trace);
        FAIL() << "config " << i << " of seed " << seed << ", request " << k << "\n"
               << Text(request) << "\nexpected " << expected.resource << " " << expected.route
               << "\nis " << actual.resource << " " << actual.route << "\n"
               << trace.ToText() << Text(config);
      }
      ++asked;
      if (expected.resource.empty()) continue;
      ++matched;
      for (const auto& [field, name] : kFields) {
        if (oracle.Answer(request, field) != expected) ++decided[field];
      }
    }
  }
  std::printf("%llu requests, %.1f %% matched\n", static_cast<unsigned long long>(asked),
              100.0 * static_cast<double>(matched) / static_cast<double>(asked));
  EXPECT_GE(matched * 100, asked * 40);
  for (const auto& [field, name] : kFields) {
    std::printf("%s decided %.2f %%\n", std::string(name).c_str(),
                100.0 * static_cast<double>(decided[field]) / static_cast<double>(asked));
    EXPECT_GE(decided[field] * 100, asked) << name << " decides too little";
  }
}

}  // namespace
}  // namespace postern

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto number = postern::ParseDecimal<uint64_t>(argument.substr(argument.find('=') + 1));
    if (!number) return 2;
    if (argument.starts_with("--configs=")) postern::configs = *number;
    if (argument.starts_with("--seed=")) postern::seed = *number;
  }
  return RUN_ALL_TESTS();
}
