// What the engine does with bytes is what the decision functions say: 10,000 random requests, sent
// as bytes, are logged with the route that Snapshot::Decide gives them.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/log.h"
#include "postern/snapshot.h"
#include "tests/support/engine_harness.h"
#include "tests/support/random_routes.h"

namespace postern {
namespace {

constexpr uint64_t kSeed = 20261124;
constexpr int kConfigs = 400;
constexpr int kRequestsPerConfig = 25;

std::string RouteText(const Provenance& rule, std::string_view name, std::string_view host) {
  return StrCat(rule.resource, " ", rule.path, " ", name, " ", host);
}

// A LogHarness keeps the route of each request that is done. Upstreams cannot be reached: a route
// shows in the log all the same.
class LogHarness : public EngineHarness {
 public:
  explicit LogHarness(std::shared_ptr<const Snapshot> snapshot)
      : EngineHarness(std::move(snapshot)) {
    connect = [](const HarnessEnd&) { return absl::UnavailableError("refused"); };
  }

  void OnRequestDone(const RequestLog& log) override {
    routes.push_back(RouteText(log.rule, log.route_name, log.virtual_host));
    EngineHarness::OnRequestDone(log);
  }

  std::vector<std::string> routes;
};

std::string BytesOf(const OracleRequest& request) {
  std::string bytes =
      StrCat(request.method, " ", request.path, " HTTP/1.1\r\nhost: ", request.authority, "\r\n");
  for (const auto& [name, value] : request.headers) {
    StrAppend(&bytes, name, ": ", value, "\r\n");
  }
  return bytes + "content-length: 0\r\n\r\n";
}

std::string Decided(const Snapshot& snapshot, const OracleRequest& request) {
  ConnectionFacts facts;
  facts.listener = {"", 80};
  std::vector<HeaderView> headers;
  for (const auto& [name, value] : request.headers) headers.push_back({name, value});
  RequestHead head;
  head.method = request.method;
  head.authority = request.authority;
  head.path = request.path;
  head.headers = headers;
  const RouteDecision decision = snapshot.Decide(snapshot.Decide(facts, 0), head, 0);
  return RouteText(decision.rule, decision.route_name, decision.virtual_host);
}

TEST(RouteLogTest, TenThousandRequestsAsBytesAreLoggedWithTheRouteDecided) {
  RandomRoutes draw(kSeed);
  int routed = 0;
  for (int i = 0; i < kConfigs; ++i) {
    const auto snapshot = Snapshot::Build(draw.DrawConfig());
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    LogHarness harness(*snapshot);
    for (int k = 0; k < kRequestsPerConfig; ++k) {
      const OracleRequest request = draw.DrawRequest();
      const std::string bytes = BytesOf(request);
      const size_t before = harness.routes.size();
      const ConnectionId client = harness.Accept(80);
      harness.Receive(client, bytes);
      harness.Flush();
      // Retries of a route that forwards wait for their turn.
      for (int tries = 0; harness.routes.size() == before && tries < 20; ++tries) {
        harness.Advance(std::chrono::milliseconds(100));
      }
      ASSERT_EQ(harness.routes.size(), before + 1) << bytes;
      const std::string decided = Decided(**snapshot, request);
      ASSERT_EQ(harness.routes.back(), decided) << bytes;
      routed += !decided.starts_with("  ");
    }
  }
  std::printf("%d requests, %d of them with a route\n", kConfigs * kRequestsPerConfig, routed);
  EXPECT_GT(routed, kConfigs * kRequestsPerConfig / 3);
}

}  // namespace
}  // namespace postern
