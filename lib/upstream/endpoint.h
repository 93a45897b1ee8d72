// One address of an upstream and what is known of it at run time. Choosing among several is for the
// balancers, and connecting for the engine.

#ifndef POSTERN_UPSTREAM_ENDPOINT_H_
#define POSTERN_UPSTREAM_ENDPOINT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "lib/upstream/connection_pool.h"
#include "postern/address.h"
#include "postern/time.h"

namespace postern {

// An EndpointState outlives its removal from a cluster for as long as somebody uses it.
struct EndpointState {
  Address address;   // kNone: the host finds it by `name`, or by the cluster.
  std::string name;  // "db.example.com:5432"; empty: none.
  uint32_t weight = 1;
  std::string locality;
  std::map<std::string, std::string> labels;
  bool healthy = true;

  uint32_t active = 0;  // Requests and TCP connections under way.
  bool removed = false;

  // Of outlier detection.
  uint32_t consecutive_5xx = 0;
  uint32_t consecutive_gateway_errors = 0;
  uint32_t consecutive_local_failures = 0;
  uint32_t ejections = 0;
  TimePoint ejected_until = TimePoint::min();

  bool available(TimePoint now) const { return healthy && ejected_until <= now; }

  // FindPool returns the connections whose TLS names `server_name`, or nullptr if there are none;
  // PoolFor makes their pool. Empty: those that name what the cluster says, or have no TLS; their
  // pool is always there.
  const ConnectionPool* FindPool(std::string_view server_name) const;
  ConnectionPool& PoolFor(std::string_view server_name);
  // DropPool forgets a pool in which there is nothing: clients choose the names.
  void DropPool(std::string_view server_name);

 private:
  ConnectionPool pool_;
  std::map<std::string, ConnectionPool, std::less<>> named_pools_;
};

// An EndpointPtr is shared by the cluster and by what uses the endpoint, within one engine.
using EndpointPtr = std::shared_ptr<EndpointState>;

}  // namespace postern

#endif  // POSTERN_UPSTREAM_ENDPOINT_H_
