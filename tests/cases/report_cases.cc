// Cases of kind report: resources that are valid, and all that Snapshot::report() says of them,
// with both places, as a proxy with the label "istio: gw" in namespace istio-system has it.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "lib/compile/report_rules.h"
#include "postern/config.h"
#include "postern/snapshot.h"
#include "tests/cases/case_kinds.h"

namespace postern {
namespace {

void RunReport(const CaseNode& row) {
  ExpectKeys(row, {"yaml", "expected", "max_regex_bytes"});
  SnapshotOptions options;
  options.labels = {{"istio", "gw"}};
  options.max_regex_bytes = static_cast<size_t>(
      row["max_regex_bytes"].Int(static_cast<int64_t>(options.max_regex_bytes)));
  const auto snapshot = Snapshot::Build(Config::FromYaml(row["yaml"].Text()), options);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  std::vector<std::string> actual;
  for (const Finding& finding : (*snapshot)->report()) {
    const ReportRule* rule = FindReportRule(finding.diagnostic.rule);
    ASSERT_NE(rule, nullptr) << finding.diagnostic.ToString();
    EXPECT_EQ(finding.witness.has_value(), rule->witness != ReportRule::Witness::kNone)
        << finding.diagnostic.ToString();
    actual.push_back(finding.diagnostic.ToString());
  }
  EXPECT_EQ(row["expected"].Texts(), actual);
}

constexpr CaseKind kKinds[] = {{"report", RunReport}};

}  // namespace

std::span<const CaseKind> ReportCases() { return kKinds; }

}  // namespace postern
