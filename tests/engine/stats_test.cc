#include "postern/stats.h"

#include <gtest/gtest.h>

#include <string>

#include "postern/log.h"

namespace postern {
namespace {

bool HasLine(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

Stats::Row<std::string> Row(std::string key, uint64_t requests) {
  Stats::Row<std::string> row;
  row.key = std::move(key);
  row.traffic.requests = requests;
  return row;
}

TEST(StatsTest, MergeAddsEveryCounter) {
  Traffic traffic;
  traffic.connections = 1;
  traffic.connections_active = 2;
  traffic.requests = 3;
  traffic.requests_active = 4;
  for (size_t i = 0; i < traffic.responses.size(); ++i) traffic.responses[i] = 5 + i;
  for (size_t i = 0; i < traffic.flags.size(); ++i) traffic.flags[i] = 20 + i;
  traffic.received_bytes = 60;
  traffic.sent_bytes = 61;
  traffic.tls_handshakes = 62;
  traffic.tls_resumed = 63;
  traffic.tls_failures = 64;
  traffic.retries = 65;
  traffic.timeouts = 66;
  for (size_t i = 0; i < traffic.duration.counts.size(); ++i) traffic.duration.counts[i] = 70 + i;
  traffic.duration.sum = 1.5;
  Stats one;
  one.total = traffic;
  one.memory_bytes = 7;
  one.shed = 8;
  one.floods = 9;
  Stats sum = one;
  sum.Merge(one);
  EXPECT_EQ(sum.memory_bytes, 14u);
  EXPECT_EQ(sum.shed, 16u);
  EXPECT_EQ(sum.floods, 18u);
  const Traffic& total = sum.total;
  EXPECT_EQ(total.connections, 2u);
  EXPECT_EQ(total.connections_active, 4u);
  EXPECT_EQ(total.requests, 6u);
  EXPECT_EQ(total.requests_active, 8u);
  for (size_t i = 0; i < total.responses.size(); ++i) EXPECT_EQ(total.responses[i], 2 * (5 + i));
  for (size_t i = 0; i < total.flags.size(); ++i) EXPECT_EQ(total.flags[i], 2 * (20 + i));
  EXPECT_EQ(total.received_bytes, 120u);
  EXPECT_EQ(total.sent_bytes, 122u);
  EXPECT_EQ(total.tls_handshakes, 124u);
  EXPECT_EQ(total.tls_resumed, 126u);
  EXPECT_EQ(total.tls_failures, 128u);
  EXPECT_EQ(total.retries, 130u);
  EXPECT_EQ(total.timeouts, 132u);
  for (size_t i = 0; i < total.duration.counts.size(); ++i) {
    EXPECT_EQ(total.duration.counts[i], 2 * (70 + i));
  }
  EXPECT_EQ(total.duration.sum, 3.0);
}

TEST(StatsTest, MergeJoinsRowsByKeyAndKeepsThemSorted) {
  Stats a;
  a.hosts = {Row("b", 1), Row("d", 2)};
  Stats b;
  b.hosts = {Row("a", 10), Row("b", 20), Row("e", 30)};
  a.Merge(b);
  std::string rows;
  for (const auto& row : a.hosts) rows += row.key + std::to_string(row.traffic.requests) + " ";
  EXPECT_EQ(rows, "a10 b21 d2 e30 ");
  Stats listeners;
  listeners.listeners = {{{"", 80}, {}}, {{"", 443}, {}}};
  Stats more;
  more.listeners = {{{"", 443}, {}}, {{"10.0.0.1", 80}, {}}};
  listeners.Merge(more);
  EXPECT_EQ(listeners.listeners.size(), 3u);
}

TEST(StatsTest, PrometheusTextHasTheTotalsUnderEnvoysNames) {
  Stats stats;
  stats.total.connections = 12;
  stats.total.requests_active = 3;
  stats.total.responses[4] = 5;
  stats.memory_bytes = 4096;
  const std::string text = stats.ToPrometheus();
  EXPECT_TRUE(HasLine(text, "# TYPE envoy_http_downstream_cx_total counter")) << text;
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_cx_total 12"));
  EXPECT_TRUE(HasLine(text, "# TYPE envoy_http_downstream_rq_active gauge"));
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_active 3"));
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_xx{envoy_response_code_class=\"4\"} 5"));
  EXPECT_TRUE(HasLine(text, "envoy_server_memory_allocated 4096"));
}

TEST(StatsTest, EachMetricIsDeclaredOnceHoweverManyRowsItHas) {
  Stats stats;
  stats.hosts = {Row("a.example.com", 1), Row("b.example.com", 2)};
  const std::string text = stats.ToPrometheus();
  const std::string type = "# TYPE envoy_vhost_upstream_rq_total counter\n";
  const size_t first = text.find(type);
  ASSERT_NE(first, std::string::npos) << text;
  EXPECT_EQ(text.find(type, first + 1), std::string::npos);
  EXPECT_TRUE(
      HasLine(text, "envoy_vhost_upstream_rq_total{envoy_virtual_host=\"a.example.com\"} 1"));
  EXPECT_TRUE(
      HasLine(text, "envoy_vhost_upstream_rq_total{envoy_virtual_host=\"b.example.com\"} 2"));
}

TEST(StatsTest, LabelsAreEscaped) {
  Stats stats;
  stats.clusters = {Row("a\"b\\c\nd", 7)};
  EXPECT_TRUE(HasLine(stats.ToPrometheus(),
                      R"(envoy_cluster_upstream_rq_total{envoy_cluster_name="a\"b\\c\nd"} 7)"));
}

TEST(StatsTest, BucketsOfAHistogramAreCumulative) {
  Stats stats;
  stats.total.duration.counts[0] = 2;   // Up to 0.5 ms.
  stats.total.duration.counts[2] = 3;   // Up to 5 ms.
  stats.total.duration.counts[19] = 4;  // Above all.
  stats.total.duration.sum = 12345678.25;
  const std::string text = stats.ToPrometheus();
  EXPECT_TRUE(HasLine(text, "# TYPE envoy_http_downstream_rq_time histogram")) << text;
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_time_bucket{le=\"0.5\"} 2"));
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_time_bucket{le=\"1\"} 2"));
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_time_bucket{le=\"5\"} 5"));
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_time_bucket{le=\"3600000\"} 5"));
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_time_bucket{le=\"+Inf\"} 9"));
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_time_count 9"));
  EXPECT_TRUE(HasLine(text, "envoy_http_downstream_rq_time_sum 12345678.25"));
}

}  // namespace
}  // namespace postern
