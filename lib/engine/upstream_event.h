// What an upstream's codec has read, told to the user of an exchange: the same for HTTP/1.1 and
// HTTP/2. Failures and what becomes of the connection are left to its handler.

#ifndef POSTERN_ENGINE_UPSTREAM_EVENT_H_
#define POSTERN_ENGINE_UPSTREAM_EVENT_H_

#include "lib/engine/exchange.h"
#include "lib/http/codec.h"

namespace postern {

class Core;

// EndsAnswer returns whether nothing of the answer follows `event`.
inline bool EndsAnswer(const CodecEvent& event) {
  return event.end || event.kind == CodecEvent::Kind::kEnd;
}

// DeliverEvent gives on heads, body, trailers and the end; other events it leaves alone.
void DeliverEvent(CodecEvent& event, Core& core, ExchangeUser& user);

}  // namespace postern

#endif  // POSTERN_ENGINE_UPSTREAM_EVENT_H_
