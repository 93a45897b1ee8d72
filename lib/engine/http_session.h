// One client's connection that speaks HTTP: which version, its codec, the streams on it, and the
// time limits that hold between them. What becomes of a request is for lib/engine/stream.h.

#ifndef POSTERN_ENGINE_HTTP_SESSION_H_
#define POSTERN_ENGINE_HTTP_SESSION_H_

#include <memory>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "lib/engine/handler.h"
#include "lib/http/codec.h"
#include "lib/http/h2_preface.h"
#include "postern/log.h"

namespace postern {

class ClientConnection;
class Core;
class Stream;

// An HttpSession is the handler of its client's connection.
class HttpSession final : public Handler {
 public:
  explicit HttpSession(ClientConnection& client);
  ~HttpSession() override;

  // Handler.
  bool OnBytes(ByteSpan* bytes) override;
  void OnEnd() override;
  void OnWritable() override;
  void OnTimer() override;
  void OnDrain() override;
  void OnBroken(const absl::Status& why) override;

  // --- For the streams ---

  Core& core() const { return core_; }
  ClientConnection& client() const { return client_; }
  ServerCodec& codec() const { return *codec_; }

  // Soon asks to look at the input again, and at the end of the connection, when the present frame
  // is done: a stream has taken what it could not take before, has answered, or is over.
  void Soon();

  // Done takes a stream back that is over and has been logged.
  void Done(Stream* stream);

  // HalfClose ends our side of a tunnel.
  void HalfClose();

 private:
  // Speak makes the codec, and gives it what was looked at to choose it.
  void Speak(bool http2);
  bool Run(ByteSpan* bytes);
  void Handle(CodecEvent& event);
  void Failed(const CodecEvent& event);
  // EndStreams ends all that are left, for what `detail`, a literal, says.
  void EndStreams(ResponseFlag flag, std::string_view detail);
  void AfterWork();
  void Rearm();
  void GoAway();
  Stream* Find(StreamKey key) const;
  Stream& Add(StreamKey key);

  // Phase is what the connection's timer is for. kGoaway is between the two frames of a drain.
  enum class Phase : uint8_t { kNone, kIdle, kHeaders, kGoaway };

  ClientConnection& client_;
  Core& core_;
  H2PrefaceSniffer sniffer_;
  std::unique_ptr<ServerCodec> codec_;  // nullptr until the first bytes have chosen it.
  absl::InlinedVector<std::unique_ptr<Stream>, 1> streams_;  // By their keys.
  Phase phase_ = Phase::kNone;
  bool http2_ = false;
  bool draining_ = false;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_HTTP_SESSION_H_
