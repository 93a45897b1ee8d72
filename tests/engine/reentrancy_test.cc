// A host may do anything from inside a callback. A script of everything an engine does is run again
// and again, and at each of its callbacks something is done that a host might do; a sanitizer sees
// what is touched that should not be.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "lib/base/strings.h"
#include "postern/service.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view kConfig = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: ["*"]
  - port: {number: 5000, name: tcp, protocol: TCP}
    hosts: ["*"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: ["*"]
  gateways: [istio-system/gw]
  http:
  - match: [{uri: {prefix: /service}}]
    route: [{destination: {host: service.prod.svc.cluster.local, port: {number: 1}}}]
  - match: [{uri: {prefix: /timed}}]
    timeout: 1s
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
  - route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
  tcp:
  - route: [{destination: {host: tcp.prod.svc.cluster.local, port: {number: 5001}}}]
)";

std::shared_ptr<const Snapshot> Built() {
  static const auto& snapshot =
      *new std::shared_ptr<const Snapshot>(BuildSnapshot(kConfig, IngressOptions()));
  return snapshot;
}

class Hello : public Service {
 public:
  explicit Hello(std::function<void(std::string_view)> event) : event_(std::move(event)) {}

  void OnRequest(Engine& engine, StreamId stream, const ServiceRequest& request) override {
    const bool answer = !request.has_body;
    event_("Service::OnRequest");
    if (alive && answer) engine.Respond(engine.now(), stream, {}, AsBytes("hello"));
  }
  void OnData(Engine&, StreamId, ByteSpan) override { event_("Service::OnData"); }
  void OnDataEnd(Engine& engine, StreamId stream, std::span<const HeaderView>) override {
    event_("Service::OnDataEnd");
    if (alive) engine.Respond(engine.now(), stream, {}, AsBytes("got it"));
  }
  void OnClose(Engine&, StreamId, const absl::Status&) override { event_("Service::OnClose"); }

  bool alive = true;

 private:
  std::function<void(std::string_view)> event_;
};

// A Deed is done at the n-th callback of the script.
using Deed = std::function<void(EngineHarness&)>;

// Play runs the script and returns how many callbacks there were.
int Play(int at, const Deed& deed) {
  EngineHarness harness(Built());
  int count = 0;
  Hello* service = nullptr;
  const auto event = [&](std::string_view) {
    if (count++ == at) deed(harness);
    if (service != nullptr) service->alive = harness.alive();
  };
  Hello hello(event);
  service = &hello;
  harness.on_event = event;
  harness.engine().Serve("service.prod.svc.cluster.local", 1, &hello);
  const auto alive = [&] { return harness.alive(); };

  const ConnectionId client = harness.Accept(80);
  const std::string_view steps[] = {
      "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
      "POST /service HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbo",
      "dyGET /service HTTP/1.1\r\nhost: a\r\n\r\n",
      "GET /timed HTTP/1.1\r\nhost: a\r\n\r\n",
      "nonsense\r\n\r\n",
  };
  for (const std::string_view step : steps) {
    if (!alive()) return count;
    harness.Receive(client, step);
    if (!alive()) return count;
    if (!harness.upstreams().empty() && !harness.end(harness.upstream()).closed) {
      harness.Receive(harness.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes");
    }
    if (alive()) harness.Advance(seconds(2));
  }
  if (!alive()) return count;
  const ConnectionId raw = harness.Accept(5000);
  if (alive()) harness.Receive(raw, std::string(100'000, 'x'));
  const auto has_upstream = [&] { return !harness.upstreams().empty(); };
  if (alive() && has_upstream() && !harness.end(harness.upstream()).closed) {
    harness.Receive(harness.upstream(), "answer");
  }
  if (alive()) harness.ReceiveEnd(raw);
  if (alive() && has_upstream()) harness.Fail(harness.upstream());
  if (alive()) harness.Advance(hours(2));
  if (alive()) harness.engine().Drain(harness.now(), harness.now());
  if (alive()) {
    EXPECT_EQ(harness.engine().connections(), 0u);
  }
  return count;
}

class ReentrancyTest : public testing::TestWithParam<std::pair<const char*, Deed>> {};

TEST_P(ReentrancyTest, NothingBreaksWhateverCallbackItIsDoneIn) {
  const int callbacks = Play(-1, [](EngineHarness&) {});
  EXPECT_GT(callbacks, 30);
  for (int at = 0; at < callbacks; ++at) Play(at, GetParam().second);
}

void ForEachEnd(EngineHarness& harness, const std::function<void(ConnectionId)>& visit) {
  for (uint32_t slot = 0; slot < 8; ++slot) {
    for (uint32_t generation = 1; generation < 4; ++generation) visit({slot, generation});
  }
  static_cast<void>(harness);
}

INSTANTIATE_TEST_SUITE_P(
    Deeds, ReentrancyTest,
    testing::Values(std::pair<const char*, Deed>{"destroy", [](EngineHarness& h) { h.Destroy(); }},
                    std::pair<const char*, Deed>{
                        "apply", [](EngineHarness& h) { h.engine().Apply(h.now(), Built()); }},
                    std::pair<const char*, Deed>{
                        "apply_another",
                        [](EngineHarness& h) {
                          static const auto& other = *new std::shared_ptr<const Snapshot>(
                              BuildSnapshot(kConfig, IngressOptions()));
                          h.engine().Apply(h.now(), other);
                        }},
                    std::pair<const char*, Deed>{
                        "drain_now", [](EngineHarness& h) { h.engine().Drain(h.now(), h.now()); }},
                    std::pair<const char*, Deed>{
                        "drain_later",
                        [](EngineHarness& h) { h.engine().Drain(h.now(), h.now() + seconds(5)); }},
                    std::pair<const char*, Deed>{"fail_all",
                                                 [](EngineHarness& h) {
                                                   ForEachEnd(h, [&](ConnectionId id) {
                                                     h.engine().Failed(h.now(), id,
                                                                       absl::UnknownError("x"));
                                                   });
                                                 }},
                    std::pair<const char*, Deed>{"end_all",
                                                 [](EngineHarness& h) {
                                                   ForEachEnd(h, [&](ConnectionId id) {
                                                     h.engine().ReceiveEnd(h.now(), id);
                                                   });
                                                 }},
                    std::pair<const char*, Deed>{"consume_all",
                                                 [](EngineHarness& h) {
                                                   ForEachEnd(h, [&](ConnectionId id) {
                                                     ByteSpan out[1];
                                                     if (h.engine().Output(id, out) == 0) return;
                                                     h.engine().Consume(h.now(), id, out[0].size());
                                                   });
                                                 }},
                    std::pair<const char*, Deed>{
                        "drain_much_later",
                        [](EngineHarness& h) { h.engine().Drain(h.now(), h.now() + hours(9)); }},
                    std::pair<const char*, Deed>{
                        "jump", [](EngineHarness& h) { h.engine().Tick(h.now() + hours(3)); }}),
    [](const auto& info) { return std::string(info.param.first); });

}  // namespace
}  // namespace postern
