#include "lib/engine/tunnel.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/service_stream.h"
#include "lib/engine/upstream_connection.h"
#include "lib/engine/upstream_pipe.h"
#include "lib/http/forwarded.h"
#include "lib/upstream/request_hash.h"

namespace postern {

void Tunnel::Start() {
  Core& core = client_.core();
  const ChainDecision chain = client_.chain();
  cluster_ = &core.clusters().Find(chain.cluster, chain.cluster_index);
  client_.outcome().tunnel = std::make_unique<TunnelOutcome>();
  TunnelOutcome& outcome = *client_.outcome().tunnel;
  outcome.cluster = cluster_->name();
  outcome.rule = chain.rule;
  const ClusterPolicy& policy = cluster_->policy();
  idle_ = policy.tcp_idle.value_or(
      chain.idle_timeout != Duration::zero() ? chain.idle_timeout : core.timeouts().tcp_idle);
  if (cluster_->service != nullptr) {
    ready_ = true;
    upstream_ = &ServiceStream::Connect(core, *cluster_, client_.id(), this);
    return Touch();
  }
  if (policy.absent) return Fail(ResponseFlag::kNC, "cluster_not_found");
  if (cluster_->connections >= policy.max_connections) {
    return Fail(ResponseFlag::kUO, "upstream_overflow");
  }
  std::optional<uint64_t> hash;
  if (chain.hash_source_ip) hash = HashAddress(IpText(client_.info().peer->remote));
  endpoint_ = cluster_->Pick(core.now(), core.random(), {}, hash);
  if (endpoint_ == nullptr) return Fail(ResponseFlag::kUH, "no_healthy_upstream");
  in_active_ = CountHold(endpoint_->active);
  auto pipe = std::make_unique<UpstreamPipe>(this);
  UpstreamPipe& attached = *pipe;
  upstream_ = &attached;
  // The clients of AUTO_PASSTHROUGH speak the TLS of the cluster themselves.
  const bool in_the_clear = chain.mode == ServerTlsSettings::TlsMode::kAutoPassthrough;
  UpstreamConnection& connection = UpstreamConnection::Dial(
      core, *cluster_, endpoint_, {.client = client_.id(), .in_the_clear = in_the_clear},
      std::move(pipe));
  attached.Attach(&connection);
  outcome.upstream_address = endpoint_->address;
  // Until there is somewhere to send to, the client's bytes wait in its socket.
  client_.Pause(PauseReason::kHold);
}

void Tunnel::Fail(ResponseFlag flag, std::string_view detail) {
  client_.outcome().Flag(flag);
  client_.outcome().detail = detail;
  in_active_.Release();
  client_.Abort(CloseMode::kClose);
}

void Tunnel::Touch() { client_.SetTimer(idle_); }

bool Tunnel::OnBytes(ByteSpan* bytes) {
  if (!ready_ || upstream_ == nullptr) return false;
  if (!bytes->empty() && !upstream_->full()) {
    client_.outcome().tunnel->received_bytes += bytes->size();
    upstream_->Send(*bytes);
    *bytes = {};
    Touch();
  }
  if (upstream_->full()) client_.Pause(PauseReason::kOutput);
  return false;
}

void Tunnel::OnEnd() {
  client_ended_ = true;
  if (ready_ && upstream_ != nullptr) upstream_->SendEnd();
}

void Tunnel::OnWritable() {
  if (upstream_ != nullptr && !upstream_ended_) upstream_->Resume();
}

void Tunnel::OnTimer() {
  // For the idle time nothing has moved: both ends are closed.
  client_.outcome().detail = "tcp_idle_timeout";
  if (upstream_ != nullptr) std::exchange(upstream_, nullptr)->Drop(absl::OkStatus());
  in_active_.Release();
  client_.Finish();
}

void Tunnel::OnBroken(const absl::Status& why) {
  if (!why.ok()) client_.outcome().Flag(ResponseFlag::kDC);
  if (upstream_ != nullptr) std::exchange(upstream_, nullptr)->Drop(why);
  in_active_.Release();
}

void Tunnel::OnUpstreamReady() {
  ready_ = true;
  const auto* upstream = static_cast<UpstreamPipe*>(upstream_);
  if (const PeerInfo* peer = upstream->peer(); peer != nullptr) {
    client_.outcome().tunnel->upstream_address = peer->remote;
    client_.outcome().tunnel->upstream_local_address = peer->local;
  }
  client_.Resume(PauseReason::kHold);
  client_.WorkSoon();
  if (client_ended_) upstream_->SendEnd();
  Touch();
}

void Tunnel::OnUpstreamBytes(ByteSpan* bytes) {
  if (client_.output_full()) return upstream_->Pause();
  if (!bytes->empty()) {
    client_.outcome().tunnel->sent_bytes += bytes->size();
    client_.Send(*bytes);
    *bytes = {};
    Touch();
  }
  if (client_.output_full()) upstream_->Pause();
}

void Tunnel::OnUpstreamEnd() {
  upstream_ended_ = true;
  client_.SendEnd();
}

void Tunnel::OnUpstreamWritable() {
  client_.Resume(PauseReason::kOutput);
  client_.WorkSoon();
}

void Tunnel::OnUpstreamGone(const absl::Status& why) {
  upstream_ = nullptr;
  in_active_.Release();
  if (why.ok()) return client_.SendEnd();
  client_.outcome().tunnel->upstream_failure = std::string(why.message());
  if (!ready_) {
    // One try, and it failed (observed.md 1.4); a name that stands for nothing is no cluster.
    if (why.code() == absl::StatusCode::kNotFound) {
      return Fail(ResponseFlag::kNC, "cluster_not_found");
    }
    client_.outcome().Flag(ResponseFlag::kURX);
    return Fail(ResponseFlag::kUF, "upstream_connect_failure");
  }
  client_.outcome().Flag(ResponseFlag::kUC);
  client_.Finish();
}

}  // namespace postern
