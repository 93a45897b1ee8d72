// The classes of Gateway servers that decide how they merge and what chains they give (dataplane.md
// 1.3). Merging is for lib/compile/merge.h, chains for lib/compile/chain_compiler.h.

#ifndef POSTERN_COMPILE_SERVER_CLASS_H_
#define POSTERN_COMPILE_SERVER_CLASS_H_

#include "postern/gateway.h"

namespace postern {

// IsTlsServer returns whether `server` is one that looks at TLS: it has `tls`, and its protocol is
// not of the HTTP family, where `tls` is for `httpsRedirect` alone.
bool IsTlsServer(const Server& server);

// IsHttpServer returns whether requests are read on `server`: the HTTP family, and HTTPS that is
// not passed through.
bool IsHttpServer(const Server& server);

// IsPassthroughServer returns whether `tls` says PASSTHROUGH, its zero value, or AUTO_PASSTHROUGH.
bool IsPassthroughServer(const Server& server);

// IsTerminatedHttps returns whether `server` is HTTPS with a mode that terminates TLS.
bool IsTerminatedHttps(const Server& server);

}  // namespace postern

#endif  // POSTERN_COMPILE_SERVER_CLASS_H_
