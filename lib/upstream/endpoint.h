// One address of an upstream and what is known of it at run time. Choosing among several is for the
// balancers, and connecting for the engine.

#ifndef POSTERN_UPSTREAM_ENDPOINT_H_
#define POSTERN_UPSTREAM_ENDPOINT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "lib/upstream/idle_pool.h"
#include "lib/upstream/pending_queue.h"
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

  uint32_t active = 0;       // Requests and TCP connections under way.
  uint32_t connections = 0;  // Open, or being opened.
  bool removed = false;
  IdlePool idle;    // Of HTTP/1.1.
  IdlePool shared;  // Of HTTP/2, those that take more requests; some may be yet to open.
  PendingQueue pending;

  // Of outlier detection.
  uint32_t consecutive_5xx = 0;
  uint32_t consecutive_gateway_errors = 0;
  uint32_t consecutive_local_failures = 0;
  uint32_t ejections = 0;
  TimePoint ejected_until = TimePoint::min();

  // has_kept returns whether a connection waits for a request.
  bool has_kept() const { return idle.size() > 0 || shared.size() > 0; }

  bool available(TimePoint now) const { return healthy && ejected_until <= now; }
};

// An EndpointPtr is shared by the cluster and by what uses the endpoint, within one engine.
using EndpointPtr = std::shared_ptr<EndpointState>;

}  // namespace postern

#endif  // POSTERN_UPSTREAM_ENDPOINT_H_
