// HTTP/1.1 towards upstreams. What a response's fields say is left to lib/http/message_rules.h,
// pools and retries to the engine.

#ifndef POSTERN_HTTP_H1_CLIENT_CODEC_H_
#define POSTERN_HTTP_H1_CLIENT_CODEC_H_

#include <memory>
#include <span>
#include <string_view>

#include "lib/base/output_sink.h"
#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/http/h1_body.h"
#include "lib/http/h1_parser.h"
#include "lib/http/message_pool.h"
#include "lib/http/message_rules.h"

namespace postern {

// An H1ClientCodec sends one request at a time and believes nothing about its response that the
// next one on the connection could suffer from. At most 16 interim responses come; 100, 102, 103
// and 104 are given on. Bytes that nobody asked for end the connection, after what was complete
// before them. All pointers must outlive it.
class H1ClientCodec final : public ClientCodec {
 public:
  H1ClientCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out);

  CodecEvent Next(ByteSpan* input) override;
  void PeerEnd() override { peer_ended_ = true; }
  size_t SendData(StreamKey stream, ByteSpan bytes, bool end) override;
  void SendTrailers(StreamKey stream, std::span<const HeaderView> trailers) override;
  void Reset(StreamKey stream, ResetReason reason) override;
  void Drain() override;
  bool finished() const override { return in_ == In::kDone; }
  bool idle() const override { return in_ == In::kIdle; }

  StreamKey SendRequest(const RequestOut& request, bool end) override;
  bool reusable() const override { return keep_ && in_ != In::kDone && !peer_ended_; }
  size_t room() const override { return idle() && reusable() ? 1 : 0; }

 private:
  // In is where the response is.
  enum class In : uint8_t {
    kIdle,  // None is due.
    kHead,
    kBody,
    kTunnel,
    kTunnelEnd,  // The upstream has ended its side of it.
    kDone,       // The connection is of no more use.
  };

  CodecEvent Read(std::string_view* input);
  CodecEvent Head(std::string_view* input);
  CodecEvent Body(std::string_view* input);
  CodecEvent AtEnd();
  CodecEvent Failed(std::string_view detail);
  bool Current(StreamKey stream) const {
    return stream == stream_ && in_ != In::kDone && in_ != In::kIdle;
  }
  void EndRequest(std::span<const HeaderView> trailers);
  void EndResponse();
  void DropHead();

  const CodecOptions* options_;
  MessagePool* pool_;
  OutputSink* out_;
  std::unique_ptr<H1Parser> parser_;  // From a head's first byte to the end of its body.
  BodyReader reader_;
  BodyWriter writer_;
  std::unique_ptr<ResponseMessage> head_;  // While it is read.
  StreamKey stream_ = 0;
  In in_ = In::kIdle;
  ResponseTo to_;
  bool request_sent_ = true;
  bool keep_ = true;
  bool peer_ended_ = false;
  uint8_t interims_ = 0;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H1_CLIENT_CODEC_H_
