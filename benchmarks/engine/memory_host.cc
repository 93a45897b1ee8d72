#include "benchmarks/engine/memory_host.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "postern/config.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

constexpr std::string_view kConfig = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [a.example]
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [a.example]
    tls: {mode: SIMPLE, credentialName: web}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: [a.example]
  gateways: [istio-system/gw]
  http:
  - timeout: 15s
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
)";

}  // namespace

std::shared_ptr<const Snapshot> BuildEngineConfig() {
  static TestCa* ca = new TestCa;
  TestSubject subject;
  subject.dns = {"a.example"};
  MemoryCredentials credentials;
  credentials.Set({CredentialName::Kind::kKeyPair, "istio-system", "web"},
                  ca->Issue(subject).credential());
  SnapshotOptions options;
  options.labels = {{"istio", "ingressgateway"}};
  auto snapshot = Snapshot::Build(Config::FromYaml(kConfig), options, &credentials);
  if (!snapshot.ok()) std::abort();
  return *snapshot;
}

MemoryHost::MemoryHost(std::shared_ptr<const Snapshot> snapshot, std::string_view answer)
    : answer_(answer) {
  Origin origin;
  origin.now = now_;
  origin.wall = kTestWallTime;
  origin.seed.fill(1);
  engine_ = std::make_unique<Engine>(std::move(snapshot), this, origin, EngineOptions::Istio());
}

ConnectionId MemoryHost::Accept(uint16_t port) {
  PeerInfo peer;
  peer.remote = *Address::Parse("192.0.2.1:1234");
  peer.local = *Address::Parse("203.0.113.1:443");
  return engine_->Accept(now_, ListenerKey{"", port}, peer);
}

void MemoryHost::OnConnect(ConnectionId id, const UpstreamTarget& /*target*/) {
  upstream_ = id;
  engine_->Connected(now_, id, {});
}

void MemoryHost::OnOutput(ConnectionId id) {
  if (id == upstream_) {
    upstream_writes_ = true;
  } else {
    client_ = id;
    client_writes_ = true;
  }
}

size_t MemoryHost::Write(ConnectionId id, std::string* copy) {
  size_t total = 0;
  while (true) {
    std::array<ByteSpan, 16> slices;
    const size_t count = engine_->Output(id, slices);
    ++output_calls;
    if (count == 0) return total;
    size_t size = 0;
    for (size_t i = 0; i < count; ++i) {
      size += slices[i].size();
      if (copy != nullptr) copy->append(AsText(slices[i]));
    }
    engine_->Consume(now_, id, size);
    total += size;
    if (count < slices.size()) return total;
  }
}

void MemoryHost::Receive(ConnectionId client, std::string_view bytes, std::string* received) {
  now_ += std::chrono::microseconds(20);
  if (const auto due = engine_->deadline(); due.has_value() && *due <= now_) engine_->Tick(now_);
  engine_->Receive(now_, client, AsBytes(bytes));
  while (client_writes_ || upstream_writes_) {
    if (std::exchange(upstream_writes_, false)) {
      Write(upstream_, nullptr);
      engine_->Receive(now_, upstream_, AsBytes(answer_));
    }
    if (std::exchange(client_writes_, false)) sent_bytes += Write(client_, received);
  }
}

}  // namespace postern
