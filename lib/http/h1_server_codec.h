// HTTP/1.1 towards clients. Heads, lines and fields are left to lib/http/h1_parser.h and
// lib/http/message_rules.h, answers to refusals to the engine.

#ifndef POSTERN_HTTP_H1_SERVER_CODEC_H_
#define POSTERN_HTTP_H1_SERVER_CODEC_H_

#include <memory>
#include <span>

#include "lib/base/output_sink.h"
#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/http/h1_body.h"
#include "lib/http/h1_parser.h"
#include "lib/http/message_pool.h"
#include "lib/http/message_rules.h"

namespace postern {

// An H1ServerCodec serves one request after another: the next is looked at when the response to the
// one before has been sent. What follows a request with Upgrade is therefore held until the answer
// says what it is. All pointers must outlive it.
class H1ServerCodec final : public ServerCodec {
 public:
  H1ServerCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out);

  CodecEvent Next(ByteSpan* input) override;
  void PeerEnd() override { peer_ended_ = true; }
  size_t SendData(StreamKey stream, ByteSpan bytes, bool end) override;
  void SendTrailers(StreamKey stream, std::span<const HeaderView> trailers) override;
  void Reset(StreamKey stream, ResetReason reason) override;
  void Drain() override;
  bool finished() const override { return in_ == In::kDone; }
  bool idle() const override { return in_ == In::kIdle || (in_ == In::kHead && !reading()); }

  void SendInterim(StreamKey stream, int status, std::span<const HeaderView> headers) override;
  void SendResponse(StreamKey stream, const ResponseOut& response, bool end) override;
  bool reading() const override { return in_ == In::kHead && parser_->begun(); }
  StreamKey Refuse() override;

 private:
  // In is where the request is.
  enum class In : uint8_t {
    kIdle,  // None of it has come.
    kHead,  // Some of its head, or an empty line before.
    kBody,
    kComplete,   // All, and it was said.
    kRefused,    // No more of it is wanted; an answer is.
    kTunnel,     // 101 was sent.
    kTunnelEnd,  // The peer has ended its side of it.
    kDone,       // The connection is finished.
  };
  // Out is where the response is.
  enum class Out : uint8_t { kNone, kHead, kComplete };

  CodecEvent Read(std::string_view* input);
  CodecEvent Head(std::string_view* input);
  CodecEvent Body(std::string_view* input);
  CodecEvent AtEnd();
  CodecEvent RefusedEvent(const Refusal& refusal);
  bool Current(StreamKey stream) const { return stream == stream_ && in_ != In::kDone; }
  void EndResponse(std::span<const HeaderView> trailers);
  void EndExchange();
  void DropHead();

  const CodecOptions* options_;
  MessagePool* pool_;
  OutputSink* out_;
  std::unique_ptr<H1Parser> parser_;  // From a head's first byte to the end of its body.
  BodyReader reader_;
  BodyWriter writer_;
  std::unique_ptr<RequestMessage> head_;  // While it is read.
  StreamKey stream_ = 0;                  // The latest.
  In in_ = In::kIdle;
  Out response_ = Out::kNone;
  bool close_ = false;  // After the exchange.
  bool peer_ended_ = false;
  bool http10_ = false;  // Of the request under way, like all that follow.
  bool is_head_ = false;
  bool upgrade_ = false;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H1_SERVER_CODEC_H_
