#include "lib/engine/client_connection.h"

#include <algorithm>
#include <utility>

#include "lib/base/time_math.h"
#include "lib/engine/client_handshake.h"
#include "lib/engine/core.h"
#include "lib/engine/http_session.h"
#include "lib/engine/proxy_reader.h"
#include "lib/engine/sniffer.h"
#include "lib/engine/stats_book.h"
#include "lib/engine/tunnel.h"
#include "lib/snapshot/chain_decision.h"
#include "lib/snapshot/tables.h"
#include "lib/tls/session.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

// TlsServerOf returns the server that terminates TLS for `chain`, or nullptr if it is not.
const TlsServer* TlsServerOf(const SnapshotParts& parts, const ChainDecision& chain) {
  if (chain.tls != ChainDecision::Tls::kTerminate) return nullptr;
  return &parts.shared->tls_servers[parts.shared->chains[chain.chain].tls_server];
}

}  // namespace

ClientConnection::ClientConnection(Core& core, const ListenerKey& listener, const PeerInfo& peer)
    : Connection(core),
      snapshot_(core.snapshot()),
      parts_(&core.parts()),
      socket_(peer),
      start_(core.now()),
      life_timer_(this, [](void* self) { static_cast<ClientConnection*>(self)->OnTimeUp(); }) {
  info_.listener = listener;
  info_.socket = &socket_;
  info_.peer = &socket_;
  info_.start = core.wall();
  core.wheel().After(life_timer_, core.now(), core.timeouts().connection);
}

ClientConnection& ClientConnection::Accept(Core& core, const ListenerKey& listener,
                                           const PeerInfo& peer) {
  ClientConnection& self = Open(
      std::unique_ptr<ClientConnection>(new ClientConnection(core, listener, peer)), State::kOpen);
  self.info_.id = self.id();
  self.Begin();
  return self;
}

void ClientConnection::Begin() {
  ++core_.client_connections;
  core_.stats().Accepted(info_.listener);
  listener_ = FindListenerInfo(*parts_->shared, info_.listener);
  const uint32_t most = core_.limits().connections;
  if (listener_ == nullptr) return Refuse("no_listener", CloseMode::kClose);
  if (core_.draining()) return Refuse("draining", CloseMode::kClose);
  if (most != 0 && core_.client_connections > most) {
    return Refuse("connection_limit", CloseMode::kClose);
  }
  if (core_.overload().sheds()) {
    outcome_.Flag(ResponseFlag::kOM);
    core_.stats().Shed();
    return Refuse("overload", CloseMode::kClose);
  }
  if (listener_->proxy_protocol) {
    SetTimer(core_.timeouts().handshake);
    return SetHandler(std::make_unique<ProxyReader>(*this));
  }
  AfterProxy();
}

void ClientConnection::Proxied(const PeerInfo& peer) {
  if (peer.remote.family != Address::Family::kNone) {
    proxied_ = std::make_unique<PeerInfo>(peer);
    info_.peer = proxied_.get();
  }
  AfterProxy();
}

void ClientConnection::AfterProxy() {
  if (!listener_->tls) return Inspected(false, {}, {}, {});
  if (handler() == nullptr) SetTimer(core_.timeouts().handshake);
  SetHandler(std::make_unique<Sniffer>(*this));
}

void ClientConnection::Inspected(bool tls, std::string_view sni,
                                 std::span<const std::string_view> alpn, std::string_view ja4) {
  tls_ = tls;
  if (tls) {
    hello_ = std::make_unique<Hello>();
    hello_->sni = sni;
    hello_->ja4 = ja4;
    hello_->alpn.assign(alpn.begin(), alpn.end());
    hello_->alpn_views.assign(hello_->alpn.begin(), hello_->alpn.end());
    info_.sni = hello_->sni;
    info_.ja4 = hello_->ja4;
  }
  const ChainDecision chain = snapshot_->Decide(facts(), core_.random().Next());
  Adopt(chain);
  if (chain.action == ChainDecision::Action::kRefuse) {
    const bool no_chain = chain.detail == "filter_chain_not_found";
    if (no_chain) outcome_.Flag(ResponseFlag::kNR);
    return Refuse(chain.detail, no_chain ? CloseMode::kReset : CloseMode::kClose);
  }
  if (chain.tls == ChainDecision::Tls::kTerminate) {
    // Plaintext on a chain that terminates: closed, without an alert (observed.md 1.2).
    if (!tls_) return Refuse("plaintext_on_tls", CloseMode::kClose);
    return StartTls(*this);
  }
  BeginChain();
}

void ClientConnection::OnSecured(const Session& session) {
  info_.alpn = session.alpn();
  info_.tls_version = session.version();
  info_.tls_cipher = session.cipher();
  info_.tls_resumed = session.resumed();
  if (session.peer() != nullptr) info_.certificate = &session.peer()->view();
  core_.stats().Handshake(info_.listener, true, info_.tls_resumed);
  BeginChain();
}

ConnectionFacts ClientConnection::facts() const {
  ConnectionFacts facts;
  facts.listener = info_.listener;
  facts.tls = tls_;
  facts.sni = info_.sni;
  if (hello_ != nullptr) facts.alpn = hello_->alpn_views;
  facts.remote = info_.peer->remote;
  return facts;
}

