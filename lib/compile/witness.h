// Finds, for a finding of a Build, a connection and request that show it. What a finding says is
// for those who make it; what shows it is decided by Snapshot::Explain and by nothing else.

#ifndef POSTERN_COMPILE_WITNESS_H_
#define POSTERN_COMPILE_WITNESS_H_

#include <optional>
#include <string>
#include <vector>

#include "lib/snapshot/tables.h"
#include "postern/snapshot.h"

namespace postern {

// A WitnessSketch is how a client would come to the place of a finding. Nobody knows before the
// tables are complete whether it gets there.
struct WitnessSketch {
  ListenerKey listener;
  uint32_t route_config = Chain::kNone;  // If set, the listener is that of its chain.
  bool tls = false;                      // Says a ClientHello first.
  bool http = false;                     // Sends a request.
  std::vector<std::string> hosts;        // Patterns, tried in order: server name and authority.
  std::string alpn;
  std::string server_name;       // Instead of the host: a connection made for something else.
  const Route* route = nullptr;  // The request is one that this route takes.
};

// A Reported is a finding that is being made.
struct Reported {
  Finding finding;
  std::optional<WitnessSketch> sketch;
};

// WithWitnesses returns the findings of `reported`, in their order, each with a witness if the
// sketch leads to one on `snapshot`, whose tables and secrets are final.
std::vector<Finding> WithWitnesses(const Snapshot& snapshot, const SnapshotTables& tables,
                                   std::vector<Reported> reported);

}  // namespace postern

#endif  // POSTERN_COMPILE_WITNESS_H_
