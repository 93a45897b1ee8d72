// bazel run //examples:in_memory
//
// One request through an Engine without sockets: bytes in, what happened out. The shape of a test.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "postern/config.h"
#include "postern/engine.h"

namespace {

constexpr char kConfig[] = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: web, namespace: istio-system}
spec:
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*.example.com"]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: [a.example.com]
  gateways: [istio-system/web]
  http:
  - route: [{destination: {host: reviews.prod.svc.cluster.local, port: {number: 9080}}}]
)";

// A Recorder is a host that prints what it is asked for.
class Recorder : public postern::EngineCallbacks {
 public:
  // A test repeats itself: a server fills all three parts of the Origin.
  explicit Recorder(std::shared_ptr<const postern::Snapshot> snapshot)
      : engine(std::move(snapshot), this, {postern::TimePoint{}, postern::WallTime{}, {}}) {}

  void OnConnect(postern::ConnectionId id, const postern::UpstreamTarget& target) override {
    upstream = id;
    std::printf("connect to %s\n", std::string(target.cluster.host).c_str());
    engine.Connected(engine.now(), id);
  }
  void OnOutput(postern::ConnectionId id) override {
    std::printf("--- to the %s\n", id == upstream ? "upstream" : "client");
    postern::ByteSpan slice[1];
    while (engine.Output(id, slice) != 0) {
      std::fwrite(slice[0].data(), 1, slice[0].size(), stdout);
      engine.Consume(engine.now(), id, slice[0].size());
    }
  }
  void OnReading(postern::ConnectionId, bool) override {}
  void OnShutdown(postern::ConnectionId) override {}
  void OnClose(postern::ConnectionId, postern::CloseMode) override { std::puts("--- close"); }
  void OnDeadline(std::optional<postern::TimePoint>) override {}
  void OnRequestDone(const postern::RequestLog& log) override {
    std::printf("\n--- log: %s\n", postern::FormatText(log).c_str());
  }

  postern::ConnectionId upstream;
  postern::Engine engine;
};

}  // namespace

int main() {
  const auto snapshot = postern::Snapshot::Build(postern::Config::FromYaml(kConfig));
  if (!snapshot.ok()) return std::fprintf(stderr, "%s\n", snapshot.status().ToString().c_str()), 1;
  Recorder host(*snapshot);
  const postern::TimePoint now{};
  const auto client = host.engine.Accept(now, {"", 80}, {});
  const auto send = [&](postern::ConnectionId id, std::string_view text) {
    host.engine.Receive(now, id, postern::AsBytes(text));
  };
  send(client, "GET /reviews HTTP/1.1\r\nhost: a.example.com\r\n\r\n");
  send(host.upstream, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
  host.engine.Drain(now, now);
}
