// The other end of a tunnel: an upstream connection, or a Service in this process. Which it is, and
// how it came about, is no business of the tunnel's.

#ifndef POSTERN_ENGINE_FAR_END_H_
#define POSTERN_ENGINE_FAR_END_H_

#include "absl/status/status.h"
#include "lib/engine/handler.h"
#include "postern/bytes.h"

namespace postern {

// A FarUser hears what happens at a far end, from a clean stack.
class FarUser {
 public:
  virtual ~FarUser() = default;

  virtual void OnFarReady() = 0;
  // OnFarBytes takes bytes from the front; what it leaves comes again after FarEnd::Go.
  virtual void OnFarBytes(ByteSpan* bytes) = 0;
  virtual void OnFarEnd() = 0;
  // OnFarRoom says that the far end, which was full, takes more.
  virtual void OnFarRoom() = 0;
  // OnFarGone is the last call. `why` is what has failed; OK: both sides have ended.
  virtual void OnFarGone(const absl::Status& why) = 0;
};

// A FarEnd carries bytes to whoever is there. None of its methods calls its user back.
class FarEnd {
 public:
  virtual ~FarEnd() = default;

  virtual void Send(ByteSpan bytes) = 0;
  virtual void SendEnd() = 0;
  virtual bool full() const = 0;

  // Hold asks for no more bytes for now; Go asks for them again.
  virtual void Hold() = 0;
  virtual void Go() = 0;

  // Drop gives the far end up: the user hears no more of it. With `why` not OK it is reset.
  virtual void Drop(const absl::Status& why) = 0;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_FAR_END_H_
