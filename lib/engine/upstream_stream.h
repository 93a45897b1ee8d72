// One exchange on an upstream connection that speaks HTTP/2 and that others share. The connection
// is left to lib/engine/upstream_http2.h.

#ifndef POSTERN_ENGINE_UPSTREAM_STREAM_H_
#define POSTERN_ENGINE_UPSTREAM_STREAM_H_

#include <cstdint>
#include <memory>
#include <span>

#include "lib/base/chunk_list.h"
#include "lib/engine/exchange.h"
#include "lib/engine/handler.h"
#include "lib/http/codec.h"
#include "lib/http/headers.h"

namespace postern {

class UpstreamHttp2;

// An UpstreamStream deletes itself when it is over: released, or failed.
class UpstreamStream final : public SelfOwned, public Exchange {
 public:
  UpstreamStream(Core& core, UpstreamHttp2* http2, const ExchangeOrder& order, ExchangeUser* user);

  // --- From the connection ---

  // Start sends the request; OnStarted tells the user.
  void Start();
  void OnStarted() { user_->OnReady(); }
  // key returns the stream of the codec; 0: not started.
  StreamKey key() const { return key_; }
  // complete returns whether all of the answer has come.
  bool complete() const { return complete_; }

  void Handle(CodecEvent& event);
  void OnWritable();
  // Detach parts the stream from a connection that has ended, and returns whether that had been
  // kept alive and nothing of an answer has come.
  bool Detach();
  // Fail tells the user, unless it has released the stream since Detach.
  void Fail(Failure failure);

  // --- Exchange ---

  void SendBody(ByteSpan bytes, bool end) override;
  void SendTrailers(std::span<const HeaderView> trailers) override;
  bool full() const override;
  void Pause() override { held_ = true; }
  void Resume() override;
  void Release() override;
  size_t memory() const override { return left_.size(); }
  ConnectionId connection() const override;
  Address remote() const override;
  Address local() const override;

 private:
  void Flush();

  Core& core_;
  UpstreamHttp2* http2_;  // nullptr once it is gone.
  ExchangeUser* user_;
  const RequestOut* order_;  // Until Start.
  const bool order_ends_;
  StreamKey key_ = 0;
  uint64_t heard_ = 0;  // What the connection had heard at Start.
  bool complete_ = false;
  bool held_ = false;
  size_t owed_ = 0;    // Bytes of body that the upstream may send again once Go is called.
  ChunkList left_;     // Of the request's body: what the window does not let through.
  bool ends_ = false;  // The request ends with left_, and these:
  std::unique_ptr<HeaderList> trailers_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_STREAM_H_
