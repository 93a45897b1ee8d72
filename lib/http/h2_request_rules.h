// What the fields of one HTTP/2 request say together, beyond what nghttp2 checks (engine.md 2.3).
// Single bytes are left to lib/http/field_rules.h.

#ifndef POSTERN_HTTP_H2_REQUEST_RULES_H_
#define POSTERN_HTTP_H2_REQUEST_RULES_H_

#include <optional>
#include <string_view>

#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/http/message.h"

namespace postern {

// ReadH2Request makes of the fields in `message` (pseudo fields in their members, `authority` from
// :authority, all others in `headers`) what RequestMessage describes, and returns what is wrong
// with it, if anything. `protocol` is the value of :protocol.
std::optional<Refusal> ReadH2Request(std::string_view protocol, const CodecOptions& options,
                                     RequestMessage* message);

}  // namespace postern

#endif  // POSTERN_HTTP_H2_REQUEST_RULES_H_
