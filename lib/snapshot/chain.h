// One filter chain of a listener: what a connection must show to get it, and what then becomes of
// its bytes. Choosing among chains is for lib/snapshot/listener_table.h.

#ifndef POSTERN_SNAPSHOT_CHAIN_H_
#define POSTERN_SNAPSHOT_CHAIN_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "postern/decision.h"
#include "postern/gateway.h"

namespace postern {

// A Chain is one filter chain. Its texts are in the StringPool of its tables.
struct Chain {
  static constexpr uint32_t kNone = UINT32_MAX;

  // A Destination is one of the weighted upstreams of a connection.
  struct Destination {
    ClusterName cluster;
    uint32_t cluster_index = kNone;
    uint64_t weight_end = 0;  // The sum of the weights up to and with this one.
  };

  ChainDecision::Action action = ChainDecision::Action::kHttp;
  ChainDecision::Tls tls = ChainDecision::Tls::kNone;
  ServerTlsSettings::TlsMode mode = ServerTlsSettings::TlsMode::kPassthrough;

  // What a connection must show. A name is in lower case; no name at all takes every connection,
  // those without TLS too. No ALPN takes every ALPN.
  absl::InlinedVector<std::string_view, 1> names;
  std::vector<std::string_view> alpn;

  uint32_t route_config = kNone;          // Of kHttp: in SnapshotTables::route_configs.
  bool grpc_web = false;                  // Of kHttp: requests of gRPC-Web go on as gRPC.
  std::vector<Destination> destinations;  // Of kTcp: never empty.
  Duration idle_timeout = {};             // Of kTcp; 0: none.
  bool hash_source_ip = false;            // Of kTcp.
  uint32_t tls_server = kNone;            // Of Tls::kTerminate: in SnapshotTables::tls_servers.
  uint32_t listener = kNone;              // In SnapshotTables::listeners.
  Provenance server;
  Provenance rule;
};

// A TlsServer is a server that terminates TLS: what its context is made of, but for the secrets.
// Its place, and the names that its certificate should cover, are its chain's.
struct TlsServer {
  // What every one offers, in order of preference.
  static constexpr std::string_view kAlpn[] = {"h2", "http/1.1"};

  // There may be ten thousand that differ in nothing but the name of their credential: `common` is
  // the settings without it, in the tables.
  const ServerTlsSettings* common = nullptr;
  std::string_view credential_name;

  // identity tells this server from all others across Snapshots: "istio-system/gw 443 web". A TLS
  // session is resumed under the same identity only.
  std::string_view identity;
  uint32_t chain = Chain::kNone;

  // settings returns them as configured.
  ServerTlsSettings settings() const {
    ServerTlsSettings settings = *common;
    settings.credential_name = credential_name;
    return settings;
  }
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_CHAIN_H_
