// What may stand between the wire and a handler: TLS. The one implementation over lib/tls is in
// lib/engine/tls_transport.h; a plaintext connection has none.

#ifndef POSTERN_ENGINE_TRANSPORT_H_
#define POSTERN_ENGINE_TRANSPORT_H_

#include <string>

#include "absl/status/status.h"
#include "lib/base/output_sink.h"
#include "lib/engine/handler.h"
#include "postern/bytes.h"

namespace postern {

// A Transport turns what comes from the wire into plaintext and what is sent into records. It
// writes to the link of its connection.
class Transport : public DeferredDeletable {
 public:
  // Receive takes bytes of the wire; all, unless plaintext waits to be read. It returns how many.
  virtual size_t Receive(ByteSpan bytes) = 0;

  // Plaintext returns the first of what can be read; empty if there is none. Take drops `size`
  // bytes of it, and must follow each Receive that brought some before that returns to the host:
  // only then is the rest copied to where it stays.
  virtual ByteSpan Plaintext() = 0;
  virtual void Take(size_t size) = 0;

  // ended returns whether the peer has ended its side in protocol (close_notify).
  virtual bool ended() const = 0;

  // failure returns what is wrong; the link may hold an alert that should still be sent.
  virtual const absl::Status& failure() const = 0;

  // sink takes plaintext to send.
  virtual OutputSink& sink() = 0;

  // SendEnd ends our side in protocol.
  virtual void SendEnd() = 0;

  // certificate_element returns x-forwarded-client-cert's element for the peer's certificate; empty
  // if it has shown none.
  virtual std::string certificate_element() const = 0;

  // Gone says that the connection is closed, and that nothing is received or sent any more.
  virtual void Gone() {}

  // Trim gives back what an idle session does not need.
  virtual void Trim() {}
};

}  // namespace postern

#endif  // POSTERN_ENGINE_TRANSPORT_H_
