// An upstream connection that speaks HTTP/2: its codec, and its offer to the requests that share
// it. What each of these does there is left to lib/engine/upstream_stream.h.

#ifndef POSTERN_ENGINE_UPSTREAM_HTTP2_H_
#define POSTERN_ENGINE_UPSTREAM_HTTP2_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>

#include "lib/engine/exchange.h"
#include "lib/engine/handler.h"
#include "lib/http/h2_client_codec.h"
#include "lib/upstream/cluster_state.h"

namespace postern {

class Connection;
class Core;
class UpstreamConnection;
class UpstreamStream;

// An UpstreamHttp2 is the handler of its connection. It stands in EndpointState::shared as long as
// it takes further requests.
class UpstreamHttp2 final : public Handler {
 public:
  // Begin starts an exchange with `endpoint`, on a connection that has room, be it yet to open, and
  // else on a new one. `user` hears nothing before Begin has returned.
  static Exchange& Begin(Core& core, ClusterState& cluster, const EndpointPtr& endpoint,
                         const ExchangeOrder& order, ExchangeUser* user);

  // IsOpen returns whether the connection that Begin would take, if there is one, is open already.
  static bool IsOpen(Core& core, const ConnectionPool& pool);

  explicit UpstreamHttp2(Core& core) : core_(core) {}

  // --- For its streams ---

  ClientCodec& codec() { return *codec_; }
  const UpstreamConnection& upstream() const { return *connection_; }
  // heard returns how many bytes of HTTP/2 have come.
  uint64_t heard() const { return heard_; }
  void Leave(UpstreamStream* stream);

  // --- Handler ---

  void OnConnected() override;
  bool OnBytes(ByteSpan* bytes) override;
  void OnEnd() override;
  void OnWritable() override;
  void OnTimer() override;
  void OnDrain() override;
  void OnBroken(const absl::Status& why) override;

 private:
  void Add(UpstreamStream* stream);
  static void StartWaitingOn(Connection& connection);
  void StartWaiting();
  void Handle(CodecEvent& event);
  void FailAll(const Failure& failure);
  void StopTakingRequests();
  bool wanted() const;
  void UpdatePool();
  void ReturnToPool();

  Core& core_;
  UpstreamConnection* connection_ = nullptr;  // nullptr once it is gone.
  std::unique_ptr<ClientCodec> codec_;        // Once the connection is open.
  std::deque<UpstreamStream*> waiting_;       // For that, or for room.
  std::map<StreamKey, UpstreamStream*> streams_;
  uint64_t heard_ = 0;
  bool pooled_ = false;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_HTTP2_H_
