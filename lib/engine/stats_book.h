// The counters of one engine. How they are shown is left to lib/engine/stats.cc.

#ifndef POSTERN_ENGINE_STATS_BOOK_H_
#define POSTERN_ENGINE_STATS_BOOK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"
#include "postern/log.h"
#include "postern/stats.h"

namespace postern {

// A StatsBook counts by listener, virtual host and cluster. Each table has at most `rows` rows;
// what comes later is counted under "other". A row once found costs one hash lookup.
class StatsBook {
 public:
  explicit StatsBook(uint32_t rows) : rows_(rows) {}

  // Of clients' connections.
  void Accepted(const ListenerKey& listener);
  void Ended(const ListenerKey& listener, uint64_t received, uint64_t sent, ResponseFlags flags);
  void Handshake(const ListenerKey& listener, bool ok, bool resumed);

  // Of requests: each begins once, and ends with its log.
  void RequestBegan(const ListenerKey& listener);
  // `cluster` is the label of the log's cluster; empty: none.
  void RequestEnded(const RequestLog& log, std::string_view cluster);

  // Of upstreams, by name: "outbound|9080|v1|reviews.prod.svc.cluster.local".
  void Connected(std::string_view cluster);
  void Disconnected(std::string_view cluster, uint64_t received, uint64_t sent);

  void Shed() { ++stats_.shed; }
  void Flood() { ++stats_.floods; }

  // Copy returns the counters with their rows sorted.
  Stats Copy(uint64_t memory_bytes) const;

 private:
  struct Table {
    StringMap<uint32_t> index;
    std::vector<std::pair<std::string, Traffic>> rows;
  };

  Traffic& Row(Table& table, std::string_view key);
  Traffic& Row(const ListenerKey& listener);

  const uint32_t rows_;
  Stats stats_;  // Without its rows.
  std::vector<Stats::Row<ListenerKey>> listeners_;
  Table hosts_, clusters_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_STATS_BOOK_H_
