#include <gtest/gtest.h>

#include "lib/yaml/field_writer.h"
#include "postern/config.h"
#include "tests/support/case_reader.h"

namespace postern {
namespace {

template <typename T>
int ExpectRoundTrips(const std::vector<T>& resources) {
  for (const T& resource : resources) {
    const std::string yaml = resource.ToYaml();
    const auto again = T::FromYaml(yaml);
    EXPECT_TRUE(again.ok()) << again.status() << "\n" << yaml;
    if (!again.ok()) continue;
    EXPECT_EQ(*again == resource, true) << yaml;
    EXPECT_EQ(again->ToYaml(), yaml);
  }
  return static_cast<int>(resources.size());
}

TEST(WriterTest, EachResourceOfTheCasesReadsBackEqual) {
  int resources = 0;
  for (const std::string& path : CaseFiles("tests/testdata/cases")) {
    for (const CaseNode& test : ReadCaseFile(path).items) {
      if (!test.Has("yaml")) continue;
      const Config config = Config::FromYaml(test["yaml"].Text());
      resources += ExpectRoundTrips(config.gateways) + ExpectRoundTrips(config.virtual_services) +
                   ExpectRoundTrips(config.destination_rules) +
                   ExpectRoundTrips(config.service_entries) +
                   ExpectRoundTrips(config.workload_entries);
    }
  }
  EXPECT_GT(resources, 1500);
}

TEST(WriterTest, YamlIsCanonical) {
  Gateway gateway;
  gateway.metadata.name = "web";
  gateway.metadata.ns = "istio-system";
  gateway.metadata.labels = {{"on", "1"}, {"a", ""}};
  gateway.metadata.creation_timestamp = std::chrono::sys_seconds(std::chrono::seconds(0));
  Server& server = gateway.servers.emplace_back();
  server.port = Port{443, "HTTPS", "https", 0};
  server.hosts = {"*.example.com", "ns1/b.example.com"};
  server.tls.emplace().mode = ServerTlsSettings::TlsMode::kSimple;
  server.tls->insecure_skip_verify = false;
  server.tls->min_protocol_version = static_cast<ServerTlsSettings::TlsProtocol>(9);
  gateway.servers.emplace_back();
  EXPECT_EQ(gateway.ToYaml(),
            "apiVersion: networking.istio.io/v1\n"
            "kind: Gateway\n"
            "metadata:\n"
            "  name: web\n"
            "  namespace: istio-system\n"
            "  labels:\n"
            "    a: \"\"\n"
            "    \"on\": \"1\"\n"
            "  creationTimestamp: \"1970-01-01T00:00:00Z\"\n"
            "spec:\n"
            "  servers:\n"
            "  - port:\n"
            "      number: 443\n"
            "      name: https\n"
            "      protocol: HTTPS\n"
            "    hosts:\n"
            "    - \"*.example.com\"\n"
            "    - ns1/b.example.com\n"
            "    tls:\n"
            "      mode: SIMPLE\n"
            "      minProtocolVersion: 9\n"
            "      insecureSkipVerify: false\n"
            "  - {}\n");
}

TEST(WriterTest, WhatIsSetIsWrittenWhateverItHolds) {
  VirtualService service;
  service.metadata.api_version = "networking.istio.io/v1beta1";
  service.metadata.ns = "default";
  HttpRoute& route = service.http.emplace_back();
  HttpMatchRequest& match = route.match.emplace_back();
  match.uri = StringMatch{"", std::nullopt, std::nullopt};
  match.headers["x"] = StringMatch();
  match.headers[std::string(2000, 'k')] = StringMatch{std::nullopt, std::nullopt, ".*"};
  match.query_params["<<"] =
      StringMatch{std::nullopt, "a: b #c\n\t\r\x01\"\\\u00e9\u2028\ufeff", std::nullopt};
  route.timeout = Duration(0);
  route.fault.emplace().delay = HttpFaultInjection::Delay();
  route.fault->delay->percentage = Percent{0.001};
  route.mirror_percentage = Percent{};
  route.mirror_percent = 0;
  route.direct_response.emplace().body.emplace().bytes = std::string("\0\xff", 2);
  route.cors_policy.emplace();
  route.retries.emplace().retry_remote_localities = false;
  const auto again = VirtualService::FromYaml(service.ToYaml());
  ASSERT_TRUE(again.ok()) << again.status() << service.ToYaml();
  EXPECT_TRUE(*again == service) << service.ToYaml();
}

TEST(WriterTest, StringsAreQuotedWhereAnythingElseCouldBeMeant) {
  const struct {
    std::string_view text;
    std::string_view yaml;
  } cases[] = {
      {"a.example.com", "a.example.com"},
      {"/api/v1", "/api/v1"},
      {"TLSV1_2", "TLSV1_2"},
      {"", "\"\""},
      {"*", "\"*\""},
      {"on", "\"on\""},
      {"443", "\"443\""},
      {"1e3", "\"1e3\""},
      {"null", "\"null\""},
      {"-a", "\"-a\""},
      {"a b", "\"a b\""},
      {"a:b", "\"a:b\""},
      {"a\nb", "\"a\\nb\""},
      {"\x1b", "\"\\u001b\""},
      {"\u00e9", "\"\u00e9\""},
      {"\u2028", "\"\\u2028\""},
      {"\"\\", "\"\\\"\\\\\""},
  };
  for (const auto& c : cases) EXPECT_EQ(YamlString(c.text), c.yaml);
}

}  // namespace
}  // namespace postern
