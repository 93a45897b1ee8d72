// A client as simple as they come: one connection, one request, and all that is answered.

#ifndef POSTERN_EXAMPLES_CLIENT_H_
#define POSTERN_EXAMPLES_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "postern/decision.h"

// Ask connects to `port` of this machine and does what `probe` says: TLS if it has an SNI, then its
// request, or without a method a line of text. It returns what came back until the end of the
// stream, which may be nothing, after at most ten seconds. Any certificate will do.
absl::StatusOr<std::string> Ask(const postern::Probe& probe, uint16_t port);

// Summary returns an answer in one clause: "301 Moved Permanently, location https://...".
std::string Summary(std::string_view answer);

#endif  // POSTERN_EXAMPLES_CLIENT_H_
