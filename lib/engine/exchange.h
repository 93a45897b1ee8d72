// One try of a request upstream, as the request's stream sees it, whether it goes over a connection
// or to a Service in this process. Further tries are left to lib/engine/stream.h.

#ifndef POSTERN_ENGINE_EXCHANGE_H_
#define POSTERN_ENGINE_EXCHANGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "lib/http/message.h"
#include "lib/upstream/endpoint.h"
#include "lib/upstream/retry.h"
#include "postern/address.h"
#include "postern/bytes.h"
#include "postern/ids.h"

namespace postern {

// A Failure is why an exchange came to nothing, or broke off.
struct Failure {
  TryResult::Kind kind = TryResult::Kind::kReset;
  bool protocol_error = false;  // What came was not HTTP: 502, flag UPE.
  bool remote_reset = false;    // Of one stream, not of the connection: flag UR.
  bool sent = false;            // Some of the request may have arrived.
  bool stale = false;           // A connection kept alive ended before it could answer.
  absl::Status why;
};

// An ExchangeOrder is what an exchange over a connection begins with. `head` and what it refers to
// must stay until OnReady.
struct ExchangeOrder {
  const RequestOut* head = nullptr;
  bool end = false;    // The request has no body.
  bool fresh = false;  // Only a new connection will do.
};

// An ExchangeUser hears of its exchange from a clean stack: none of the calls is made during a call
// of the exchange.
class ExchangeUser {
 public:
  virtual ~ExchangeUser() = default;

  // OnReady says that the head is on its way, and the body may follow.
  virtual void OnReady() = 0;
  virtual void OnInterim(int status, std::span<const HeaderView> headers) = 0;
  // OnHead brings the final head; with `end` nothing follows. 101 makes a tunnel.
  virtual void OnHead(std::unique_ptr<ResponseMessage> head, bool end) = 0;
  // OnBody brings bytes of the body, lent if Core::lending. The user takes all of them: if it
  // cannot pass them on, it keeps the rest and calls Pause.
  virtual void OnBody(ByteSpan bytes) = 0;
  virtual void OnTrailers(std::span<const HeaderView> trailers) = 0;
  virtual void OnBodyEnd() = 0;
  // OnWritable says that the exchange, which was full, takes more.
  virtual void OnWritable() = 0;
  // OnFailed is the last call: the exchange is gone.
  virtual void OnFailed(const Failure& failure) = 0;
};

// An Exchange lives until its user releases it, or until OnFailed.
class Exchange {
 public:
  virtual ~Exchange() = default;

  // SendBody takes all of `bytes`, lent if Core::lending; with `end` it completes the request. Only
  // once ready.
  virtual void SendBody(ByteSpan bytes, bool end) = 0;
  virtual void SendTrailers(std::span<const HeaderView> trailers) = 0;
  virtual bool full() const = 0;

  // Pause asks for no more of the response's body for now; Resume asks for it again.
  virtual void Pause() = 0;
  virtual void Resume() = 0;

  // Release ends the user's interest, after OnBodyEnd or before: what is incomplete is cancelled.
  virtual void Release() = 0;

  // memory returns how many bytes of bodies wait in the exchange itself.
  virtual size_t memory() const { return 0; }

  // What the log says of it.
  virtual ConnectionId connection() const { return {}; }
  virtual Address remote() const { return {}; }
  virtual Address local() const { return {}; }
};

}  // namespace postern

#endif  // POSTERN_ENGINE_EXCHANGE_H_
