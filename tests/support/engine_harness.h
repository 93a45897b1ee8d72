// An Engine without sockets for tests: bytes in, transcript out. The harness is the host, the
// clients and the upstreams; what the answers should be is for the tests.

#ifndef POSTERN_TESTS_SUPPORT_ENGINE_HARNESS_H_
#define POSTERN_TESTS_SUPPORT_ENGINE_HARNESS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "postern/engine.h"

namespace postern {

// A HarnessEnd is one connection as the harness sees it.
struct HarnessEnd {
  ConnectionId id;
  bool upstream = false;
  // Of an upstream: where the engine wanted it to go, parts and all: "reviews.prod:9080|v1
  // 192.0.2.1:80".
  std::string host;
  uint16_t port = 0;
  std::string subset;
  std::string target;
  UpstreamTarget::Protocol protocol = UpstreamTarget::Protocol::kBytes;
  std::string output;  // Everything the engine has written to it.
  bool reading = true;
  bool shut = false;
  bool closed = false;
  CloseMode mode = CloseMode::kClose;
};

// An EngineHarness records what an Engine tells its host. Upstreams connect at once, unless
// `connect` says otherwise.
class EngineHarness : public EngineCallbacks {
 public:
  struct Options {
    EngineOptions engine;
    size_t output_step = SIZE_MAX;  // How much of Output is consumed at a time.
    size_t output_slices = 16;
    bool write_at_once = true;  // From inside OnOutput; else in Flush.
    uint64_t seed = 1;
    WallTime wall{std::chrono::seconds(1'795'516'020)};  // 2026-11-24 10:27:00 UTC.
  };

  explicit EngineHarness(std::shared_ptr<const Snapshot> snapshot)
      : EngineHarness(std::move(snapshot), Options()) {}
  EngineHarness(std::shared_ptr<const Snapshot> snapshot, const Options& options);

  // Accept opens a client's connection, to `port` of all addresses or to `listener`, and delivers
  // what comes of it.
  ConnectionId Accept(uint16_t port, std::string_view remote = "192.0.2.1:1234");
  ConnectionId Accept(const ListenerKey& listener, std::string_view remote = "192.0.2.1:1234");
  void Receive(ConnectionId id, std::string_view bytes);
  void ReceiveEnd(ConnectionId id);
  void Fail(ConnectionId id, absl::Status why = absl::UnavailableError("broken"));
  void Advance(Duration by);
  // Flush writes what waits, and runs the engine until nothing is due.
  void Flush();

  // Text returns what has been written to `id`, and forgets it.
  std::string Take(ConnectionId id);
  HarnessEnd& end(ConnectionId id) { return ends_.at(id.bits()); }

  // upstreams returns the ids of upstream connections, in the order of their OnConnect.
  const std::vector<ConnectionId>& upstreams() const { return upstreams_; }
  ConnectionId upstream() const { return upstreams_.back(); }

  // transcript returns everything that was called back but outputs, a line each.
  const std::string& transcript() const { return transcript_; }
  const std::vector<std::string>& request_logs() const { return request_logs_; }
  const std::vector<std::string>& connection_logs() const { return connection_logs_; }

  Engine& engine() { return *engine_; }
  bool alive() const { return engine_ != nullptr; }
  void Destroy() { engine_.reset(); }
  TimePoint now() const { return now_; }
  const std::array<uint8_t, 32>& seed() const { return seed_; }

  // connect decides about an OnConnect: OK connects, an error fails, nullopt does nothing.
  std::function<std::optional<absl::Status>(const HarnessEnd&)> connect = [](const HarnessEnd&) {
    return absl::OkStatus();
  };
  // on_request and on_connection see each log whole.
  std::function<void(const RequestLog&)> on_request;
  std::function<void(const ConnectionLog&)> on_connection;
  // on_sign answers what is asked for at once; nullopt leaves that to the test.
  std::function<std::optional<absl::StatusOr<Signature>>(OperationId, const SignRequest&)> on_sign;
  // on_event is called from inside each callback, with its name.
  std::function<void(std::string_view)> on_event;

  // EngineCallbacks.
  void OnConnect(ConnectionId id, const UpstreamTarget& target) override;
  void OnOutput(ConnectionId id) override;
  void OnReading(ConnectionId id, bool enabled) override;
  void OnShutdown(ConnectionId id) override;
  void OnClose(ConnectionId id, CloseMode mode) override;
  void OnDeadline(std::optional<TimePoint> deadline) override;
  void OnRequestDone(const RequestLog& log) override;
  void OnConnectionDone(const ConnectionLog& log) override;
  void OnSign(OperationId operation, const SignRequest& request) override;
  void OnCancel(OperationId operation) override;

 private:
  void Write(ConnectionId id);
  void Event(std::string_view name);
  std::string NameOf(ConnectionId id) const;

  Options options_;
  std::array<uint8_t, 32> seed_;
  TimePoint now_{std::chrono::hours(1)};
  std::map<uint64_t, HarnessEnd> ends_;
  std::vector<ConnectionId> upstreams_;
  std::vector<ConnectionId> clients_;
  std::vector<ConnectionId> to_write_;
  std::optional<TimePoint> deadline_;
  std::string transcript_;
  std::vector<std::string> request_logs_, connection_logs_;
  std::unique_ptr<Engine> engine_;
};

// kWebGateway is a Gateway istio-system/gw that takes any host on port 80.
inline constexpr std::string_view kWebGateway = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: ["*"]
)";

// WebRoutes returns a VirtualService prod/web for `hosts` at kWebGateway, with `rules` as its
// `http`, and with the documents that may follow them. "$WEB" in them is a list of one destination,
// port 8080 of web.prod.svc.cluster.local.
std::string WebRoutes(std::string_view rules, std::string_view hosts = "[a.com]");

// IngressOptions returns those of a proxy that kWebGateway selects.
SnapshotOptions IngressOptions();

// BuildSnapshot builds `yaml`, or fails the test.
std::shared_ptr<const Snapshot> BuildSnapshot(std::string_view yaml,
                                              const SnapshotOptions& options = {},
                                              CredentialSource* credentials = nullptr);

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_ENGINE_HARNESS_H_
