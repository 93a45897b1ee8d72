#include "lib/validate/finding_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "postern/config.h"

namespace postern {
namespace {

size_t Count(const std::vector<Diagnostic>& findings, std::string_view rule) {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [rule](const Diagnostic& finding) { return finding.rule == rule; }));
}

TEST(FindingListTest, ListsAThousandOfARuleAndCountsTheRest) {
  Config config;
  Gateway& gateway = config.gateways.emplace_back();
  gateway.metadata.name = "g";
  gateway.metadata.ns = "n";
  Server& server = gateway.servers.emplace_back();
  server.port = Port{80, "kafka", "a", 0};
  for (int i = 0; i < 5000; ++i) server.hosts.push_back(StrCat("a", i));
  const std::vector<Diagnostic> findings = Validate(config);
  EXPECT_EQ(Count(findings, "server-host-name-short"), 1000u) << findings.front().rule;
  EXPECT_EQ(Count(findings, "server-port-protocol-unknown"), 1u) << "another rule of the resource";
  const auto said = std::count_if(findings.begin(), findings.end(), [](const Diagnostic& finding) {
    return finding.message.ends_with("; of this rule, 4000 more are not listed");
  });
  EXPECT_EQ(said, 1);
}

TEST(FindingListTest, EachResourceWithAnErrorHasOneListed) {
  Config config;
  for (int i = 0; i < 3000; ++i) {
    Gateway& gateway = config.gateways.emplace_back();
    gateway.metadata.name = StrCat("g", i);
    gateway.metadata.ns = "n";
    Server& server = gateway.servers.emplace_back();
    server.port = Port{80, "HTTP", "a", 0};
    server.hosts = {"a_b.com", "c_d.com"};
  }
  const std::vector<Diagnostic> findings = Validate(config);
  for (const Gateway& gateway : config.gateways) {
    const std::string resource = StrCat("Gateway n/", gateway.metadata.name);
    EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [&](const Diagnostic& finding) {
      return finding.resource == resource && finding.severity == Severity::kError;
    })) << resource;
  }
  EXPECT_LT(findings.size(), 3600u);
}

TEST(FindingListTest, WhatReadingFoundIsKeptWhatever) {
  Config config;
  config.findings.resize(5000);
  EXPECT_EQ(Validate(config).size(), 5000u);
}

}  // namespace
}  // namespace postern
