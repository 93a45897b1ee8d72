// Cases of the algebra of host names, of two and of lists.

#include <string>
#include <vector>

#include "gtest/gtest.h"
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
  EXPECT_EQ(row["expected"].Texts(), IntersectHosts(row["a"].Texts(), row["b"].Texts()));
}

void RunForNamespace(const CaseNode& row) {
  ExpectKeys(row, {"hosts", "namespace", "expected"});
  EXPECT_EQ(row["expected"].Texts(),
            HostsForNamespace(row["hosts"].Texts(), row["namespace"].Text()));
}

void RunSort(const CaseNode& row) {
  ExpectKeys(row, {"in", "expected"});
  std::vector<std::string> hosts = row["in"].Texts();
  SortHosts(&hosts);
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
