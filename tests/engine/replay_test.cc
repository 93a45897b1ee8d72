// A run that was recorded, as its origin and its inputs, comes out the same again: every byte,
// every callback, every log line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using testing::HasSubstr;

constexpr std::string_view kConfig = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: ["*"]
  - port: {number: 9000, name: tcp, protocol: TCP}
    hosts: ["*"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: ["*"]
  gateways: [istio-system/gw]
  http:
  - match: [{uri: {prefix: /retry}}]
    retries: {attempts: 3, retryOn: "5xx,reset", perTryTimeout: 0.5s}
    timeout: 2s
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /fault}}]
    fault:
      delay: {fixedDelay: 0.2s, percentage: {value: 50}}
      abort: {httpStatus: 503, percentage: {value: 30}}
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 80}}}]
  - mirror: {host: shadow.prod.svc.cluster.local, port: {number: 80}}
    mirrorPercentage: {value: 40}
    route:
    - {destination: {host: web.prod.svc.cluster.local, port: {number: 80}}, weight: 70}
    - {destination: {host: other.prod.svc.cluster.local, port: {number: 80}}, weight: 30}
  tcp:
  - match: [{port: 9000}]
    route:
    - {destination: {host: a.prod.svc.cluster.local, port: {number: 1}}, weight: 50}
    - {destination: {host: b.prod.svc.cluster.local, port: {number: 2}}, weight: 50}
)";

// An Input is one call of the host.
struct Input {
  enum class Kind { kAccept, kReceive, kEnd, kFail, kAdvance, kWall, kEndpoints, kApply };
  Kind kind = Kind::kAdvance;
  uint64_t id = 0;
  std::string bytes;
  int64_t number = 0;
};

// A Trip is an engine and all that its host has seen of it.
class Trip {
 public:
  explicit Trip(std::shared_ptr<const Snapshot> snapshot)
      : harness_(std::move(snapshot), Seeded()) {
    harness_.connect = [](const HarnessEnd& end) -> std::optional<absl::Status> {
      // Some endpoints are always down.
      if (end.target.ends_with(".9:80")) return absl::UnavailableError("refused");
      return absl::OkStatus();
    };
    harness_.on_request = [this](const RequestLog& log) { logs_ += FormatText(log) + "\n"; };
    harness_.on_connection = [this](const ConnectionLog& log) { logs_ += FormatText(log) + "\n"; };
  }

  void Do(const Input& input) {
    const ConnectionId id = ConnectionId::FromBits(input.id);
    Engine& engine = harness_.engine();
    switch (input.kind) {
      case Input::Kind::kAccept:
        ids_.push_back(harness_.Accept(static_cast<uint16_t>(input.number)));
        break;
      case Input::Kind::kReceive:
        if (!harness_.end(id).closed) harness_.Receive(id, input.bytes);
        break;
      case Input::Kind::kEnd:
        harness_.ReceiveEnd(id);
        break;
      case Input::Kind::kFail:
        harness_.Fail(id);
        break;
      case Input::Kind::kAdvance:
        harness_.Advance(std::chrono::milliseconds(input.number));
        break;
      case Input::Kind::kWall:
        engine.SetWallTime(harness_.now(), WallTime(std::chrono::seconds(input.number)));
        break;
      case Input::Kind::kEndpoints: {
        const Endpoint endpoints[] = {{*Address::Parse("192.0.2.7:80"), 1, {}, "", true},
                                      {*Address::Parse("192.0.2.8:80"), 2, {}, "", true},
                                      {*Address::Parse("192.0.2.9:80"), 1, {}, "", true}};
        engine.SetEndpoints(harness_.now(), "web.prod.svc.cluster.local", 80,
                            std::span(endpoints).first(static_cast<size_t>(input.number)));
        break;
      }
      case Input::Kind::kApply:
        engine.Apply(harness_.now(), engine.snapshot());
        break;
    }
    harness_.Flush();
  }

  EngineHarness& harness() { return harness_; }
  const std::vector<ConnectionId>& clients() const { return ids_; }
  const std::string& logs() const { return logs_; }

  // Everything that the outside has seen.
  std::string Seen() {
    std::string seen = harness_.transcript() + logs_;
    for (const std::vector<ConnectionId>& ids : {ids_, harness_.upstreams()}) {
      for (const ConnectionId id : ids) StrAppend(&seen, id.bits(), ": ", harness_.end(id).output);
    }
    return seen;
  }

 private:
  static EngineHarness::Options Seeded() {
    EngineHarness::Options options;
    options.seed = 20261124;
    return options;
  }

