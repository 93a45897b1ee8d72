// Connections of one pool that can take a request. What a connection is, and when it may be reused,
// is left to the engine.

#ifndef POSTERN_UPSTREAM_IDLE_POOL_H_
#define POSTERN_UPSTREAM_IDLE_POOL_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "postern/ids.h"

namespace postern {

// An IdlePool gives the connection put last first, so that those beyond the need stay idle and end.
class IdlePool {
 public:
  // kMost bounds the connections of one pool that wait for requests.
  static constexpr size_t kMost = 256;

  // Put keeps `id` and returns true, or returns false if there are enough.
  bool Put(ConnectionId id) {
    if (ids_.size() >= kMost) return false;
    ids_.push_back(id);
    return true;
  }

  // Take returns the connection put last.
  std::optional<ConnectionId> Take() {
    if (ids_.empty()) return std::nullopt;
    const ConnectionId id = ids_.back();
    ids_.pop_back();
    return id;
  }

  // last returns the one that Take would.
  std::optional<ConnectionId> last() const {
    return ids_.empty() ? std::nullopt : std::optional(ids_.back());
  }

  // Remove forgets a connection that has ended, or takes no more.
  void Remove(ConnectionId id) { std::erase(ids_, id); }

  size_t size() const { return ids_.size(); }

 private:
  std::vector<ConnectionId> ids_;
};

}  // namespace postern

#endif  // POSTERN_UPSTREAM_IDLE_POOL_H_
