#include "tests/wire/engine_proxy.h"

#include <map>
#include <tuple>

#include "lib/base/strings.h"
#include "lib/match/path.h"
#include "tests/wire/http_text.h"

namespace postern {
namespace {

constexpr std::string_view kRoutes = R"(
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: istio-system}
spec:
  hosts: ["*"]
  gateways: [gw]
  http:
  - route: [{destination: {host: up.istio-system.svc.cluster.local, port: {number: 80}}}]
)";

// BreaksOff returns whether the last of the answers in `bytes` is not whole.
bool BreaksOff(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view status = bytes.substr(std::min<size_t>(bytes.size(), 9), 3);
    const bool none = status.starts_with('1') || status == "204" || status == "304";
    const auto message = TakeMessage(&bytes, true, none);
    if (!message || !message->complete) return true;
  }
  return false;
}

}  // namespace

SnapshotOptions EdgeOptions() {
  SnapshotOptions options = IngressOptions();
  options.edge_profile = true;
  return options;
}

std::shared_ptr<const Snapshot> EngineProxySnapshot(const SnapshotOptions& options) {
  using Key = std::tuple<SnapshotOptions::PathNormalization, bool>;
  static auto& snapshots = *new std::map<Key, std::shared_ptr<const Snapshot>>;
  auto& snapshot = snapshots[{options.path_normalization, options.edge_profile}];
  if (snapshot == nullptr) snapshot = BuildSnapshot(StrCat(kWebGateway, kRoutes), options);
  return snapshot;
}

EngineHarness::Options EngineProxy::Options() {
  EngineHarness::Options options;
  options.engine = EngineOptions::Edge();
  return options;
}

EngineProxy::EngineProxy(const SnapshotOptions& options)
    : harness_(EngineProxySnapshot(options), Options()), client_(harness_.Accept(80)) {
  harness_.on_request = [this](const RequestLog& log) {
    flags = log.flags.bits == 0 ? "" : log.flags.ToString();
  };
}

void EngineProxy::FromClient(std::string_view bytes) {
  harness_.Receive(client_, bytes);
  Look();
}

void EngineProxy::ClientEnd() {
  harness_.ReceiveEnd(client_);
  Look();
}

void EngineProxy::FromUpstream(std::string_view bytes) {
  harness_.Receive(harness_.upstream(), bytes);
  Look();
}

void EngineProxy::UpstreamEnd() {
  harness_.ReceiveEnd(harness_.upstream());
  Look();
}

std::string EngineProxy::ForwardedPath(std::string_view path) const {
  std::string storage;
  const NormalPath normal = NormalizePath(path, PathRules::Edge(), &storage);
  return std::string(normal.target);
}

void EngineProxy::Look() {
  // What comes later in the turn, e.g. another try.
  harness_.Flush();
  const HarnessEnd& client = harness_.end(client_);
  to_client = client.output;
  client_closed = client.shut || client.closed;
  to_upstream.clear();
  for (const ConnectionId id : harness_.upstreams()) to_upstream += harness_.end(id).output;
  if (harness_.upstreams().empty()) return;
  const HarnessEnd& upstream = harness_.end(harness_.upstream());
  upstream_closed = upstream.shut || upstream.closed;
  client_reset = client_closed && BreaksOff(to_client);
}

}  // namespace postern
