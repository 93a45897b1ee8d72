// The error codes of HTTP/2 (RFC 9113 section 7) for the reasons of the codec interface, and back.
// When a stream is reset is for the codecs.

#ifndef POSTERN_HTTP_H2_ERROR_CODE_H_
#define POSTERN_HTTP_H2_ERROR_CODE_H_

#include <cstdint>

#include "lib/http/codec.h"

namespace postern {

uint32_t H2CodeOf(ResetReason reason);
ResetReason ReasonOfH2(uint32_t code);

}  // namespace postern

#endif  // POSTERN_HTTP_H2_ERROR_CODE_H_
