// HTTP/2 towards clients: heads of requests in, heads of responses out. What their fields say is
// left to lib/http/h2_request_rules.h, everything else of the connection to lib/http/h2_codec.h.

#ifndef POSTERN_HTTP_H2_SERVER_CODEC_H_
#define POSTERN_HTTP_H2_SERVER_CODEC_H_

#include <span>
#include <string_view>

#include "lib/http/h2_codec.h"

namespace postern {

// An H2ServerCodec is a client's connection. All pointers must outlive it.
class H2ServerCodec final : public H2Codec<ServerCodec> {
 public:
  H2ServerCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out)
      : H2Codec(options, pool, out) {}

  void Drain() override;
  void SendInterim(StreamKey stream, int status, std::span<const HeaderView> headers) override;
  void SendResponse(StreamKey stream, const ResponseOut& response, bool end) override;
  bool reading() const override;
  StreamKey Refuse() override;

 private:
  void BeginBlock(StreamKey id, const nghttp2_frame& frame) override;
  void TakePseudo(std::string_view name, std::string_view value, Stream* stream) override;
  void EndHead(StreamKey id, Stream* stream, bool end) override;
  void SetFields(std::string_view status, std::span<const HeaderView> headers);

  bool draining_ = false;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_SERVER_CODEC_H_
