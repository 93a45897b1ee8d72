// The connections to one endpoint that are alike, so that any of them can carry a request, and the
// requests that wait for one. What a connection is, and when it may be reused, is for the engine.

#ifndef POSTERN_UPSTREAM_CONNECTION_POOL_H_
#define POSTERN_UPSTREAM_CONNECTION_POOL_H_

#include <cstdint>

#include "lib/upstream/idle_pool.h"
#include "lib/upstream/pending_queue.h"

namespace postern {

struct ConnectionPool {
  uint32_t connections = 0;  // Open, or being opened.
  IdlePool idle;             // Of HTTP/1.1.
  IdlePool shared;           // Of HTTP/2, those that take more requests; some may be yet to open.
  PendingQueue pending;

  // has_kept returns whether a connection waits for a request.
  bool has_kept() const { return idle.size() > 0 || shared.size() > 0; }
};

}  // namespace postern

#endif  // POSTERN_UPSTREAM_CONNECTION_POOL_H_
