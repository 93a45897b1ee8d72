// HTTP/2 towards upstreams: heads of requests out, heads of responses in. Everything else of the
// connection is left to lib/http/h2_codec.h, pools and retries to the engine.

#ifndef POSTERN_HTTP_H2_CLIENT_CODEC_H_
#define POSTERN_HTTP_H2_CLIENT_CODEC_H_

#include <string_view>

#include "lib/http/h2_codec.h"

namespace postern {

// An H2ClientCodec is a connection to an upstream that is known to speak HTTP/2. Interim responses
// are bounded and given on as by H1ClientCodec. A request for an upgrade goes as an extended
// CONNECT, whose 200 is given as the 101 that it stands for (RFC 8441 sections 4 and 5). All
// pointers must outlive it.
class H2ClientCodec final : public H2Codec<ClientCodec> {
 public:
  H2ClientCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out)
      : H2Codec(options, pool, out) {
    Flush();
  }

  void Drain() override { draining_ = true; }
  bool finished() const override { return H2Codec::finished() || (draining_ && idle()); }
  StreamKey SendRequest(const RequestOut& request, bool end) override;
  bool reusable() const override;
  size_t room() const override;

 private:
  void BeginBlock(StreamKey id, const nghttp2_frame& frame) override;
  void TakePseudo(std::string_view name, std::string_view value, Stream* stream) override;
  void EndHead(StreamKey id, Stream* stream, bool end) override;

  bool draining_ = false;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_CLIENT_CODEC_H_
