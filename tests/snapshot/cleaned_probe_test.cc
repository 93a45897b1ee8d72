#include "lib/snapshot/cleaned_probe.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace postern {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

Headers Cleaned(const Headers& headers, const SnapshotOptions& options = {}, Probe probe = {}) {
  probe.headers = headers;
  return CleanedProbe(options, probe).headers;
}

TEST(CleanedProbeTest, TheProxySaysWhoseRequestItIs) {
  const Headers expected = {{"x-forwarded-for", "192.0.2.1"},
                            {"x-forwarded-proto", "http"},
                            {"x-envoy-external-address", "192.0.2.1"},
                            {"x-request-id", "00000000-0000-4000-8000-000000000000"}};
  EXPECT_EQ(Cleaned({}), expected);
}

TEST(CleanedProbeTest, TheOptionsSayWhatIsBelievedAndSent) {
  SnapshotOptions options;
  options.num_trusted_proxies = 1;
  options.request_id = false;
  options.x_forwarded_port = true;
  Probe client;
  client.listener.port = 443;
  client.client_ip = "2001:db8::1";
  client.sni = "a.com";
  const Headers expected = {{"x-request-id", "mine"},
                            {"x-forwarded-for", "203.0.113.9,2001:db8::1"},
                            {"x-forwarded-proto", "https"},
                            {"x-forwarded-port", "443"},
                            {"x-envoy-external-address", "203.0.113.9"}};
  EXPECT_EQ(
      Cleaned({{"x-request-id", "mine"}, {"x-forwarded-for", "203.0.113.9"}}, options, client),
      expected);
}

TEST(CleanedProbeTest, WhatAClientMayNotSayIsGone) {
  SnapshotOptions options;
  options.request_id = false;
  const Headers told = Cleaned({{"x-envoy-retry-on", "5xx"},
                                {"x-envoy-other", "1"},
                                {"connection", "x-nominated"},
                                {"x-nominated", "1"},
                                {"x-forwarded-client-cert", "Hash=1"}},
                               options);
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[0].first, "x-envoy-other");
  EXPECT_EQ(told[1].first, "x-forwarded-for");
}

TEST(CleanedProbeTest, AnUpgradeIsKept) {
  const Headers told = Cleaned({{"connection", "Upgrade"}, {"upgrade", "websocket"}});
  ASSERT_GE(told.size(), 2u);
  EXPECT_EQ(told[0].first, "connection");
  EXPECT_EQ(told[1].first, "upgrade");
}

TEST(CleanedProbeTest, FieldsAreAsACodecReadsThem) {
  const Headers crumbs = {{"Cookie", " a=1\t"}, {"cookie", "b=2"}};
  Headers told = Cleaned(crumbs);
  EXPECT_EQ(told[0], (std::pair<std::string, std::string>("cookie", "a=1")));
  EXPECT_EQ(told[1], (std::pair<std::string, std::string>("cookie", "b=2")));
  Probe client;
  client.scheme = "http";  // HTTP/2.
  told = Cleaned(crumbs, {}, client);
  EXPECT_EQ(told[0], (std::pair<std::string, std::string>("cookie", "a=1; b=2")));
  EXPECT_EQ(told[1].first, "x-forwarded-for");
}

}  // namespace
}  // namespace postern
