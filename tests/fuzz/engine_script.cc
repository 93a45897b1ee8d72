// A host at random: each byte of the input is a deed of a host, a client or an upstream. Nothing
// crashes, the calls about each id come in the order that postern/engine.h promises, and when
// everything has been closed nothing is left.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "postern/config.h"
#include "postern/engine.h"

namespace postern {
namespace {

constexpr std::string_view kConfig = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: GRPC-WEB}, hosts: ["*"]}
  - {port: {number: 81, name: tcp, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 82, name: tls, protocol: TLS}, tls: {mode: PASSTHROUGH}, hosts: [a.example]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: istio-system}
spec:
  hosts: ["*"]
  gateways: [gw]
  http:
  - match: [{uri: {prefix: /r}}]
    retries: {attempts: 2, retryOn: "5xx,reset", perTryTimeout: 0.1s}
    mirror: {host: shared.prod.svc.cluster.local, port: {number: 80}}
    route: [{destination: {host: up.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /s}}]
    timeout: 1s
    route: [{destination: {host: service.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /f}}]
    fault: {delay: {fixedDelay: 0.1s, percentage: {value: 50}}}
    route: [{destination: {host: up.prod.svc.cluster.local, port: {number: 80}}}]
  - match: [{uri: {prefix: /2}}]
    retries: {attempts: 2, retryOn: "refused-stream"}
    route: [{destination: {host: shared.prod.svc.cluster.local, port: {number: 80}}}]
  - route: [{destination: {host: up.prod.svc.cluster.local, port: {number: 80}}}]
  tcp:
  - match: [{port: 81}]
    route: [{destination: {host: raw.prod.svc.cluster.local, port: {number: 1}}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: through, namespace: istio-system}
spec:
  hosts: [a.example]
  gateways: [gw]
  tls:
  - match: [{sniHosts: [a.example]}]
    route: [{destination: {host: raw.prod.svc.cluster.local, port: {number: 2}}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shared, namespace: prod}
spec:
  host: shared.prod.svc.cluster.local
  trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE}}}
)";

constexpr std::string_view kFromClients[] = {
    "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
    "POST /r HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody",
    "POST /s HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "0\r\n\r\n",
    "GET /f HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    "HEAD /s HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "POST /r HTTP/1.1\r\nhost: a\r\ncontent-type: application/grpc-web-text\r\n"
    "accept: application/grpc-web-text\r\ntransfer-encoding: chunked\r\n\r\n3\r\nAAA\r\n",
};
constexpr std::string_view kFromUpstreams[] = {
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    "HTTP/1.1 503 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    "garbage\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\n\r\nuntil the end",
};

void Must(bool ok) {
  if (!ok) std::abort();
}

std::shared_ptr<const Snapshot> Built() {
  static auto& snapshot = *new std::shared_ptr<const Snapshot>([] {
    SnapshotOptions options;
    options.labels = {{"istio", "ingressgateway"}};
    auto built = Snapshot::Build(Config::FromYaml(kConfig), options);
    Must(built.ok());
    return *built;
  }());
  return snapshot;
}

// A Script reads the input as small numbers; at its end all are 0.
class Script {
 public:
  explicit Script(ByteSpan bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  size_t Next(size_t bound) {
    if (bytes_.empty()) return 0;
    const size_t value = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return value % bound;
  }
  std::string Bytes(size_t size) {
    size = std::min(size, bytes_.size());
    std::string text(AsText(bytes_.first(size)));
    bytes_ = bytes_.subspan(size);
    return text;
  }

 private:
  ByteSpan bytes_;
};

class Host : public EngineCallbacks, public Service {
 public:
  explicit Host(ByteSpan bytes) : script_(bytes) {
    Origin origin;
    origin.now = now_;
    EngineOptions options;
    options.limits.output_bytes = 64;
    options.limits.stream_bytes = 64;
    options.limits.replay_bytes = 64;
    options.limits.messages_per_call = 2;
    options.limits.bytes_per_call = 50;
    engine_ = std::make_unique<Engine>(Built(), this, origin, options);
    engine_->Serve("service.prod.svc.cluster.local", 80, this);
  }

  void Run() {
    while (!script_.empty()) Deed(script_.Next(16));
    engine_->Drain(now_, now_);
    engine_->Tick(now_);
    Must(engine_->connections() == 0);
    for (const auto& [bits, end] : ends_) Must(end.closed);
    Must(streams_.empty());
  }

  // EngineCallbacks.
  void OnConnect(ConnectionId id, const UpstreamTarget& target) override {
    Must(!ends_.contains(id.bits()));
    ends_[id.bits()] = {.id = id, .upstream = true, .opening = true};
    Must(target.cluster.port != 0);
    if (script_.Next(4) != 0) Answer(ends_[id.bits()], true);
  }
  void OnOutput(ConnectionId id) override {
    End& end = Alive(id);
    ByteSpan slice[1];
    Must(engine_->Output(id, slice) == 1 && !end.opening && !end.shut);
    if (script_.Next(3) != 0) Write(end, SIZE_MAX);
  }
  void OnReading(ConnectionId id, bool enabled) override {
    End& end = Alive(id);
    Must(end.reading != enabled);
    end.reading = enabled;
  }
  void OnShutdown(ConnectionId id) override {
    End& end = Alive(id);
    ByteSpan slice[1];
    Must(!end.shut && engine_->Output(id, slice) == 0);
    end.shut = true;
  }
  void OnClose(ConnectionId id, CloseMode /*mode*/) override {
    End& end = Alive(id);
    Must(end.upstream || end.done);
    end.closed = true;
  }
  void OnDeadline(std::optional<TimePoint> deadline) override {
    Must(deadline == engine_->deadline());
  }
  void OnRequestDone(const RequestLog& log) override {
    Must(!Alive(log.connection->id).done && !FormatText(log).empty());
  }
  void OnConnectionDone(const ConnectionLog& log) override {
    End& end = Alive(log.connection->id);
    Must(!end.upstream && !end.done && !FormatJson(log).empty());
    end.done = true;
  }

