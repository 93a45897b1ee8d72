// What drives one connection at a time: a sniffer, a tunnel, an HTTP session, an upstream's codec.
// Sockets, output and endings are left to lib/engine/connection.h.

#ifndef POSTERN_ENGINE_HANDLER_H_
#define POSTERN_ENGINE_HANDLER_H_

#include "absl/status/status.h"
#include "postern/bytes.h"

namespace postern {

class Core;

// A DeferredDeletable is something that is never deleted while a frame of it may be on the stack:
// it is handed to Core::DeferDelete instead. Its destructor touches nothing but its own members.
class DeferredDeletable {
 public:
  DeferredDeletable() = default;
  DeferredDeletable(const DeferredDeletable&) = delete;
  DeferredDeletable& operator=(const DeferredDeletable&) = delete;
  virtual ~DeferredDeletable() = default;
};

// A SelfOwned is a DeferredDeletable that nobody owns: it deletes itself when it is over. The core
// knows all there are, and frees those that outlive everything else.
class SelfOwned : public DeferredDeletable {
 public:
  explicit SelfOwned(Core& core);
  ~SelfOwned() override;

 private:
  friend class Core;

  SelfOwned* next_;
  SelfOwned** link_;  // What points at this one.
};

// A Handler gets what happens on one connection. Bytes are plaintext, whatever is beneath. After
// the handler has finished, aborted or handed on its connection, and after OnBroken, nothing more
// comes.
class Handler : public DeferredDeletable {
 public:
  // OnConnected says that an upstream connection can carry bytes.
  virtual void OnConnected() {}

  // OnBytes takes bytes from the front of `bytes`. What it leaves is kept and shown again with the
  // next input, or after Connection::WorkSoon. It returns true if it could go on at once and left
  // bytes only for the sake of other connections.
  virtual bool OnBytes(ByteSpan* bytes) = 0;

  // OnEnd says that the peer sends nothing more, once all bytes were taken.
  virtual void OnEnd() = 0;

  // OnWritable says that the output, which was full, has fallen to the low mark.
  virtual void OnWritable() {}

  // OnTimer says that the connection's timer, which the handler has set, is due.
  virtual void OnTimer() {}

  // OnDrain asks to end the connection as its protocol allows.
  virtual void OnDrain() {}

  // OnBroken says that the connection is gone, or could not be opened, for `why`; OK: both sides
  // have come to their end.
  virtual void OnBroken(const absl::Status& why) = 0;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_HANDLER_H_
