// A URL as a probe: the connection and the request that a client would make for it.

#ifndef POSTERN_EXAMPLES_PROBE_URL_H_
#define POSTERN_EXAMPLES_PROBE_URL_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "postern/decision.h"

// ProbeUrl reads "http://host[:port]/path", "https://..." (with the host as SNI if it is a name),
// "tcp://:port" (a plain connection) and "tls://sni:port" (a TLS connection, no request). A
// fragment is not sent.
absl::StatusOr<postern::Probe> ProbeUrl(std::string_view url);

#endif  // POSTERN_EXAMPLES_PROBE_URL_H_