void ClientConnection::Adopt(const ChainDecision& chain) {
  action_ = chain.action;
  chain_tls_ = chain.tls;
  mode_ = chain.mode;
  chain_ = chain.chain;
  info_.server = chain.server;
  if (action_ == ChainDecision::Action::kTcp) tcp_ = std::make_unique<ChainDecision>(chain);
}

const ClientText& ClientConnection::text() {
  if (text_ == nullptr) {
    text_ = std::make_unique<const ClientText>(
        *info_.peer, transport() == nullptr ? std::string() : transport()->certificate_element());
  }
  return *text_;
}

ChainDecision ClientConnection::chain() const {
  if (tcp_ != nullptr) return *tcp_;
  ChainDecision chain;
  chain.action = action_;
  chain.tls = chain_tls_;
  chain.mode = mode_;
  chain.chain = chain_;
  return chain;
}

// BeginChain begins what the chain asks for, once its bytes can be read.
void ClientConnection::BeginChain() {
  StopTimer();
  if (action_ == ChainDecision::Action::kHttp) {
    SetHandler(std::make_unique<HttpSession>(*this));
  } else {
    auto tunnel = std::make_unique<Tunnel>(*this);
    Tunnel* started = tunnel.get();
    SetHandler(std::move(tunnel));
    started->Start();
  }
}

void ClientConnection::Refuse(std::string_view detail, CloseMode mode) {
  outcome_.detail = detail;
  Abort(mode);
}

// SamePolicy returns whether what began under `before` may go on under `next`, of `parts`: all that
// is configured of TLS is the same, whatever the secrets are (dataplane.md 6.5).
bool ClientConnection::SamePolicy(const ChainDecision& before, const ChainDecision& next,
                                  const SnapshotParts& parts) const {
  if (before.action != next.action || before.tls != next.tls || before.mode != next.mode) {
    return false;
  }
  const TlsServer* old_server = TlsServerOf(*parts_, before);
  const TlsServer* new_server = TlsServerOf(parts, next);
  if (old_server == nullptr || old_server == new_server) return true;
  return old_server->identity == new_server->identity &&
         old_server->settings() == new_server->settings();
}

void ClientConnection::Reconsider() {
  if (!open()) return;
  std::shared_ptr<const Snapshot> snapshot = core_.snapshot();
  if (action_ == ChainDecision::Action::kRefuse) {
    // Nothing has been decided yet: what the first bytes show is decided by the new Snapshot.
    listener_ = FindListenerInfo(*core_.parts().shared, info_.listener);
    if (listener_ == nullptr) return Refuse("no_listener", CloseMode::kClose);
    snapshot_ = std::move(snapshot);
    parts_ = &core_.parts();
    return;
  }
  ChainDecision next = snapshot->Decide(facts(), core_.random().Next());
  // A secret that is gone ends no connection: it has its keys (dataplane.md 6.5).
  if (next.detail == "secret_not_ready")
    next.action = core_.parts().shared->chains[next.chain].action;
  if (!SamePolicy(chain(), next, core_.parts())) {
    return Drain(SaturatingAdd(core_.now(), core_.timeouts().drain));
  }
  // A tunnel stays with the destination that it has.
  if (action_ != ChainDecision::Action::kHttp) return;
  Adopt(next);
  previous_ = std::exchange(snapshot_, std::move(snapshot));
  parts_ = &core_.parts();
}

void ClientConnection::Drain(TimePoint until) {
  if (ended()) return;
  if (!draining_ || until < life_timer_.due()) core_.wheel().Set(life_timer_, until);
  draining_ = true;
  if (handler() != nullptr) handler()->OnDrain();
}

void ClientConnection::OnTimeUp() {
  if (draining_) {
    if (!ended()) outcome_.detail = "drain_timeout";
    return FailLocally(absl::DeadlineExceededError("drain"));
  }
  if (ended()) return;
  outcome_.detail = "duration_timeout";
  outcome_.Flag(ResponseFlag::kDT);
  Drain(SaturatingAdd(core_.now(), core_.timeouts().drain));
}

void ClientConnection::Ending() {
  --core_.client_connections;
  core_.wheel().Stop(life_timer_);
  core_.stats().Ended(info_.listener, received_bytes(), sent_bytes(), outcome_.flags);
  core_.effects().Push(
      [](Core& core, uint64_t bits) {
        auto* self =
            static_cast<ClientConnection*>(core.connections().Find(ConnectionId::FromBits(bits)));
        if (self == nullptr) return;
        ConnectionLog log;
        const ConnectionOutcome& outcome = self->outcome_;
        log.connection = &self->info_;
        log.flags = outcome.flags;
        log.detail = outcome.detail;
        if (outcome.tls_failure != nullptr) log.tls_failure = *outcome.tls_failure;
        log.duration = core.now() - self->start_;
        log.received_bytes = self->received_bytes();
        log.sent_bytes = self->sent_bytes();
        log.requests = outcome.requests;
        if (outcome.tunnel != nullptr) {
          log.tunnel_received_bytes = outcome.tunnel->received_bytes;
          log.tunnel_sent_bytes = outcome.tunnel->sent_bytes;
          log.cluster = outcome.tunnel->cluster;
          log.upstream_address = outcome.tunnel->upstream_address;
          log.upstream_local_address = outcome.tunnel->upstream_local_address;
          log.upstream_failure = outcome.tunnel->upstream_failure;
          log.rule = outcome.tunnel->rule;
        }
        core.callbacks().OnConnectionDone(log);
      },
      id().bits());
}

}  // namespace postern
