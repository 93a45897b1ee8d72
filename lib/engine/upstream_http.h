// An upstream connection that speaks HTTP/1.1: its codec, the exchange that has it, and its time in
// the pool. Choosing endpoints, retries and what a response means are left to lib/engine/stream.h.

#ifndef POSTERN_ENGINE_UPSTREAM_HTTP_H_
#define POSTERN_ENGINE_UPSTREAM_HTTP_H_

#include <memory>

#include "lib/engine/exchange.h"
#include "lib/engine/handler.h"
#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/upstream/cluster_state.h"

namespace postern {

class Connection;
class Core;
class UpstreamConnection;

// An UpstreamHttp is the handler of its connection, and the exchange of whoever has it now.
class UpstreamHttp final : public Handler, public Exchange {
 public:
  // Begin starts an exchange with `endpoint`, on an idle connection if there is one and else on a
  // new one. `user` hears nothing before Begin has returned.
  static Exchange& Begin(Core& core, ClusterState& cluster, const EndpointPtr& endpoint,
                         const ExchangeOrder& order, ExchangeUser* user);

  explicit UpstreamHttp(Core& core) : core_(core) {}
  ~UpstreamHttp() override;

  // Handler.
  void OnConnected() override;
  bool OnBytes(ByteSpan* bytes) override;
  void OnEnd() override;
  void OnWritable() override;
  void OnTimer() override;
  void OnDrain() override;
  void OnBroken(const absl::Status& why) override;

  // Exchange.
  void SendBody(ByteSpan bytes, bool end) override;
  void SendTrailers(std::span<const HeaderView> trailers) override;
  bool full() const override;
  void Pause() override;
  void Resume() override;
  void Release() override;
  ConnectionId connection() const override;
  Address remote() const override;
  Address local() const override;

 private:
  static void SendHeadOn(Connection& connection);
  void SendHead();
  void Handle(CodecEvent& event);
  void Fail(const Failure& failure);
  void ReturnToPool();

  Core& core_;
  UpstreamConnection* connection_ = nullptr;
  std::unique_ptr<ClientCodec> codec_;
  ExchangeUser* user_ = nullptr;
  const RequestOut* order_ = nullptr;
  StreamKey stream_ = 0;
  bool order_ends_ = false;
  bool request_sent_ = false;
  bool responded_ = false;  // A byte of an answer has come.
  bool complete_ = false;   // The answer has.
  bool tunnel_ = false;
  bool held_ = false;
  bool reused_ = false;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_HTTP_H_
