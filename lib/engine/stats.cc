#include "postern/stats.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "lib/base/strings.h"
#include "postern/log.h"

namespace postern {
namespace {

void Add(const Traffic& from, Traffic* to) {
  to->connections += from.connections;
  to->connections_active += from.connections_active;
  to->requests += from.requests;
  to->requests_active += from.requests_active;
  for (size_t i = 0; i < to->responses.size(); ++i) to->responses[i] += from.responses[i];
  for (size_t i = 0; i < to->flags.size(); ++i) to->flags[i] += from.flags[i];
  to->received_bytes += from.received_bytes;
  to->sent_bytes += from.sent_bytes;
  to->tls_handshakes += from.tls_handshakes;
  to->tls_resumed += from.tls_resumed;
  to->tls_failures += from.tls_failures;
  to->retries += from.retries;
  to->timeouts += from.timeouts;
  for (size_t i = 0; i < to->duration.counts.size(); ++i) {
    to->duration.counts[i] += from.duration.counts[i];
  }
  to->duration.sum += from.duration.sum;
}

template <typename Key>
void Add(const std::vector<Stats::Row<Key>>& from, std::vector<Stats::Row<Key>>* to) {
  for (const Stats::Row<Key>& row : from) {
    const auto at = std::lower_bound(to->begin(), to->end(), row.key,
                                     [](const auto& a, const Key& key) { return a.key < key; });
    if (at != to->end() && at->key == row.key) {
      Add(row.traffic, &at->traffic);
    } else {
      to->insert(at, row);
    }
  }
}

// A Subject is one row to print: its labels, with their braces' inside, and its numbers.
struct Subject {
  std::string labels;
  const Traffic* traffic;
};

std::string Label(std::string_view name, std::string_view value) {
  std::string label = StrCat(name, "=\"");
  for (const char c : value) {
    if (c == '\n') {
      label += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') label += '\\';
    label += c;
  }
  return label + "\"";
}

// Decimal returns all digits of `number`, where StrCat would round to six of them.
std::string Decimal(double number) {
  std::array<char, 350> digits;  // The greatest double has 309 before its point.
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed)
          .ptr;
  return std::string(digits.data(), end);
}

// A Family prints the metrics of one kind of subject, under the prefix that Envoy gives it.
class Family {
 public:
  Family(std::string_view prefix, std::vector<Subject> subjects, std::string* out)
      : prefix_(prefix), subjects_(std::move(subjects)), out_(out) {}

  void Counter(std::string_view name, uint64_t Traffic::*member) {
    Print(name, "counter", [member](const Traffic& traffic) { return traffic.*member; });
  }
  void Gauge(std::string_view name, uint64_t Traffic::*member) {
    Print(name, "gauge", [member](const Traffic& traffic) { return traffic.*member; });
  }

  // Prints the responses of each hundred of statuses.
  void Responses(std::string_view name) {
    Type(name, "counter");
    for (const Subject& subject : subjects_) {
      for (int hundreds = 1; hundreds <= 5; ++hundreds) {
        const std::string code = Label("envoy_response_code_class", StrCat(hundreds));
        Sample(name, Joined(code, subject.labels), subject.traffic->responses[hundreds]);
      }
    }
  }

  void Flags(std::string_view name) {
    Type(name, "counter");
    for (const Subject& subject : subjects_) {
      for (size_t i = 0; i < subject.traffic->flags.size(); ++i) {
        if (subject.traffic->flags[i] == 0) continue;
        const ResponseFlags flag = {.bits = uint32_t{1} << i};
        Sample(name, Joined(Label("response_flags", flag.ToString()), subject.labels),
               subject.traffic->flags[i]);
      }
    }
  }

  void Durations(std::string_view name) {
    Type(name, "histogram");
    for (const Subject& subject : subjects_) {
      const Histogram& histogram = subject.traffic->duration;
      uint64_t count = 0;
      for (size_t i = 0; i < histogram.counts.size(); ++i) {
        count += histogram.counts[i];
        const bool last = i == Histogram::kUpperBounds.size();
        const std::string bound = last ? "+Inf" : Decimal(Histogram::kUpperBounds[i]);
        Sample(StrCat(name, "_bucket"), Joined(subject.labels, Label("le", bound)), count);
      }
      Sample(StrCat(name, "_sum"), subject.labels, Decimal(histogram.sum));
      Sample(StrCat(name, "_count"), subject.labels, count);
    }
  }

