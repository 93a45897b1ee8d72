#include "lib/engine/upstream_connection.h"

#include <algorithm>
#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/stats_book.h"

namespace postern {

UpstreamConnection::UpstreamConnection(Core& core, ClusterState& cluster, EndpointPtr endpoint,
                                       UpstreamTarget::Protocol protocol, ConnectionId client)
    : Connection(core),
      cluster_(cluster),
      endpoint_(std::move(endpoint)),
      in_cluster_(cluster.connections),
      in_endpoint_(endpoint_->connections),
      client_(client),
      protocol_(protocol) {
  peer_.remote = endpoint_->address;
  Open(State::kOpening);
}

UpstreamConnection& UpstreamConnection::Dial(Core& core, ClusterState& cluster,
                                             EndpointPtr endpoint,
                                             UpstreamTarget::Protocol protocol, ConnectionId client,
                                             std::unique_ptr<Handler> handler) {
  auto* self = new UpstreamConnection(core, cluster, std::move(endpoint), protocol, client);
  self->SetHandler(std::move(handler));
  self->SetTimer(cluster.policy().connect_timeout);
  core.effects().Push(
      [](Core& core, uint64_t bits) {
        const ConnectionId id = ConnectionId::FromBits(bits);
        auto* self = static_cast<UpstreamConnection*>(core.connections().Find(id));
        // Given up in the meantime: the host need not hear of it at all.
        if (self == nullptr || self->ended()) return;
        self->announced_ = true;
        UpstreamTarget target;
        target.cluster = self->cluster_.name();
        target.address = self->endpoint_->address;
        target.name = self->endpoint_->name;
        target.protocol = self->protocol_;
        target.timeout = self->cluster_.policy().connect_timeout;
        if (const auto& keepalive = self->cluster_.policy().keepalive; keepalive.has_value()) {
          target.keepalive = &*keepalive;
        }
        const Connection* client = core.connections().Find(self->client_);
        if (client != nullptr) {
          target.client = &static_cast<const ClientConnection*>(client)->info();
        }
        core.callbacks().OnConnect(id, target);
      },
      self->id().bits());
  return *self;
}

void UpstreamConnection::Connected(const PeerInfo& peer) {
  if (peer.remote.family != Address::Family::kNone) peer_.remote = peer.remote;
  peer_.local = peer.local;
  if (!std::exchange(connected_, true)) {
    connected_at_ = core_.now();
    core_.stats().Connected(cluster_.label());
  }
  Opened();
}

bool UpstreamConnection::spent() const {
  const ClusterPolicy& policy = cluster_.policy();
  const uint32_t most = policy.max_requests_per_connection;
  if (most != 0 && served >= most) return true;
  const Duration longest = policy.max_connection_duration;
  return longest != Duration::zero() && core_.now() - connected_at_ >= longest;
}

Duration UpstreamConnection::idle_time() const {
  const Duration idle = cluster_.policy().http_idle.value_or(core_.timeouts().upstream_idle);
  const Duration longest = cluster_.policy().max_connection_duration;
  if (longest == Duration::zero()) return idle;
  const Duration left = std::max(Duration(1), longest - (core_.now() - connected_at_));
  return idle == Duration::zero() ? left : std::min(idle, left);
}

void UpstreamConnection::Freed() {
  if (endpoint_->pending.empty()) return;
  // From a clean stack: whose turn it is begins an exchange.
  core_.Later(
      [](Core& core, uint64_t bits) {
        auto* self =
            static_cast<UpstreamConnection*>(core.connections().Find(ConnectionId::FromBits(bits)));
        if (self == nullptr) return;
        EndpointState& endpoint = *self->endpoint_;
        while (!endpoint.pending.empty() &&
               (endpoint.has_kept() || self->cluster_.MayConnect(endpoint))) {
          endpoint.pending.Take()->OnTurn();
        }
      },
      id().bits());
}

void UpstreamConnection::Ending() {
  in_cluster_.Release();
  in_endpoint_.Release();
  endpoint_->idle.Remove(id());
  endpoint_->shared.Remove(id());
  if (connected_) core_.stats().Disconnected(cluster_.label(), received_bytes(), sent_bytes());
  Freed();
}

}  // namespace postern