  // Service.
  void OnRequest(Engine& /*engine*/, StreamId stream, const ServiceRequest& request) override {
    Must(streams_.emplace(stream.bits(), stream).second && request.connection != nullptr);
  }
  void OnData(Engine& /*engine*/, StreamId stream, ByteSpan bytes) override {
    Must(streams_.contains(stream.bits()) && !bytes.empty());
  }
  void OnClose(Engine& /*engine*/, StreamId stream, const absl::Status& /*why*/) override {
    Must(streams_.erase(stream.bits()) == 1);
  }

 private:
  struct End {
    ConnectionId id;
    bool upstream = false;
    bool opening = false;
    bool reading = true;
    bool ended = false;
    bool shut = false;
    bool done = false;
    bool closed = false;
  };

  End& Alive(ConnectionId id) {
    const auto found = ends_.find(id.bits());
    Must(found != ends_.end() && !found->second.closed);
    return found->second;
  }

  // One of the newest ids, also a stale one.
  End* Some() {
    if (ends_.empty()) return nullptr;
    auto at = ends_.end();
    for (size_t back = script_.Next(std::min<size_t>(ends_.size(), 6)) + 1; back > 0; --back) --at;
    return &at->second;
  }

  void Answer(End& end, bool well) {
    if (!end.opening || end.closed) return;
    end.opening = false;
    if (well) {
      engine_->Connected(now_, end.id);
    } else {
      end.ended = true;
      engine_->Failed(now_, end.id, absl::UnavailableError("refused"));
    }
  }

  void Write(const End& end, size_t most) {
    ByteSpan slices[4];
    const size_t count = engine_->Output(end.id, slices);
    size_t size = 0;
    for (size_t i = 0; i < count; ++i) size += slices[i].size();
    if (size > 0) engine_->Consume(now_, end.id, std::min(size, most));
  }

  void Receive(End& end, std::string_view bytes) {
    if (end.opening || end.ended || end.closed) return;
    const auto copy = std::make_unique<std::string>(bytes);
    engine_->Receive(now_, end.id, AsBytes(*copy));
  }

  void Deed(size_t deed) {
    if (deed == 0) {
      const ConnectionId id =
          engine_->Accept(now_, {"", static_cast<uint16_t>(80 + script_.Next(4))}, {});
      Must(!ends_.contains(id.bits()));
      ends_[id.bits()].id = id;
      return;
    }
    if (deed == 1) {
      now_ += std::chrono::milliseconds(1 << script_.Next(18));
      return engine_->Tick(now_);
    }
    if (deed == 2) return engine_->Apply(now_, Built());
    if (deed == 3 && !streams_.empty()) return Serve(streams_.begin()->second);
    End* end = Some();
    if (end == nullptr) return;
    switch (deed) {
      case 4:
      case 5:
      case 6:
      case 7:
        return Receive(*end, (end->upstream ? kFromUpstreams : kFromClients)[script_.Next(9)]);
      case 8:
        return Receive(*end, script_.Bytes(script_.Next(40)));
      case 9:
        if (end->opening || std::exchange(end->ended, true)) return;
        return engine_->ReceiveEnd(now_, end->id);
      case 10:
        if (end->opening) return Answer(*end, false);
        end->ended = true;
        return engine_->Failed(now_, end->id, absl::UnavailableError("broken"));
      case 11:
        return Answer(*end, script_.Next(3) != 0);
      case 12:
        return Write(*end, script_.Next(100) + 1);
      case 13:
        return Write(*end, SIZE_MAX);
      case 14: {
        const Endpoint endpoints[] = {{*Address::Parse("192.0.2.7:80"), 1, {}, "", true},
                                      {*Address::Parse("192.0.2.8:80"), 1, {}, "", true}};
        return engine_->SetEndpoints(now_, "up.prod.svc.cluster.local", 80,
                                     std::span(endpoints).first(script_.Next(3)));
      }
      default:
        return engine_->Tick(now_);
    }
  }

  void Serve(StreamId stream) {
    switch (script_.Next(6)) {
      case 0:
        return engine_->Respond(now_, stream, {}, AsBytes("hello"));
      case 1:
        return engine_->Respond(now_, stream, {200, {}}, AsBytes("part"), false);
      case 2:
        return engine_->Send(now_, stream, AsBytes(std::string(script_.Next(200), 'x')),
                             script_.Next(2) == 0);
      case 3:
        return engine_->SetReading(now_, stream, script_.Next(2) == 0);
      case 4:
        return engine_->SendTrailers(now_, stream, {});
      default:
        return engine_->Reset(now_, stream, absl::UnavailableError("busy"));
    }
  }

  Script script_;
  TimePoint now_{std::chrono::hours(1)};
  std::map<uint64_t, End> ends_;
  std::map<uint64_t, StreamId> streams_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace
}  // namespace postern

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  postern::Host({data, size}).Run();
  return 0;
}
