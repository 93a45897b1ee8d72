// A connection that a client opened: from Accept, over the choice of its filter chain, to its log.
// Carrying its bytes is for the handler that the chain asks for.

#ifndef POSTERN_ENGINE_CLIENT_CONNECTION_H_
#define POSTERN_ENGINE_CLIENT_CONNECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "lib/engine/client_text.h"
#include "lib/engine/connection.h"
#include "lib/engine/outcome.h"
#include "postern/log.h"

namespace postern {

struct Listener;
struct SnapshotParts;

// A ClientConnection holds the Snapshot that chose its chain.
class ClientConnection final : public Connection {
 public:
  // Accept starts a connection: it waits for the first bytes where the listener asks for that, and
  // else decides at once. If the Snapshot has no such listener, it is closed.
  static ClientConnection& Accept(Core& core, const ListenerKey& listener, const PeerInfo& peer);

  // Proxied takes the addresses of a PROXY header; kNone leaves the socket's.
  void Proxied(const PeerInfo& peer);

  // Inspected says what the first bytes are, and begins what the filter chain asks for. `sni` and
  // `alpn` are copied.
  void Inspected(bool tls, std::string_view sni, std::span<const std::string_view> alpn,
                 std::string_view ja4);

  void OnSecured(const Session& session) override;

  // Refuse ends the connection without a byte, as `detail` says.
  void Refuse(std::string_view detail, CloseMode mode);

  // info returns what logs, filters and services are told; it lasts as long as the connection.
  const ConnectionInfo& info() const { return info_; }
  ConnectionInfo& info() { return info_; }

  // text returns what the fields of requests say of the client; it lasts as long as the connection.
  const ClientText& text();

  ConnectionOutcome& outcome() { return outcome_; }
  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  // parts is what that Snapshot is made of.
  const SnapshotParts& parts() const { return *parts_; }
  // chain returns what was decided. For HTTP only the members that Snapshot::Decide reads are set.
  ChainDecision chain() const;
  bool tls() const { return tls_; }

  // Reconsider asks the engine's new Snapshot for the chain again. The connection goes on under it,
  // unless that is another kind of chain or another TLS server: then it is drained.
  void Reconsider();

  // Drain asks the handler to end as the protocol allows, and sees to it that it does in time.
  void Drain(TimePoint until);

 protected:
  void Ending() override;

 private:
  // A Hello is what the client's first bytes have shown.
  struct Hello {
    std::string sni;
    std::vector<std::string> alpn;
    std::vector<std::string_view> alpn_views;
    std::string ja4;
  };

  ClientConnection(Core& core, const ListenerKey& listener, const PeerInfo& peer);

  void Begin();
  void AfterProxy();
  void BeginChain();
  void Adopt(const ChainDecision& chain);
  void OnTimeUp();
  ConnectionFacts facts() const;
  bool SamePolicy(const ChainDecision& before, const ChainDecision& next,
                  const SnapshotParts& parts) const;

  std::shared_ptr<const Snapshot> snapshot_;
  const SnapshotParts* parts_;
  const Listener* listener_ = nullptr;        // Of the Snapshot, until that has chosen the chain.
  std::shared_ptr<const Snapshot> previous_;  // Views of the log may still point into it.
  PeerInfo socket_;
  std::unique_ptr<PeerInfo> proxied_;
  ConnectionInfo info_;
  ConnectionOutcome outcome_;
  std::unique_ptr<const ClientText> text_;  // Once it has been asked for.
  std::unique_ptr<Hello> hello_;
  std::unique_ptr<ChainDecision> tcp_;  // Set if the chain carries bytes, not HTTP.
  ChainDecision::Action action_ = ChainDecision::Action::kRefuse;
  ChainDecision::Tls chain_tls_ = ChainDecision::Tls::kNone;
  ServerTlsSettings::TlsMode mode_ = ServerTlsSettings::TlsMode::kPassthrough;
  uint32_t chain_ = UINT32_MAX;
  TimePoint start_;
  bool tls_ = false;
  bool draining_ = false;
  Timer life_timer_;  // Ends Timeouts::connection; in a drain, the time left for it.
};

}  // namespace postern

#endif  // POSTERN_ENGINE_CLIENT_CONNECTION_H_
