// Cases of the algebra of host names, of two and of lists.

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/compile/bind.h"
#include "lib/compile/host_join.h"
#include "lib/match/host_names.h"
#include "lib/validate/host_overlap.h"
#include "tests/cases/case_kinds.h"

namespace postern {
namespace {

void RunPair(const CaseNode& row) {
  ExpectKeys(row, {"a", "b", "matches", "a_subset_of_b", "b_subset_of_a", "a_sorts_before_b"});
  const std::string a = row["a"].Text();
  const std::string b = row["b"].Text();
  EXPECT_EQ(row["matches"].Bool(), HostsOverlap(a, b));
  EXPECT_EQ(row["matches"].Bool(), HostsOverlap(b, a));
  EXPECT_EQ(row["a_subset_of_b"].Bool(), HostIsSubset(a, b));
  EXPECT_EQ(row["b_subset_of_a"].Bool(), HostIsSubset(b, a));
  EXPECT_EQ(row["a_sorts_before_b"].Bool(), HostPrecedes(a, b));
  // The tables of lib/validate answer the same.
  const std::vector<std::string> both = {a, b};
  EXPECT_EQ(row["matches"].Bool(), !FindOverlaps(both, 10).empty());
  EXPECT_EQ(row["a_subset_of_b"].Bool(), HostCover(std::vector{b}).Covers(a));
  EXPECT_EQ(row["b_subset_of_a"].Bool(), HostCover(std::vector{a}).Covers(b));
}

void RunIntersection(const CaseNode& row) {
  ExpectKeys(row, {"a", "b", "expected"});
  const std::vector<std::string> a = row["a"].Texts(), b = row["b"].Texts();
  HostJoin join;
  for (uint32_t i = 0; i < b.size(); ++i) join.Add({b[i], 0, i});
  join.Seal();
  std::vector<std::string> both;
  for (const std::string& host : a) {
    std::vector<HostJoin::Match> matches;
    join.Find(host, &matches);
    std::sort(matches.begin(), matches.end(), [](const auto& one, const auto& other) {
      return one.entry->position < other.entry->position;
    });
    for (const HostJoin::Match& match : matches) {
      if (std::find(both.begin(), both.end(), match.narrower) == both.end()) {
        both.emplace_back(match.narrower);
      }
    }
  }
  EXPECT_EQ(row["expected"].Texts(), both);
}

// What a VirtualService of the namespace gets of a server if its own host is "*".
void RunForNamespace(const CaseNode& row) {
  ExpectKeys(row, {"hosts", "namespace", "expected"});
  Gateway gateway;
  gateway.metadata.ns = "gateways";
  gateway.metadata.name = "gw";
  MergedServer server;
  server.ref.gateway = &gateway;
  for (const std::string& host : row["hosts"].Texts()) {
    server.hosts.push_back(host.starts_with("*/") ? host.substr(2) : host);
  }
  VirtualService source;
  source.metadata.ns = row["namespace"].Text();
  ResolvedVirtualService service;
  service.source = &source;
  service.hosts = {"*"};
  service.gateways = {"gateways/gw"};
  const Binder binder({&service, 1});
  std::vector<std::string> visible;
  for (const Binding& binding : binder.Bind(server)) {
    visible.assign(binding.hosts.begin(), binding.hosts.end());
  }
  EXPECT_EQ(row["expected"].Texts(), visible);
}

void RunSort(const CaseNode& row) {
  ExpectKeys(row, {"in", "expected"});
  std::vector<std::string> hosts = row["in"].Texts();
  std::sort(hosts.begin(), hosts.end(), [](const std::string& a, const std::string& b) {
    return a != b && HostPrecedes(a, b);
  });
  EXPECT_EQ(row["expected"].Texts(), hosts);
}

void RunGatewayName(const CaseNode& row) {
  ExpectKeys(row, {"input", "namespace", "expected"});
  // "mesh" stands for sidecars and not for a Gateway, so that it is never resolved.
  const std::string input = row["input"].Text();
  EXPECT_EQ(row["expected"].Text(),
            input == "mesh" ? input : ResolveGatewayName(input, row["namespace"].Text()));
}

void RunShortHost(const CaseNode& row) {
  ExpectKeys(row, {"input", "namespace", "domain", "expected"});
  EXPECT_EQ(row["expected"].Text(),
            ResolveShortHost(row["input"].Text(), row["namespace"].Text(), row["domain"].Text()));
}

constexpr CaseKind kKinds[] = {
    {"hostpair", RunPair},
    {"host_intersection", RunIntersection},
    {"host_for_namespace", RunForNamespace},
    {"host_sort", RunSort},
    {"resolve_gateway_name", RunGatewayName},
    {"resolve_short_host", RunShortHost},
};

}  // namespace

std::span<const CaseKind> HostCases() { return kKinds; }

}  // namespace postern
