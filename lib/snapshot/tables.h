// All that one configuration compiles to, but for its secrets: what every decision looks into, and
// what the Snapshots of rotated certificates share. Filling it is for lib/compile.

#ifndef POSTERN_SNAPSHOT_TABLES_H_
#define POSTERN_SNAPSHOT_TABLES_H_

#include <deque>
#include <memory>
#include <vector>

#include "lib/snapshot/chain.h"
#include "lib/snapshot/listener_table.h"
#include "lib/snapshot/route.h"
#include "lib/snapshot/route_action.h"
#include "lib/snapshot/route_table.h"
#include "lib/snapshot/string_pool.h"
#include "lib/snapshot/upstream_cluster.h"
#include "lib/snapshot/virtual_host.h"
#include "postern/snapshot.h"

namespace postern {

class ClientContext;       // lib/tls/client_context.h.
class ServerContext;       // lib/tls/server_context.h.
struct LoadedCredentials;  // lib/compile/credential_loader.h.

// A SnapshotTables owns what its parts point to. Immutable once built.
struct SnapshotTables {
  StringPool text;
  SnapshotOptions options;

  std::vector<ListenerTable> listeners;  // Sorted by bind and port, as ListenerKey compares.
  std::vector<Chain> chains;
  std::vector<TlsServer> tls_servers;
  std::deque<ServerTlsSettings> tls_settings;
  std::vector<RouteConfig> route_configs;
  std::vector<UpstreamCluster> clusters;  // What a cluster_index means.
  std::deque<RouteTable> route_tables;
  std::vector<std::vector<Route>> route_lists;    // Of each VirtualService on each server port.
  std::deque<ActionExtras> action_extras = {{}};  // The first is the one without any.
  std::deque<DestinationExtras> destination_extras;
  std::deque<std::vector<WeightedCluster>> splits;
  std::deque<CompiledRetry> retries;
  std::deque<SettingOrigins> setting_origins;
  std::deque<Provenance> redirects;  // The servers that redirect to https.

  std::vector<Listener> listener_infos;  // What Snapshot::listeners returns.
  std::vector<Cluster> cluster_infos;    // What Snapshot::clusters returns.
};

// A SnapshotParts is one Snapshot: tables that it may share, and secrets of its own.
struct SnapshotParts {
  std::shared_ptr<const SnapshotTables> shared;

  // contexts[i] shakes hands for `shared->tls_servers[i]`; null: "secret_not_ready".
  std::vector<std::shared_ptr<const ServerContext>> contexts;
  // upstream_contexts[i] is for the TLS of `shared->clusters[i]`; null: it has none, or its secrets
  // are not there. Empty if no cluster has TLS.
  std::vector<std::shared_ptr<const ClientContext>> upstream_contexts;
  std::shared_ptr<const LoadedCredentials> loaded;  // For WithCredentials.

  std::vector<Finding> report;
  std::vector<CredentialName> credentials;
  std::vector<CertificateInfo> certificates;
};

// A Snapshot::Tables is the same, under the name that the public header has for it.
struct Snapshot::Tables : SnapshotParts {};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_TABLES_H_