 private:
  static std::string Joined(std::string_view a, std::string_view b) {
    return StrCat(a, a.empty() || b.empty() ? "" : ",", b);
  }

  void Type(std::string_view name, std::string_view type) {
    StrAppend(out_, "# TYPE ", prefix_, name, " ", type, "\n");
  }

  template <typename Number>
  void Sample(std::string_view name, std::string_view labels, Number number) {
    StrAppend(out_, prefix_, name);
    if (!labels.empty()) StrAppend(out_, "{", labels, "}");
    StrAppend(out_, " ", number, "\n");
  }

  template <typename Read>
  void Print(std::string_view name, std::string_view type, Read read) {
    Type(name, type);
    for (const Subject& subject : subjects_) Sample(name, subject.labels, read(*subject.traffic));
  }

  std::string_view prefix_;
  std::vector<Subject> subjects_;
  std::string* out_;
};

void PrintDownstream(std::string_view prefix, std::vector<Subject> subjects, std::string* out) {
  Family family(prefix, std::move(subjects), out);
  family.Counter("downstream_cx_total", &Traffic::connections);
  family.Gauge("downstream_cx_active", &Traffic::connections_active);
  family.Counter("downstream_cx_rx_bytes_total", &Traffic::received_bytes);
  family.Counter("downstream_cx_tx_bytes_total", &Traffic::sent_bytes);
  family.Counter("downstream_rq_total", &Traffic::requests);
  family.Gauge("downstream_rq_active", &Traffic::requests_active);
  family.Responses("downstream_rq_xx");
  family.Flags("downstream_rq_flags");
  family.Counter("ssl_handshake", &Traffic::tls_handshakes);
  family.Counter("ssl_session_reused", &Traffic::tls_resumed);
  family.Counter("ssl_connection_error", &Traffic::tls_failures);
  family.Durations("downstream_rq_time");
}

}  // namespace

void Stats::Merge(const Stats& other) {
  Add(other.total, &total);
  memory_bytes += other.memory_bytes;
  shed += other.shed;
  floods += other.floods;
  Add(other.listeners, &listeners);
  Add(other.hosts, &hosts);
  Add(other.clusters, &clusters);
}

std::string Stats::ToPrometheus() const {
  std::string out;
  PrintDownstream("envoy_http_", {{"", &total}}, &out);
  StrAppend(&out, "# TYPE envoy_server_memory_allocated gauge\nenvoy_server_memory_allocated ",
            memory_bytes, "\n# TYPE envoy_http_downstream_rq_overload_close counter\n",
            "envoy_http_downstream_rq_overload_close ", shed,
            "\n# TYPE envoy_http_downstream_cx_protocol_error counter\n",
            "envoy_http_downstream_cx_protocol_error ", floods, "\n");

  std::vector<Subject> subjects;
  for (const auto& row : listeners) {
    const bool other = row.key.port == 0;
    subjects.push_back(
        {Label("envoy_listener_address", other ? "other" : row.key.ToString()), &row.traffic});
  }
  PrintDownstream("envoy_listener_", std::move(subjects), &out);

  subjects.clear();
  for (const auto& row : hosts) {
    subjects.push_back({Label("envoy_virtual_host", row.key), &row.traffic});
  }
  Family virtual_hosts("envoy_vhost_", std::move(subjects), &out);
  virtual_hosts.Counter("upstream_rq_total", &Traffic::requests);
  virtual_hosts.Responses("upstream_rq_xx");
  virtual_hosts.Durations("upstream_rq_time");

  subjects.clear();
  for (const auto& row : clusters) {
    subjects.push_back({Label("envoy_cluster_name", row.key), &row.traffic});
  }
  Family upstreams("envoy_cluster_", std::move(subjects), &out);
  upstreams.Counter("upstream_cx_total", &Traffic::connections);
  upstreams.Gauge("upstream_cx_active", &Traffic::connections_active);
  upstreams.Counter("upstream_cx_rx_bytes_total", &Traffic::received_bytes);
  upstreams.Counter("upstream_cx_tx_bytes_total", &Traffic::sent_bytes);
  upstreams.Counter("upstream_rq_total", &Traffic::requests);
  upstreams.Responses("upstream_rq_xx");
  upstreams.Counter("upstream_rq_retry", &Traffic::retries);
  upstreams.Counter("upstream_rq_timeout", &Traffic::timeouts);
  upstreams.Flags("upstream_rq_flags");
  upstreams.Durations("upstream_rq_time");
  return out;
}

}  // namespace postern
