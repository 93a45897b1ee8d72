// What both sides of HTTP/2 share, over nghttp2: frames, windows, bodies, trailers, resets. Heads
// are left to lib/http/h2_server_codec.h and lib/http/h2_client_codec.h, what is too much to
// lib/http/h2_budget.h.

#ifndef POSTERN_HTTP_H2_CODEC_H_
#define POSTERN_HTTP_H2_CODEC_H_

#include <nghttp2/nghttp2.h>

#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

#include "absl/container/flat_hash_map.h"
#include "lib/base/output_sink.h"
#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/http/h2_budget.h"
#include "lib/http/h2_fields.h"
#include "lib/http/h2_frame_cutter.h"
#include "lib/http/message_pool.h"

namespace postern {

template <typename Side>
struct H2Callbacks;

// An H2Codec drives one nghttp2 session by the rules of engine.md 2.4: nghttp2 sees one frame at a
// time, is never called from its own callbacks, and never pauses; the windows hold the peer back. A
// malformed message costs its stream, a malformed connection or a flood the connection. `Side` is
// ServerCodec or ClientCodec.
template <typename Side>
class H2Codec : public Side {
 public:
  ~H2Codec() override;

  void SetTime(TimePoint now) override { now_ = now; }
  CodecEvent Next(ByteSpan* input) override;
  void PeerEnd() override { peer_ended_ = true; }
  size_t SendData(StreamKey stream, ByteSpan bytes, bool end) override;
  void SendTrailers(StreamKey stream, std::span<const HeaderView> trailers) override;
  void Reset(StreamKey stream, ResetReason reason) override;
  void Consumed(StreamKey stream, size_t bytes) override;
  void Flush() override;
  bool finished() const override;
  bool idle() const override { return streams_.empty(); }

 protected:
  using Kind = CodecEvent::Kind;
  static constexpr bool kServer = std::is_same_v<Side, ServerCodec>;

  // A Stream is a request and its response: one message received, one sent.
  struct Stream {
    std::unique_ptr<typename Side::Received> head;  // While it is read.
    std::unique_ptr<HeaderList> trailers;           // Received.
    std::string_view protocol;                      // Server. Of an extended CONNECT.
    size_t header_bytes = 0;
    uint32_t header_count = 0;
    bool too_large = false;
    bool announced = false;  // The engine knows the stream.
    bool dead = false;       // Nothing of it is of interest any more.
    bool received = false;   // All of the peer's message.
    bool begun = false;      // Our head was sent.
    bool ending = false;     // Our last bytes are with nghttp2.
    bool sent = false;       // All of our message.
    bool bodiless = false;   // Server. HEAD: the response has no body.
    bool headed = false;     // Client. The final head was given.
    bool upgrade = false;    // Client. An extended CONNECT.
    uint8_t interims = 0;    // Client.
    bool peer_reset = false;
    bool blocked = false;   // SendData took less than all.
    size_t unconsumed = 0;  // Bytes of body that were given and not consumed.
    ByteSpan pending;       // Of the SendData under way.
    bool end = false;       // ... and it ends the body.
    std::unique_ptr<HeaderList> trailers_out;
  };

  H2Codec(const CodecOptions* options, MessagePool* pool, OutputSink* out);

  // BeginBlock is called ahead of the fields of a header block.
  virtual void BeginBlock(StreamKey id, const nghttp2_frame& frame) = 0;
  // TakePseudo takes the field `name` of stream->head; `value` is of its text.
  virtual void TakePseudo(std::string_view name, std::string_view value, Stream* stream) = 0;
  // EndHead judges and announces stream->head, which is complete.
  virtual void EndHead(StreamKey id, Stream* stream, bool end) = 0;

  Stream* Find(StreamKey stream);
  Stream& Open(StreamKey id);
  void Queue(CodecEvent event) { events_.push_back(std::move(event)); }
  void Malformed(StreamKey id, Stream* stream);
  // source returns what reads the body that SendData gives.
  static nghttp2_data_provider source();

  const CodecOptions* options_;
  MessagePool* pool_;
  OutputSink* out_;
  nghttp2_session* session_;
  H2Fields fields_;
  absl::flat_hash_map<StreamKey, std::unique_ptr<Stream>> streams_;
  StreamKey latest_ = 0;  // Of the streams that have begun.
  bool failed_;

 private:
  friend struct H2Callbacks<Side>;

  void Fail(std::string_view detail, uint32_t code);
  void FailByHand(std::string_view detail, uint32_t code);
  void EndBlock(StreamKey id, bool end);
  void Unblock(StreamKey id);
  void Close(StreamKey id, uint32_t code);

  H2Budget budget_;
  std::deque<CodecEvent> events_;
  // Of the trailers among events_: a stream may be over before they are given.
  std::deque<std::unique_ptr<HeaderList>> trailers_;
  std::unique_ptr<HeaderList> given_trailers_;  // Of the event given last.
  TimePoint now_ = {};
  H2FrameCutter cutter_;
  std::string_view flood_;  // What a callback found too much of.
  bool peer_ended_ = false;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_CODEC_H_