  std::vector<ConnectionId> ids_;
  std::string logs_;
  EngineHarness harness_;
};

// Next makes up what happens next, of what there is.
Input Next(Trip& run, std::mt19937& random) {
  const auto below = [&](size_t bound) { return random() % bound; };
  EngineHarness& harness = run.harness();
  const std::string paths[] = {"/", "/retry", "/fault", "/nothing"};
  switch (below(10)) {
    case 0:
      return {Input::Kind::kAccept, 0, "", below(3) == 0 ? 9000 : 80};
    case 1:
    case 2:
    case 3:
    case 4: {
      if (run.clients().empty()) break;
      std::string bytes = StrCat(below(3) == 0 ? "POST " : "GET ", paths[below(4)],
                                 " HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc");
      if (below(8) == 0) bytes.resize(below(bytes.size()) + 1);
      return {Input::Kind::kReceive, run.clients()[below(run.clients().size())].bits(), bytes, 0};
    }
    case 5:
    case 6:
    case 7: {
      if (harness.upstreams().empty()) break;
      const std::string answers[] = {"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                                     "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n",
                                     "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n",
                                     "garbage"};
      const size_t newest = std::min<size_t>(4, harness.upstreams().size());
      const ConnectionId id = harness.upstreams()[harness.upstreams().size() - 1 - below(newest)];
      if (harness.end(id).closed) break;
      if (below(8) == 0) return {Input::Kind::kEnd, id.bits(), "", 0};
      return {Input::Kind::kReceive, id.bits(), answers[below(4) * below(2)], 0};
    }
    case 8: {
      if (run.clients().empty()) break;
      const ConnectionId id = run.clients()[below(run.clients().size())];
      return {below(2) == 0 ? Input::Kind::kEnd : Input::Kind::kFail, id.bits(), "", 0};
    }
    default:
      if (below(9) == 0) return {Input::Kind::kWall, 0, "", 1'795'000'000};
      if (below(6) == 0) return {Input::Kind::kEndpoints, 0, "", static_cast<int64_t>(below(4))};
      if (below(6) == 0) return {Input::Kind::kApply, 0, "", 0};
  }
  return {Input::Kind::kAdvance, 0, "", static_cast<int64_t>(below(800))};
}

TEST(ReplayTest, ARecordedRunRepeatsByteForByte) {
  const auto snapshot = BuildSnapshot(kConfig, IngressOptions());
  Trip first(snapshot);
  std::vector<Input> record;
  std::mt19937 random(20261124);
  for (int i = 0; i < 4000; ++i) {
    record.push_back(Next(first, random));
    first.Do(record.back());
  }
  // The run was worth recording.
  for (const char* happened : {" 200 ", " 503 ", "URX", "fault_filter_abort", " DC ", "UF"}) {
    EXPECT_THAT(first.logs(), HasSubstr(happened));
  }
  EXPECT_THAT(first.harness().transcript(), HasSubstr("connect shadow.prod"));
  // Built anew: equal configurations are the same to an engine.
  Trip second(BuildSnapshot(kConfig, IngressOptions()));
  for (const Input& input : record) second.Do(input);
  ASSERT_EQ(second.Seen().size(), first.Seen().size());
  EXPECT_TRUE(second.Seen() == first.Seen());
}

TEST(ReplayTest, ClocksThatJumpEndThingsAndBreakNothing) {
  EngineHarness harness(BuildSnapshot(kConfig, IngressOptions()));
  Engine& engine = harness.engine();
  const ConnectionId client = harness.Accept(80);
  harness.Receive(client, "GET /retry HTTP/1.1\r\nhost: a\r\n\r\n");
  // Backwards counts as the latest time seen.
  engine.Tick(harness.now() - std::chrono::hours(5));
  EXPECT_EQ(engine.now(), harness.now());
  engine.SetWallTime(harness.now(), WallTime(std::chrono::seconds(0)));
  harness.Advance(std::chrono::hours(24 * 365 * 20));
  EXPECT_THAT(harness.Take(client), HasSubstr("HTTP/1.1 504 "));
  EXPECT_TRUE(harness.end(client).closed);
  EXPECT_EQ(engine.connections(), 0u);
  const ConnectionId later = harness.Accept(80);
  harness.Receive(later, "GET /x HTTP/1.1\r\nhost: a\r\n\r\n");
  harness.Receive(harness.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  EXPECT_THAT(harness.Take(later), HasSubstr("\r\ndate: "));
  EXPECT_TRUE(engine.deadline().has_value());
}

}  // namespace
}  // namespace postern
