// BoringSSL's error queue as a Status. What the error means to a peer or a server is left to the
// caller, and no byte of what was parsed ever gets into the text.

#ifndef POSTERN_TLS_ERROR_H_
#define POSTERN_TLS_ERROR_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace postern {

// DrainTlsErrors returns the reasons in this thread's error queue, oldest first, as in
// "BAD_DECRYPT, DECODE_ERROR", and empties it. "unknown" if it was empty already.
std::string DrainTlsErrors();

// TlsError returns InvalidArgument with `what` and the drained reasons; ResourceExhausted if
// memory was short.
absl::Status TlsError(std::string_view what);

}  // namespace postern

#endif  // POSTERN_TLS_ERROR_H_
