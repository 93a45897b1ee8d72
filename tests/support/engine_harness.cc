#include "tests/support/engine_harness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "lib/base/strings.h"
#include "postern/config.h"

namespace postern {

EngineHarness::EngineHarness(std::shared_ptr<const Snapshot> snapshot, const Options& options)
    : options_(options) {
  Origin origin;
  origin.now = now_;
  origin.wall = options.wall;
  for (size_t i = 0; i < seed_.size(); ++i) {
    seed_[i] = static_cast<uint8_t>(options.seed >> (8 * (i % 8)));
  }
  origin.seed = seed_;
  engine_ = std::make_unique<Engine>(std::move(snapshot), this, origin, options.engine);
}

ConnectionId EngineHarness::Accept(uint16_t port, std::string_view remote) {
  return Accept(ListenerKey{"", port}, remote);
}

ConnectionId EngineHarness::Accept(const ListenerKey& listener, std::string_view remote) {
  PeerInfo peer;
  peer.remote = *Address::Parse(remote);
  peer.local = *Address::Parse(StrCat("203.0.113.1:", listener.port));
  const ConnectionId id = engine_->Accept(now_, listener, peer);
  ends_[id.bits()].id = id;
  clients_.push_back(id);
  Flush();
  return id;
}

void EngineHarness::Receive(ConnectionId id, std::string_view bytes) {
  // A copy that is gone afterwards: what the engine keeps of it, a sanitizer finds.
  const auto copy = std::make_unique<std::string>(bytes);
  engine_->Receive(now_, id, AsBytes(*copy));
  Flush();
}

void EngineHarness::ReceiveEnd(ConnectionId id) {
  engine_->ReceiveEnd(now_, id);
  Flush();
}

void EngineHarness::Fail(ConnectionId id, absl::Status why) {
  engine_->Failed(now_, id, why);
  Flush();
}

void EngineHarness::Advance(Duration by) {
  const TimePoint until = now_ + by;
  while (alive()) {
    const std::optional<TimePoint> next = engine_->deadline();
    if (!next.has_value() || *next > until) break;
    now_ = std::max(now_, *next);
    engine_->Tick(now_);
    Flush();
  }
  now_ = until;
  if (alive()) engine_->Tick(now_);
  Flush();
}

void EngineHarness::Flush() {
  for (int i = 0; alive() && i < 1'000'000; ++i) {
    if (!to_write_.empty()) {
      const std::vector<ConnectionId> ids = std::exchange(to_write_, {});
      for (const ConnectionId id : ids) {
        if (alive()) Write(id);
      }
      continue;
    }
    const std::optional<TimePoint> next = engine_->deadline();
    if (!next.has_value() || *next > now_) return;
    engine_->Tick(now_);
  }
  if (alive()) ADD_FAILURE() << "the engine does not come to rest";
}

void EngineHarness::Write(ConnectionId id) {
  std::vector<ByteSpan> slices(options_.output_slices);
  while (alive()) {
    const size_t count = engine_->Output(id, slices);
    if (count == 0) return;
    size_t size = 0;
    for (size_t i = 0; i < count && size < options_.output_step; ++i) {
      ByteSpan slice = slices[i];
      slice = slice.first(std::min(slice.size(), options_.output_step - size));
      ends_[id.bits()].output += AsText(slice);
      size += slice.size();
    }
    engine_->Consume(now_, id, size);
  }
}

std::string EngineHarness::Take(ConnectionId id) { return std::exchange(end(id).output, {}); }

std::string EngineHarness::NameOf(ConnectionId id) const {
  for (size_t i = 0; i < clients_.size(); ++i) {
    if (clients_[i] == id) return StrCat("client", i);
  }
  for (size_t i = 0; i < upstreams_.size(); ++i) {
    if (upstreams_[i] == id) return StrCat("upstream", i);
  }
  return "unknown";
}

void EngineHarness::Event(std::string_view name) {
  if (on_event) on_event(name);
}

void EngineHarness::OnConnect(ConnectionId id, const UpstreamTarget& target) {
  EXPECT_FALSE(ends_.contains(id.bits())) << "OnConnect twice";
  HarnessEnd& end = ends_[id.bits()];
  end.id = id;
  end.upstream = true;
  end.host = target.cluster.host;
  end.port = target.cluster.port;
  end.subset = target.cluster.subset;
  end.protocol = target.protocol;
  end.target = StrCat(end.host, ":", end.port);
  if (!end.subset.empty()) StrAppend(&end.target, "|", end.subset);
  const std::string address = target.address.ToString();
  if (!address.empty()) StrAppend(&end.target, " ", address);
  if (!target.name.empty()) StrAppend(&end.target, " ", target.name);
  upstreams_.push_back(id);
  StrAppend(&transcript_, NameOf(id), " connect ", end.target, "\n");
  Event("OnConnect");
  if (!alive()) return;
  const std::optional<absl::Status> answer = connect(end);
  if (!answer.has_value()) return;
  if (answer->ok()) {
    engine_->Connected(now_, id, {});
  } else {
    engine_->Failed(now_, id, *answer);
  }
}

void EngineHarness::OnOutput(ConnectionId id) {
  EXPECT_FALSE(end(id).closed);
  ByteSpan first[1];
  EXPECT_EQ(engine_->Output(id, first), 1u) << "OnOutput without output";
  Event("OnOutput");
  if (!alive()) return;
  if (options_.write_at_once) {
    Write(id);
  } else {
    to_write_.push_back(id);
  }
}

void EngineHarness::OnReading(ConnectionId id, bool enabled) {
  EXPECT_FALSE(end(id).closed);
  EXPECT_NE(end(id).reading, enabled) << "OnReading without a change";
  end(id).reading = enabled;
  StrAppend(&transcript_, NameOf(id), enabled ? " reading on\n" : " reading off\n");
  Event("OnReading");
}

void EngineHarness::OnShutdown(ConnectionId id) {
  EXPECT_FALSE(end(id).closed);
  EXPECT_FALSE(std::exchange(end(id).shut, true)) << "OnShutdown twice";
  StrAppend(&transcript_, NameOf(id), " shutdown\n");
  Event("OnShutdown");
}

void EngineHarness::OnClose(ConnectionId id, CloseMode mode) {
  EXPECT_TRUE(ends_.contains(id.bits())) << "OnClose of an unknown id";
  EXPECT_FALSE(std::exchange(ends_[id.bits()].closed, true)) << "OnClose twice";
  end(id).mode = mode;
  StrAppend(&transcript_, NameOf(id), mode == CloseMode::kReset ? " reset\n" : " close\n");
  Event("OnClose");
}

void EngineHarness::OnDeadline(std::optional<TimePoint> deadline) {
  deadline_ = deadline;
  Event("OnDeadline");
}

void EngineHarness::OnRequestDone(const RequestLog& log) {
  std::string line = StrCat(log.request.method, " ", log.request.path, " ", log.status, " ",
                            log.flags.ToString(), " ", log.detail);
  StrAppend(&transcript_, "log ", line, "\n");
  request_logs_.push_back(std::move(line));
  // A formatter reads every fact: a view that dangles is found.
  EXPECT_FALSE(FormatText(log).empty());
  if (on_request) on_request(log);
  Event("OnRequestDone");
}

void EngineHarness::OnConnectionDone(const ConnectionLog& log) {
  std::string line = StrCat(log.flags.ToString(), " ", log.detail);
  connection_logs_.push_back(line);
  EXPECT_FALSE(FormatText(log).empty());
  StrAppend(&transcript_, NameOf(log.connection->id), " done ", line, "\n");
  if (on_connection) on_connection(log);
  Event("OnConnectionDone");
}

void EngineHarness::OnSign(OperationId operation, const SignRequest& request) {
  StrAppend(&transcript_, NameOf(request.connection), " sign ", request.key_id, "\n");
  Event("OnSign");
  if (!alive() || !on_sign) return;
  if (const auto answer = on_sign(operation, request)) engine_->Complete(now_, operation, *answer);
}

void EngineHarness::OnCancel(OperationId /*operation*/) {
  transcript_ += "cancel\n";
  Event("OnCancel");
}

std::string WebRoutes(std::string_view rules, std::string_view hosts) {
  constexpr std::string_view kWeb = "$WEB";
  std::string text = StrCat(R"(
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: )",
                            hosts, R"(
  gateways: [istio-system/gw]
  http:)",
                            rules);
  for (size_t at = text.find(kWeb); at != text.npos; at = text.find(kWeb, at)) {
    text.replace(at, kWeb.size(),
                 "[{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]");
  }
  return text;
}

SnapshotOptions IngressOptions() {
  SnapshotOptions options;
  options.labels = {{"istio", "ingressgateway"}};
  return options;
}

std::shared_ptr<const Snapshot> BuildSnapshot(std::string_view yaml, const SnapshotOptions& options,
                                              CredentialSource* credentials) {
  auto snapshot = Snapshot::Build(Config::FromYaml(yaml), options, credentials);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return snapshot.ok() ? *snapshot : nullptr;
}

}  // namespace postern
