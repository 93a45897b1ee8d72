#include "lib/engine/upstream_event.h"

#include <utility>

#include "lib/engine/core.h"
#include "lib/http/hygiene.h"

namespace postern {

void DeliverEvent(CodecEvent& event, Core& core, ExchangeUser& user) {
  using Kind = CodecEvent::Kind;
  switch (event.kind) {
    case Kind::kInterim:
      SanitizeResponse(/*upgrade=*/false, &event.response->headers);
      user.OnInterim(event.response->status, event.response->headers.fields());
      core.messages().Give(std::move(event.response));
      break;
    case Kind::kResponse:
      user.OnHead(std::move(event.response), event.end);
      break;
    case Kind::kData:
      user.OnBody(event.data);
      break;
    case Kind::kTrailers:
      user.OnTrailers(event.trailers);
      break;
    case Kind::kEnd:
      user.OnBodyEnd();
      break;
    default:
      break;
  }
}

}  // namespace postern
