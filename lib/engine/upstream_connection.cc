#include "lib/engine/upstream_connection.h"

#include <algorithm>
#include <utility>

#include "lib/engine/core.h"
#include "lib/engine/stats_book.h"
#include "lib/engine/tls_transport.h"
#include "lib/tls/session.h"

namespace postern {
namespace {

// AlpnFor returns what Istio's gateways offer an upstream. In the mesh `istio-peer-exchange` is
// left out: it asks for a preamble that the engine does not speak.
std::span<const std::string_view> AlpnFor(UpstreamTarget::Protocol protocol,
                                          const ClusterPolicy& policy) {
  using Protocol = UpstreamTarget::Protocol;
  using Names = std::span<const std::string_view>;
  static constexpr std::string_view kMeshHttp1[] = {"istio-http/1.1", "istio", "http/1.1"};
  static constexpr std::string_view kMeshHttp2[] = {"istio-h2", "istio", "h2"};
  static constexpr std::string_view kMeshBytes[] = {"istio", "h2"};
  static constexpr std::string_view kHttp1[] = {"http/1.1"};
  static constexpr std::string_view kHttp2[] = {"h2"};
  const bool in_mesh = policy.tls->in_mesh();
  if (protocol == Protocol::kHttp1) return in_mesh ? Names(kMeshHttp1) : Names(kHttp1);
  if (protocol == Protocol::kHttp2) return in_mesh ? Names(kMeshHttp2) : Names(kHttp2);
  // What the cluster speaks is offered for bytes, too.
  const bool http2 = policy.http2 && !policy.use_client_protocol;
  if (in_mesh) return Names(kMeshBytes).first(http2 ? 2 : 1);
  return http2 ? Names(kHttp2) : Names();
}

}  // namespace

UpstreamConnection::UpstreamConnection(Core& core, ClusterState& cluster, EndpointPtr endpoint,
                                       const UpstreamOrder& order)
    : Connection(core),
      cluster_(cluster),
      endpoint_(std::move(endpoint)),
      server_name_(order.server_name),
      pool_(endpoint_->PoolFor(server_name_)),
      in_cluster_(cluster.connections),
      in_pool_(pool_.connections),
      client_(order.client),
      protocol_(order.protocol) {
  peer_.remote = endpoint_->address;
  const ClusterPolicy& policy = cluster.policy();
  if (policy.tls.has_value() && !order.in_the_clear) {
    const std::string& sni = policy.tls->settings.sni;
    tls_ = std::make_unique<Tls>(
        Tls{policy.tls_context, sni.empty() ? server_name_ : sni, AlpnFor(order.protocol, policy)});
  }
}

UpstreamConnection::~UpstreamConnection() { endpoint_->DropPool(server_name_); }

UpstreamConnection& UpstreamConnection::Dial(Core& core, ClusterState& cluster,
                                             EndpointPtr endpoint, const UpstreamOrder& order,
                                             std::unique_ptr<Handler> handler) {
  UpstreamConnection& self = Open(std::unique_ptr<UpstreamConnection>(new UpstreamConnection(
                                      core, cluster, std::move(endpoint), order)),
                                  State::kOpening);
  self.SetHandler(std::move(handler));
  self.SetTimer(cluster.policy().connect_timeout);
  if (self.tls_ != nullptr && self.tls_->context == nullptr) {
    // The host need not hear of what cannot be secured.
    core.Later<&UpstreamConnection::FailUnsecured>(self.id());
  } else {
    core.Queue<&UpstreamConnection::AskHost>(self.id());
  }
  return self;
}

void UpstreamConnection::FailUnsecured() {
  Fail(absl::FailedPreconditionError("secret not ready"));
}

void UpstreamConnection::AskHost() {
  // Given up in the meantime: the host need not hear of it at all.
  if (ended()) return;
  announced_ = true;
  UpstreamTarget target;
  target.cluster = cluster_.name();
  target.address = endpoint_->address;
  target.name = endpoint_->name;
  target.protocol = protocol_;
  target.tls = tls_ != nullptr;
  target.timeout = cluster_.policy().connect_timeout;
  if (const auto& keepalive = cluster_.policy().keepalive; keepalive.has_value()) {
    target.keepalive = &*keepalive;
  }
  target.client = core_.ClientInfo(client_);
  core_.callbacks().OnConnect(id(), target);
}

void UpstreamConnection::Connected(const PeerInfo& peer) {
  if (ended()) return;
  if (peer.remote.family != Address::Family::kNone) peer_.remote = peer.remote;
  peer_.local = peer.local;
  if (!std::exchange(connected_, true)) {
    connected_at_ = core_.now();
    core_.stats().Connected(cluster_.label());
    if (tls_ != nullptr) return StartTls();
  }
  Opened();
}

void UpstreamConnection::StartTls() {
  const UpstreamTls& policy = *cluster_.policy().tls;
  if (policy.auto_san_validation && server_name_.empty() &&
      protocol_ != UpstreamTarget::Protocol::kBytes) {
    return Fail(absl::PermissionDeniedError("no host that the server's certificate could be for"));
  }
  auto session = Session::Connect(tls_->context, tls_->server_name, tls_->alpn,
                                  &core_.tls_environment(), &link());
  if (!session.ok()) return Fail(session.status());
  SetTransport(std::make_unique<TlsTransport>(*this, *std::move(session)));
  Securing();
}

void UpstreamConnection::OnSecured(const Session& /*session*/) { Opened(); }

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
  // From a clean stack: whose turn it is begins an exchange.
  if (!pool_.pending.empty()) core_.Later<&UpstreamConnection::StartPending>(id());
}

void UpstreamConnection::StartPending() {
  while (!pool_.pending.empty() && (pool_.has_kept() || cluster_.MayConnect(&pool_))) {
    pool_.pending.Take()->OnTurn();
  }
}

void UpstreamConnection::Ending() {
  in_cluster_.Release();
  in_pool_.Release();
  pool_.idle.Remove(id());
  pool_.shared.Remove(id());
  if (connected_) core_.stats().Disconnected(cluster_.label(), received_bytes(), sent_bytes());
  Freed();
}

}  // namespace postern
