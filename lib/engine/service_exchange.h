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

// A ServiceExchange is owned by nobody: it deletes itself when it is released, or has failed.
class ServiceExchange final : public SelfOwned, public Exchange, public ServiceUser {
 public:
  // Begin announces the request; `user` hears nothing before Begin has returned.
  static Exchange& Begin(Core& core, ClusterState& cluster, ConnectionId client,
                         const ServiceOrder& order, ExchangeUser* user);

  // Exchange.
  void SendBody(ByteSpan bytes, bool end) override;
  void SendTrailers(std::span<const HeaderView> trailers) override;
  bool full() const override { return upstream_ == nullptr || upstream_->full(); }
  void Pause() override;
  void Resume() override;
  void Release() override;
  size_t memory() const override { return upstream_ == nullptr ? 0 : upstream_->memory(); }

  // ServiceUser.
  void OnUpstreamReady() override;
  void OnUpstreamHead(const ResponseHead& head, bool end, std::optional<uint64_t> length) override;
  void OnUpstreamBytes(ByteSpan* bytes) override;
  void OnUpstreamTrailers(std::span<const HeaderView> trailers) override;
  void OnUpstreamEnd() override;
  void OnUpstreamWritable() override;
  void OnUpstreamGone(const absl::Status& why) override;

 private:
  ServiceExchange(Core& core, ExchangeUser* user, bool head)
      : SelfOwned(core), core_(core), user_(user), head_only_(head) {}

  void DeleteSelf();

  Core& core_;
  ExchangeUser* user_;
  ServiceStream* upstream_ = nullptr;
  bool head_only_;     // The request is HEAD: an answer has no body.
  bool over_ = false;  // The answer is complete.
};

}  // namespace postern

#endif  // POSTERN_ENGINE_SERVICE_EXCHANGE_H_
