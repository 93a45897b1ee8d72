#include "lib/engine/upstream_connection.h"

#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"

namespace postern {

UpstreamConnection::UpstreamConnection(Core& core, ClusterState& cluster, EndpointPtr endpoint,
                                       UpstreamTarget::Protocol protocol, ConnectionId client)
    : Connection(core),
      cluster_(cluster),
      endpoint_(std::move(endpoint)),
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
  ++cluster.connections;
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
  Opened();
}

void UpstreamConnection::Ending() {
  --cluster_.connections;
  endpoint_->idle.Remove(id());
}

}  // namespace postern
