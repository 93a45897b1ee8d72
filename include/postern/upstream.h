#ifndef POSTERN_UPSTREAM_H_
#define POSTERN_UPSTREAM_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "postern/address.h"
#include "postern/decision.h"
#include "postern/destination_rule.h"
#include "postern/log.h"
#include "postern/time.h"

namespace postern {

// An Endpoint is one address of a destination.
struct Endpoint {
  Address address;
  uint32_t weight = 1;
  std::map<std::string, std::string> labels;  // For subsets.
  std::string locality;                       // "region/zone/subzone".
  bool healthy = true;
};

// An UpstreamTarget is where OnConnect wants a byte stream to. Borrowed for the callback.
struct UpstreamTarget {
  ClusterName cluster;  // The destination: host, port, subset.

  // address is the endpoint chosen. kNone: none is known, and the host opens a stream to `name`,
  // resolving it, or to whatever it knows as `cluster`.
  Address address;
  std::string_view name;  // "db.example.com:5432" of a DNS endpoint; else empty.

  // What the engine will speak: bytes of a client, HTTP/1.1, or HTTP/2 with prior knowledge; with
  // `tls` under TLS, which is the engine's own business. The host opens plain TCP in each case.
  enum class Protocol : uint8_t { kBytes, kHttp1, kHttp2 };
  Protocol protocol = Protocol::kBytes;
  bool tls = false;

  Duration timeout = {};  // After it the engine gives up by itself, with OnClose.
  const ConnectionPoolSettings::TcpSettings::TcpKeepalive* keepalive = nullptr;  // For setsockopt.
  const ConnectionInfo* client = nullptr;  // Of kBytes; nullptr for a pooled connection.
};

}  // namespace postern

#endif  // POSTERN_UPSTREAM_H_
