// What a connection of a client came to, as far as its handlers know: the facts of its log. Writing
// the log is for lib/engine/client_connection.h.

#ifndef POSTERN_ENGINE_OUTCOME_H_
#define POSTERN_ENGINE_OUTCOME_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "postern/address.h"
#include "postern/log.h"

namespace postern {

// A TunnelOutcome is what only connections to one upstream have.
struct TunnelOutcome {
  ClusterName cluster;  // Of the connection's Snapshot, or of a ClusterState.
  Address upstream_address;
  Address upstream_local_address;
  std::string upstream_failure;
  uint64_t received_bytes = 0, sent_bytes = 0;  // From the client and to it, above TLS.
  Provenance rule;
};

// A ConnectionOutcome's literals live for ever; all else is owned. What most connections do not
// have stands apart: an idle one should be small.
struct ConnectionOutcome {
  ResponseFlags flags;
  std::string_view detail;  // A literal.
  uint64_t requests = 0;
  std::unique_ptr<std::string> tls_failure;
  std::unique_ptr<TunnelOutcome> tunnel;

  void Flag(ResponseFlag flag) { flags.Set(flag); }
};

}  // namespace postern

#endif  // POSTERN_ENGINE_OUTCOME_H_
