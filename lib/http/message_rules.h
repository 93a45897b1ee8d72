// What the fields of one HTTP/1 head say together: where the message ends, for whom it is, whether
// it may pass at all; and what HTTP/2 shares of that. Single bytes are left to
// lib/http/field_rules.h, removals to lib/http/hygiene.h.

#ifndef POSTERN_HTTP_MESSAGE_RULES_H_
#define POSTERN_HTTP_MESSAGE_RULES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/http/message.h"

namespace postern {

// A Persistence is what a head says about its connection.
struct Persistence {
  bool keep = false;
  bool chunked = false;
};

// ReadRequest makes of the raw head in `message` (target in `path`, all fields in `headers`) what
// RequestMessage describes, and returns what is wrong with it, if anything (engine.md 1.2-1.5).
// `version` is "1.1".
std::optional<Refusal> ReadRequest(std::string_view version, const CodecOptions& options,
                                   RequestMessage* message, Persistence* persistence);

// A ResponseTo is what a response answers.
struct ResponseTo {
  bool head = false;     // The method is HEAD.
  bool upgrade = false;  // It asked for an upgrade.
};

// A ResponseFraming is where a response ends.
enum class ResponseFraming : uint8_t { kNoBody, kLength, kChunked, kUntilClose, kTunnel };

// ReadResponse does the same for an upstream's response. It returns Envoy's detail of what is
// wrong, or an empty text (engine.md 1.7, 9.2 row 24).
std::string_view ReadResponse(std::string_view version, const ResponseTo& to,
                              ResponseMessage* message, ResponseFraming* framing, bool* keep);

// kMostInterims bounds the 1xx responses ahead of a final one.
inline constexpr int kMostInterims = 16;

// IsForwardedInterim returns whether a 1xx response is given on; Envoy swallows the others.
bool IsForwardedInterim(int status);

// IsQueryOfNothing returns whether a request is a QUERY that does not say of what kind its content
// is, which Envoy refuses.
bool IsQueryOfNothing(const RequestMessage& message);

// ExpectsContinueOnly returns whether each Expect field of `headers` is "100-continue"
// (engine.md 1.5).
bool ExpectsContinueOnly(const HeaderList& headers);

// CanonicalizeLength takes leading zeros from the one content-length of `headers`, which is
// `digits`.
void CanonicalizeLength(std::string_view digits, HeaderList* headers);

// FindContentLength returns the value of a content-length among `headers`; what is no number counts
// as 0.
std::optional<uint64_t> FindContentLength(std::span<const HeaderView> headers);

// MayBeTrailer returns whether a trailer called `name` may be passed on: it frames, routes and
// authorises nothing (RFC 9110 section 6.5.1, engine.md 1.4).
bool MayBeTrailer(std::string_view name);

}  // namespace postern

#endif  // POSTERN_HTTP_MESSAGE_RULES_H_
