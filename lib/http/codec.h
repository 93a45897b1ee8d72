// What HTTP/1.1 and HTTP/2 share: bytes in, events out; messages in, bytes out; all by streams, of
// which HTTP/1.1 has one at a time. Routes, timeouts, pools and the sockets are left to the engine.

#ifndef POSTERN_HTTP_CODEC_H_
#define POSTERN_HTTP_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "lib/http/message.h"
#include "postern/bytes.h"
#include "postern/time.h"

namespace postern {

// A StreamKey names one request and its response on one connection; it is never used again there.
using StreamKey = uint32_t;

// A Refusal is the answer that a message of the peer asks for. `detail` is Envoy's response code
// detail, a literal. From the codec proper the body is the reason phrase and the flag DPE; what is
// found once the head is read has an empty body and no flag (observed.md 1.1).
struct Refusal {
  int status = 0;
  std::string_view detail = {};
  bool codec_error = false;
  bool close = true;  // HTTP/1: the connection ends after the answer.
};

// A ResetReason is why a stream ends before its time, on either side.
enum class ResetReason : uint8_t {
  kNone,           // NO_ERROR: answered early, or given up on purpose.
  kProtocolError,  // The message was malformed.
  kRefused,        // REFUSED_STREAM: never processed, may be tried again.
  kCancelled,
  kInternalError,  // What should follow cannot: the upstream failed in mid-response.
  kEnhanceYourCalm,
  kConnectionLost,  // Not on the wire: the connection ended.
};

// A CodecEvent is one thing that the peer did. Views are valid until the next call of the codec;
// `data` is lent from the input, and valid as long as that.
struct CodecEvent {
  enum class Kind : uint8_t {
    kNone,      // Nothing more, as long as nothing changes: see Codec::Next.
    kRequest,   // Server. A head; with `end` the request is complete.
    kInterim,   // Client. A 1xx head, not 101.
    kResponse,  // Client. A final head, 101 included; with `end` the response is complete.
    kData,      // Body, or after 101 the bytes of the tunnel. Never empty.
    kTrailers,  // Followed by kEnd.
    kEnd,       // The message is complete; in a tunnel, the peer has ended its side.
    kRefused,   // Server. To be answered with `refusal`. Nothing else follows for the stream but
                // kReset; HTTP/1 takes no more input.
    kReset,     // The stream is over, for `reason`. Nothing else follows for it.
    kWritable,  // SendData, which took less than all, may take more.
    kFailed,    // The connection is of no more use; `detail` says why. Streams that are open are
                // over, with no kReset of their own. A client codec says so of anything that is
                // not HTTP: flag UPE.
  };

  Kind kind = Kind::kNone;
  StreamKey stream = 0;
  bool end = false;
  ResetReason reason = ResetReason::kNone;
  bool by_peer = false;  // Of kReset: the peer has reset the stream; else we found the reason.
  ByteSpan data = {};
  std::unique_ptr<RequestMessage> request = {};  // Of kRequest; of kRefused as far as it was read.
  std::unique_ptr<ResponseMessage> response = {};  // Of kInterim, kResponse.
  std::span<const HeaderView> trailers = {};
  Refusal refusal = {};
  std::string_view detail = {};
};

// A Codec is one side of one connection. It calls nobody: the engine drives it, and it writes to
// the OutputSink that it was made with.
//
// The engine drains events by pull:
//
//     codec.SetTime(now);
//     for (CodecEvent e = codec.Next(&input); e.kind != kNone; e = codec.Next(&input)) Handle(e);
//     codec.Flush();
//
// and may call any other method between two calls of Next. Next removes from the front of `input`
// what it has used. When it gives kNone, the bytes it has not used must be shown again, followed by
// those that arrive later. The engine stops reading while it keeps much: that is all of HTTP/1's
// back-pressure.
//
// Per stream, a server gives kRequest (kData* kTrailers? kEnd)?, a client kInterim* kResponse
// (kData* kTrailers? kEnd)?; kRefused or kReset may come at any point, and is then the last.
// Methods given a stream that is over do nothing.
class Codec {
 public:
  virtual ~Codec() = default;

  // SetTime tells the time for the budgets of HTTP/2.
  virtual void SetTime(TimePoint /*now*/) {}

  // Next returns the next event of `input`. An event may also be left over from earlier input, so
  // it is worth calling with nothing.
  virtual CodecEvent Next(ByteSpan* input) = 0;

  // PeerEnd says that the peer sends nothing more, once its input is used up. The events of it come
  // from Next: kEnd of a body that the end delimits, kReset(kConnectionLost), or nothing.
  virtual void PeerEnd() = 0;

  // SendData sends body, without copying it, and with `end` completes the message. It returns how
  // much it took: HTTP/1 all, HTTP/2 what the windows allow. If that is less than all, `end` has
  // not happened, and kWritable says when to send the rest. `bytes` may be empty with `end`.
  virtual size_t SendData(StreamKey stream, ByteSpan bytes, bool end) = 0;

  // SendTrailers completes the message. HTTP/1 sends only what CodecOptions::trailers allows.
  virtual void SendTrailers(StreamKey stream, std::span<const HeaderView> trailers) = 0;

  // Reset gives `stream` up. On HTTP/1 the connection is finished: nothing marks the end of a
  // message that is cut short but the end of the connection.
  virtual void Reset(StreamKey stream, ResetReason reason) = 0;

  // Consumed says that `bytes` of kData have been passed on, so that the peer may send as many.
  virtual void Consumed(StreamKey /*stream*/, size_t /*bytes*/) {}

  // Drain ends the connection when what is under way is done. HTTP/1: the next response says so.
  // HTTP/2: a GOAWAY that still takes what is on its way; a second call takes nothing new.
  virtual void Drain() = 0;

  // Flush writes what Next has left to be written: HTTP/2's acknowledgements, windows and resets.
  virtual void Flush() {}

  // finished returns whether all has been said: the engine flushes, half-closes, and discards what
  // still comes until it closes.
  virtual bool finished() const = 0;

  // idle returns whether no stream is open, and no part of a message has come.
  virtual bool idle() const = 0;
};

// A ServerCodec is the client's connection seen from us.
class ServerCodec : public Codec {
 public:
  using Received = RequestMessage;

  // SendInterim sends a 1xx response, not 101, ahead of the final one.
  virtual void SendInterim(StreamKey stream, int status, std::span<const HeaderView> headers) = 0;

  // SendResponse sends a final head; with `end` no body follows. 101 makes a tunnel: from then on
  // kData and SendData are its bytes, held back input first. A response before the request's kEnd
  // was given ends an HTTP/1 connection after it.
  virtual void SendResponse(StreamKey stream, const ResponseOut& response, bool end) = 0;

  // reading returns whether some of a head has come, and not all.
  virtual bool reading() const = 0;

  // Refuse gives up a head that takes too long. HTTP/1 takes no more input, and returns the stream
  // to answer, new if there was none; 0 if there is nothing to answer on. HTTP/2 resets the stream,
  // goes on, and returns 0.
  virtual StreamKey Refuse() = 0;
};

// A ClientCodec is a connection to an upstream.
class ClientCodec : public Codec {
 public:
  using Received = ResponseMessage;

  // SendRequest sends a head, and with `end` all there is. Only if there is room().
  virtual StreamKey SendRequest(const RequestOut& request, bool end) = 0;

  // reusable returns whether the connection may serve another request once its streams are done,
  // room how many it may at once.
  virtual bool reusable() const = 0;
  virtual size_t room() const = 0;
};

}  // namespace postern

#endif  // POSTERN_HTTP_CODEC_H_
