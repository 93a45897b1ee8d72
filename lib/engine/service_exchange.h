// A request that a Service in this process answers, as an exchange. Buffers and calls of the
// service are lib/engine/service_stream.h's.

#ifndef POSTERN_ENGINE_SERVICE_EXCHANGE_H_
#define POSTERN_ENGINE_SERVICE_EXCHANGE_H_

#include <memory>

#include "lib/engine/exchange.h"
#include "lib/engine/handler.h"
#include "lib/engine/service_stream.h"

namespace postern {

class Core;

// A ServiceExchange is owned by nobody: it buries itself when it is released, or has failed.
class ServiceExchange final : public Orphan, public Exchange, public ServiceUser {
 public:
  // Begin announces the request; `user` hears nothing before Begin has returned.
  static Exchange& Begin(Core& core, ClusterState& cluster, ConnectionId client,
                         const ServiceOrder& order, ExchangeUser* user);

  // Exchange.
  void SendBody(ByteSpan bytes, bool end) override;
  void SendTrailers(std::span<const HeaderView> trailers) override;
  bool full() const override { return far_ == nullptr || far_->full(); }
  void Hold() override;
  void Go() override;
  void Release() override;
  size_t memory() const override { return far_ == nullptr ? 0 : far_->memory(); }

  // ServiceUser.
  void OnFarReady() override;
  void OnFarHead(const ResponseHead& head, bool end, std::optional<uint64_t> length) override;
  void OnFarBytes(ByteSpan* bytes) override;
  void OnFarTrailers(std::span<const HeaderView> trailers) override;
  void OnFarEnd() override;
  void OnFarRoom() override;
  void OnFarGone(const absl::Status& why) override;

 private:
  ServiceExchange(Core& core, ExchangeUser* user, bool head)
      : Orphan(core), core_(core), user_(user), head_only_(head) {}

  void Bury();

  Core& core_;
  ExchangeUser* user_;
  ServiceStream* far_ = nullptr;
  bool head_only_;     // The request is HEAD: an answer has no body.
  bool over_ = false;  // The answer is complete.
};

}  // namespace postern

#endif  // POSTERN_ENGINE_SERVICE_EXCHANGE_H_
