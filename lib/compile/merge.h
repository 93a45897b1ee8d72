// Merging the servers of all Gateways of one proxy into listeners, first come, first served
// (dataplane.md 1.4, validation.md 3.8). The filter chains of a listener are for
// lib/compile/chain_compiler.h.

#ifndef POSTERN_COMPILE_MERGE_H_
#define POSTERN_COMPILE_MERGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/compile/report_rules.h"
#include "lib/compile/select.h"
#include "postern/decision.h"
#include "postern/gateway.h"

namespace postern {

// A ServerRef is one server of one Gateway, both borrowed.
struct ServerRef {
  const Gateway* gateway = nullptr;
  size_t index = 0;

  const Server& server() const { return gateway->servers[index]; }
};

// A MergedServer is a server that was accepted.
struct MergedServer {
  ServerRef ref;
  std::vector<std::string> hosts;  // "host" or "ns/host", as ResolveServerHosts returns them.
  uint32_t port = 0;               // Listened on: after translation.
  std::string route_name;          // "http.80", "https.443.web.gw.ns"; empty of bytes.
};

// A MergedListener is the servers that share a port, a bind and a protocol, as Istio groups them. A
// socket has the chains of all that agree in port and bind.
struct MergedListener {
  std::string bind;
  uint32_t port = 0;     // Listened on: after translation.
  std::string protocol;  // As the first server writes it.
  std::vector<MergedServer> servers;

  // socket_bind returns the address that is listened on: empty for all.
  std::string socket_bind() const { return bind == "0.0.0.0" ? std::string() : bind; }

  // key returns what the socket is known by if this is its first: the port is as declared.
  ListenerKey key() const {
    return {bind, static_cast<uint16_t>(servers.front().ref.server().port->number)};
  }
};

// A Rejection is a server that lost.
struct Rejection {
  ServerRef ref;
  const ReportRule* rule = nullptr;
  std::string message;
  std::optional<ServerRef> winner;  // What it lost to, if anything.
  uint32_t port = 0;                // It would have listened on; 0 without a port.
};

struct MergeResult {
  std::vector<MergedListener> listeners;  // In the order in which they came up.
  std::vector<Rejection> rejections;

  // Accepted HTTP servers that would make Envoy refuse the listener that they join here.
  std::vector<ServerRef> frozen;
};

// MergeGateways merges the servers of `gateways`, in their order.
MergeResult MergeGateways(std::span<const Gateway* const> gateways, const PortMap& ports);

// A RouteNameParts is what a route table's name tells; all empty if it is of no Gateway's server.
struct RouteNameParts {
  uint32_t port = 0;
  std::string port_name;
  std::string gateway;  // "ns/name".
};

// ParseRouteName reads "http.80" and "https.443.web.gw.ns".
RouteNameParts ParseRouteName(std::string_view name);

}  // namespace postern

#endif  // POSTERN_COMPILE_MERGE_H_
