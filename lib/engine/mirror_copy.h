// A copy of a request for a mirror, whose answer nobody waits for. Whether there is one was decided
// with the route.

#ifndef POSTERN_ENGINE_MIRROR_COPY_H_
#define POSTERN_ENGINE_MIRROR_COPY_H_

#include <memory>
#include <string>
#include <string_view>

#include "lib/base/chunk_list.h"
#include "lib/engine/exchange.h"
#include "lib/engine/handler.h"
#include "lib/engine/wheel.h"
#include "lib/http/headers.h"
#include "lib/upstream/cluster_state.h"
#include "lib/upstream/count_hold.h"

namespace postern {

class Core;

// A MirrorCopy is fed and owned by its stream until Leave, and by nobody from then on. It is never
// retried, and ends with its answer, its failure, or after a while.
class MirrorCopy final : public SelfOwned, public ExchangeUser {
 public:
  // An Order is what is copied, as it goes to the request's own upstream, and from whom.
  struct Order {
    const RequestOut* head = nullptr;
    bool end = false;  // It has no body.
    ConnectionId client;
    bool http2_client = false;
    std::string_view own_ip;  // Added to x-forwarded-for (observed.md 1.2).
    Duration timeout = {};    // Of the request, of which the mirror is told; not of a try.
  };

  // Start begins a copy; nullptr if the cluster cannot be reached.
  static std::unique_ptr<MirrorCopy> Start(Core& core, ClusterState& cluster, const Order& order);
  ~MirrorCopy() override;

  // SendBody copies what cannot be passed on at once; beyond Limits::replay_bytes of that, the copy
  // is given up.
  void SendBody(ByteSpan bytes, bool end);

  // Leave lets the copy of a stream that is over live on by itself. One whose request is not
  // complete ends at once.
  static void Leave(std::unique_ptr<MirrorCopy> copy);

  // ExchangeUser.
  void OnReady() override;
  void OnInterim(int /*status*/, std::span<const HeaderView> /*headers*/) override {}
  void OnHead(std::unique_ptr<ResponseMessage> head, bool end) override;
  void OnBody(ByteSpan /*bytes*/) override {}
  void OnTrailers(std::span<const HeaderView> /*trailers*/) override {}
  void OnBodyEnd() override;
  void OnWritable() override { Flush(); }
  void OnFailed(const Failure& failure) override;

 private:
  MirrorCopy(Core& core, ClusterState& cluster);

  void Flush();
  void End();

  Core& core_;
  ClusterState& cluster_;
  std::string method_, scheme_, authority_, path_;
  HeaderList fields_;
  RequestOut order_;
  EndpointPtr endpoint_;
  CountHold in_requests_;  // Of the cluster.
  CountHold in_active_;    // Of the endpoint.
  Exchange* exchange_ = nullptr;
  ChunkList body_;
  Timer timer_;
  bool ready_ = false;
  bool end_ = false;
  bool end_sent_ = false;
  bool left_ = false;
  bool over_ = false;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_MIRROR_COPY_H_
