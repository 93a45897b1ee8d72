#include "lib/engine/stats_book.h"

#include <algorithm>
#include <bit>
#include <chrono>

namespace postern {
namespace {

constexpr std::string_view kOther = "other";

void CountFlags(ResponseFlags flags, Traffic* traffic) {
  for (uint32_t bits = flags.bits; bits != 0; bits &= bits - 1) {
    ++traffic->flags[static_cast<size_t>(std::countr_zero(bits))];
  }
}

// A Sample is one duration, and the bucket that it falls into.
struct Sample {
  explicit Sample(Duration duration)
      : ms(std::chrono::duration<double, std::milli>(duration).count()),
        bucket(static_cast<size_t>(std::ranges::lower_bound(Histogram::kUpperBounds, ms) -
                                   Histogram::kUpperBounds.begin())) {}

  double ms;
  size_t bucket;
};

void CountRequest(const RequestLog& log, const Sample& sample, Traffic* traffic) {
  const size_t hundreds = log.status >= 100 && log.status < 600 ? log.status / 100 : 0;
  ++traffic->responses[hundreds];
  CountFlags(log.flags, traffic);
  if (log.attempts > 1) traffic->retries += log.attempts - 1;
  if (log.flags.Has(ResponseFlag::kUT)) ++traffic->timeouts;
  ++traffic->duration.counts[sample.bucket];
  traffic->duration.sum += sample.ms;
}

}  // namespace

Traffic& StatsBook::Row(Table& table, std::string_view key) {
  if (const auto found = table.index.find(key); found != table.index.end()) {
    return table.rows[found->second].second;
  }
  const bool full = rows_ != 0 && table.rows.size() + 1 >= rows_;
  if (full && key != kOther) return Row(table, kOther);
  table.index.emplace(std::string(key), static_cast<uint32_t>(table.rows.size()));
  return table.rows.emplace_back(std::string(key), Traffic()).second;
}

// Listeners are few, and come from the configuration: a linear look is the fastest.
Traffic& StatsBook::Row(const ListenerKey& listener) {
  for (auto& row : listeners_) {
    if (row.key.port == listener.port && row.key.bind == listener.bind) return row.traffic;
  }
  const ListenerKey other;
  const bool full = rows_ != 0 && listeners_.size() + 1 >= rows_;
  if (full && !(listener == other)) return Row(other);
  return listeners_.emplace_back(Stats::Row<ListenerKey>{listener, {}}).traffic;
}

void StatsBook::Accepted(const ListenerKey& listener) {
  for (Traffic* traffic : {&stats_.total, &Row(listener)}) {
    ++traffic->connections;
    ++traffic->connections_active;
  }
}

void StatsBook::Ended(const ListenerKey& listener, uint64_t received, uint64_t sent,
                      ResponseFlags flags) {
  for (Traffic* traffic : {&stats_.total, &Row(listener)}) {
    --traffic->connections_active;
    traffic->received_bytes += received;
    traffic->sent_bytes += sent;
    CountFlags(flags, traffic);
  }
}

void StatsBook::Handshake(const ListenerKey& listener, bool ok, bool resumed) {
  for (Traffic* traffic : {&stats_.total, &Row(listener)}) {
    ++(ok ? traffic->tls_handshakes : traffic->tls_failures);
    if (ok && resumed) ++traffic->tls_resumed;
  }
}

void StatsBook::RequestBegan(const ListenerKey& listener) {
  for (Traffic* traffic : {&stats_.total, &Row(listener)}) {
    ++traffic->requests;
    ++traffic->requests_active;
  }
}

void StatsBook::RequestEnded(const RequestLog& log, std::string_view cluster) {
  const Sample sample(log.duration);
  for (Traffic* traffic : {&stats_.total, &Row(log.connection->listener)}) {
    --traffic->requests_active;
    CountRequest(log, sample, traffic);
  }
  if (!log.virtual_host.empty()) {
    Traffic& host = Row(hosts_, log.virtual_host);
    ++host.requests;
    CountRequest(log, sample, &host);
    host.received_bytes += log.request_bytes;
    host.sent_bytes += log.response_bytes;
  }
  if (cluster.empty()) return;
  Traffic& upstream = Row(clusters_, cluster);
  ++upstream.requests;
  CountRequest(log, sample, &upstream);
}

void StatsBook::Connected(std::string_view cluster) {
  Traffic& traffic = Row(clusters_, cluster);
  ++traffic.connections;
  ++traffic.connections_active;
}

void StatsBook::Disconnected(std::string_view cluster, uint64_t received, uint64_t sent) {
  Traffic& traffic = Row(clusters_, cluster);
  --traffic.connections_active;
  traffic.received_bytes += received;
  traffic.sent_bytes += sent;
}

Stats StatsBook::Copy(uint64_t memory_bytes) const {
  Stats copy = stats_;
  copy.memory_bytes = memory_bytes;
  copy.listeners = listeners_;
  std::sort(copy.listeners.begin(), copy.listeners.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  const auto add = [](const Table& table, std::vector<Stats::Row<std::string>>* rows) {
    for (const auto& [key, traffic] : table.rows) rows->push_back({key, traffic});
    std::sort(rows->begin(), rows->end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
  };
  add(hosts_, &copy.hosts);
  add(clusters_, &copy.clusters);
  return copy;
}

}  // namespace postern
