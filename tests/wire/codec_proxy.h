// A proxy of codecs and hygiene alone: as little as lets the wire cases be run below the engine. It
// routes everything to one upstream; timeouts, retries and logs are the engine's.

#ifndef POSTERN_TESTS_WIRE_CODEC_PROXY_H_
#define POSTERN_TESTS_WIRE_CODEC_PROXY_H_

#include <memory>
#include <string>
#include <string_view>

#include "lib/http/h1_client_codec.h"
#include "lib/http/h1_server_codec.h"
#include "tests/wire/wire_proxy.h"

namespace postern {

class CodecProxy : public WireProxy {
 public:
  CodecProxy();

  void FromClient(std::string_view bytes) override;
  void ClientEnd() override;
  void FromUpstream(std::string_view bytes) override;
  void UpstreamEnd() override;
  std::string_view level() const override { return "codec"; }

 private:
  // A TextSink collects what a codec writes.
  class TextSink : public OutputSink {
   public:
    explicit TextSink(std::string* text) : text_(text) {}
    char* Prepare(size_t size) override {
      room_.resize(size);
      return room_.data();
    }
    void Commit(size_t size) override { text_->append(room_, 0, size); }
    void Lend(ByteSpan bytes) override { text_->append(AsText(bytes)); }

   private:
    std::string* text_;
    std::string room_;
  };

  void PumpClient();
  void PumpUpstream();
  void OnRequest(CodecEvent event);
  void OnResponse(CodecEvent event);
  void OnUpstreamFailed(const CodecEvent& event);
  void Answer(StreamKey stream, int status, std::string_view body, bool close);

  CodecOptions server_options_, client_options_;
  MessagePool pool_;
  TextSink client_sink_{&to_client}, upstream_sink_{&to_upstream};
  H1ServerCodec server_;
  H1ClientCodec client_;
  std::string client_input_, upstream_input_;
  StreamKey down_ = 0, up_ = 0;  // Under way; 0: none.
  bool response_begun_ = false;
};

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_CODEC_PROXY_H_
