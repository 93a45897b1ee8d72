// Which bytes may stand where in a message: our own checks, the same for HTTP/1.1 and HTTP/2, and
// stricter than either parser (engine.md 1.2, 1.3, 9.2). What a field means is left to others.

#ifndef POSTERN_HTTP_FIELD_RULES_H_
#define POSTERN_HTTP_FIELD_RULES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace postern {

// IsToken returns whether `text` is a token of RFC 9110 section 5.6.2, and not empty.
bool IsToken(std::string_view text);

// kLongestName is how long the name of a field may be.
inline constexpr size_t kLongestName = 1024;

// IsFieldName returns whether `text` is a token of at most kLongestName without capitals.
bool IsFieldName(std::string_view text);

// LowerToken puts the token that `text`, of `size` bytes, begins with into lower case, in place,
// and returns how long it is.
size_t LowerToken(char* text, size_t size);

// IsFieldValue returns whether `text` may be a field's value: HTAB, space, visible ASCII and bytes
// from 0x80 on.
bool IsFieldValue(std::string_view text);

// IsTarget returns whether `text` is made of '!'..'~' only, and not empty.
bool IsTarget(std::string_view text);

// IsRegisteredMethod returns whether `text` is one of the 34 methods that Envoy takes by default;
// case matters.
bool IsRegisteredMethod(std::string_view text);

// IsAuthority returns whether `text` is a host with an optional port and nothing else: no user, no
// list, a port of at most 65535. An empty port is one (RFC 3986 section 3.2.3).
bool IsAuthority(std::string_view text);

// ParseContentLength reads decimal digits up to 2^63-1.
std::optional<uint64_t> ParseContentLength(std::string_view text);

}  // namespace postern

#endif  // POSTERN_HTTP_FIELD_RULES_H_
