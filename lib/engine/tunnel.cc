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
    far_ = &ServiceStream::Connect(core, *cluster_, client_.id(), this);
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
  UpstreamPipe* far = pipe.get();
  far_ = far;
  // The clients of AUTO_PASSTHROUGH speak the TLS of the cluster themselves.
  const bool in_the_clear = chain.mode == ServerTlsSettings::TlsMode::kAutoPassthrough;
  UpstreamConnection& upstream = UpstreamConnection::Dial(
      core, *cluster_, endpoint_, {.client = client_.id(), .in_the_clear = in_the_clear},
      std::move(pipe));
  far->Attach(&upstream);
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
  if (!ready_ || far_ == nullptr) return false;
  if (!bytes->empty() && !far_->full()) {
    client_.outcome().tunnel->received_bytes += bytes->size();
    far_->Send(*bytes);
    *bytes = {};
    Touch();
  }
  if (far_->full()) client_.Pause(PauseReason::kOutput);
  return false;
}

void Tunnel::OnEnd() {
  client_ended_ = true;
  if (ready_ && far_ != nullptr) far_->SendEnd();
}

void Tunnel::OnOutputLow() {
  if (far_ != nullptr && !far_ended_) far_->Go();
}

void Tunnel::OnTimer() {
  // For the idle time nothing has moved: both ends are closed.
  client_.outcome().detail = "tcp_idle_timeout";
  if (far_ != nullptr) std::exchange(far_, nullptr)->Drop(absl::OkStatus());
  in_active_.Release();
  client_.Finish();
}

void Tunnel::OnBroken(const absl::Status& why) {
  if (!why.ok()) client_.outcome().Flag(ResponseFlag::kDC);
  if (far_ != nullptr) std::exchange(far_, nullptr)->Drop(why);
  in_active_.Release();
}

void Tunnel::OnFarReady() {
  ready_ = true;
  const auto* upstream = static_cast<UpstreamPipe*>(far_);
  if (const PeerInfo* peer = upstream->peer(); peer != nullptr) {
    client_.outcome().tunnel->upstream_address = peer->remote;
    client_.outcome().tunnel->upstream_local_address = peer->local;
  }
  client_.Resume(PauseReason::kHold);
  client_.WorkSoon();
  if (client_ended_) far_->SendEnd();
  Touch();
}

void Tunnel::OnFarBytes(ByteSpan* bytes) {
  if (client_.output_full()) return far_->Hold();
  if (!bytes->empty()) {
    client_.outcome().tunnel->sent_bytes += bytes->size();
    client_.Send(*bytes);
    *bytes = {};
    Touch();
  }
  if (client_.output_full()) far_->Hold();
}

void Tunnel::OnFarEnd() {
  far_ended_ = true;
  client_.SendEnd();
}

void Tunnel::OnFarRoom() {
  client_.Resume(PauseReason::kOutput);
  client_.WorkSoon();
}

void Tunnel::OnFarGone(const absl::Status& why) {
  far_ = nullptr;
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
