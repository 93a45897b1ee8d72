// The hosts of one route table and the routes of each. Choosing among the hosts is SuffixTable's
// (lib/match/suffix_table.h); choosing among the routes is lib/snapshot/route_table.h's.

#ifndef POSTERN_SNAPSHOT_VIRTUAL_HOST_H_
#define POSTERN_SNAPSHOT_VIRTUAL_HOST_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "lib/match/suffix_table.h"
#include "lib/snapshot/route_table.h"
#include "postern/decision.h"

namespace postern {

// A VirtualHost is one host pattern of a route table. It never straddles a cache line.
struct alignas(32) VirtualHost {
  std::string_view domain;               // The pattern, in lower case.
  const Provenance* redirect = nullptr;  // The server whose `httpsRedirect` sends all there that is
                                         // not https; null: none.
  const RouteTable* routes = nullptr;    // Shared by hosts with the same routes; null: none.
};

// A RouteConfig is one route table: of all plaintext HTTP servers of a socket, or of one HTTPS
// server.
struct RouteConfig {
  std::string_view name;  // "http.80", "https.443.https.gw.ns".
  SuffixTable hosts;      // Number i is virtual_hosts[i].
  std::vector<VirtualHost> virtual_hosts;
  absl::InlinedVector<std::string_view, 1> names;  // Envoy's for each of these, "host:port".

  // Find returns the virtual host that `host`, without a port, is looked up for; null if none has
  // it. A more specific one without a matching route hides the others (dataplane.md 3.6).
  const VirtualHost* Find(const SuffixTable::Lookup& host) const {
    const size_t number = hosts.Find(host);
    return number == SuffixTable::kNone ? nullptr : &virtual_hosts[number];
  }
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_VIRTUAL_HOST_H_
