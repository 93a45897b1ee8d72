// HTTP/2 towards clients, over nghttp2. What its fields say is left to lib/http/h2_request_rules.h,
// what is too much to lib/http/h2_budget.h.

#ifndef POSTERN_HTTP_H2_SERVER_CODEC_H_
#define POSTERN_HTTP_H2_SERVER_CODEC_H_

#include <nghttp2/nghttp2.h>

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "lib/base/output_sink.h"
#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/http/h2_budget.h"
#include "lib/http/h2_fields.h"
#include "lib/http/h2_frame_cutter.h"
#include "lib/http/h2_preface.h"
#include "lib/http/message_pool.h"

namespace postern {

// An H2ServerCodec drives one nghttp2 session by the rules of engine.md 2.4: nghttp2 sees one frame
// at a time, is never called from its own callbacks, and never pauses; the windows hold the peer
// back. A malformed message costs its stream, a malformed connection or a flood the connection.
// All pointers must outlive it.
class H2ServerCodec final : public ServerCodec {
 public:
  H2ServerCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out);
  ~H2ServerCodec() override;

  void SetTime(TimePoint now) override { now_ = now; }
  CodecEvent Next(ByteSpan* input) override;
  void PeerEnd() override { peer_ended_ = true; }
  size_t SendData(StreamKey stream, ByteSpan bytes, bool end) override;
  void SendTrailers(StreamKey stream, std::span<const HeaderView> trailers) override;
  void Reset(StreamKey stream, ResetReason reason) override;
  void Consumed(StreamKey stream, size_t bytes) override;
  void Drain() override;
  void Flush() override;
  bool finished() const override;
  bool idle() const override { return streams_.empty(); }

  void SendInterim(StreamKey stream, int status, std::span<const HeaderView> headers) override;
  void SendResponse(StreamKey stream, const ResponseOut& response, bool end) override;
  bool reading() const override;
  StreamKey Refuse() override;

 private:
  friend struct H2ServerCallbacks;

  // A Stream is a request and its response.
  struct Stream {
    std::unique_ptr<RequestMessage> head;  // While it is read.
    std::unique_ptr<HeaderList> trailers;  // Received.
    std::string_view protocol;
    size_t header_bytes = 0;
    uint32_t header_count = 0;
    bool too_large = false;
    bool announced = false;  // kRequest or kRefused was given.
    bool dead = false;       // Nothing of it is of interest any more.
    bool request_done = false;
    bool response_begun = false;
    bool response_ending = false;  // Its last bytes are with nghttp2.
    bool response_done = false;
    bool bodiless = false;  // HEAD: the response has no body.
    bool blocked = false;   // SendData took less than all.
    size_t unconsumed = 0;  // Bytes of body that were given and not consumed.
    ByteSpan pending;       // Of the SendData under way.
    bool end = false;       // ... and it ends the body.
    std::unique_ptr<HeaderList> trailers_out;
  };

  Stream* Find(StreamKey stream);
  void Fail(std::string_view detail, uint32_t code);
  void FailByHand(std::string_view detail, uint32_t code);
  void Queue(CodecEvent event) { events_.push_back(std::move(event)); }
  void Malformed(StreamKey id, Stream* stream);
  void EndHead(StreamKey id, bool end);
  void Unblock(StreamKey id);
  void Close(StreamKey id, uint32_t code);
  void SetFields(std::string_view status, std::span<const HeaderView> headers);

  const CodecOptions* options_;
  MessagePool* pool_;
  OutputSink* out_;
  nghttp2_session* session_;
  H2Budget budget_;
  absl::flat_hash_map<StreamKey, std::unique_ptr<Stream>> streams_;
  std::deque<CodecEvent> events_;
  std::unique_ptr<HeaderList> given_trailers_;  // Of the event given last.
  StreamKey latest_ = 0;                        // Of the streams that have begun.
  TimePoint now_ = {};
  H2FrameCutter cutter_{/*preface=*/kH2Preface.size()};
  H2Fields fields_;
  std::string_view flood_;  // What a callback found too much of.
  bool failed_;
  bool peer_ended_ = false;
  bool draining_ = false;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_SERVER_CODEC_H_
