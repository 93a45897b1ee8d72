#include "lib/model/diagnostic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace postern {
namespace {

Diagnostic Finding(std::string file, int line, int column, std::string rule) {
  Diagnostic finding;
  finding.rule = std::move(rule);
  finding.resource = "Gateway ns/web";
  finding.where = {std::move(file), line, column};
  finding.message = "must not be empty";
  return finding;
}

TEST(DiagnosticTest, ToStringPutsAllOnOneLine) {
  Diagnostic finding = Finding("web.yaml", 12, 7, "server-hosts-required");
  finding.path = "spec.servers[0].hosts";
  EXPECT_EQ(finding.ToString(),
            "web.yaml:12:7: error: Gateway ns/web: spec.servers[0].hosts: must not be empty "
            "[server-hosts-required]");
  finding.other = Diagnostic::Place{"Gateway ns/old", "spec.servers[1]", {"old.yaml", 3, 5}};
  finding.severity = Severity::kWarning;
  EXPECT_EQ(finding.ToString(),
            "web.yaml:12:7: warning: Gateway ns/web: spec.servers[0].hosts: must not be empty "
            "(see Gateway ns/old spec.servers[1] at old.yaml:3:5) [server-hosts-required]");
}

TEST(DiagnosticTest, ToStringLeavesOutWhatIsUnknown) {
  Diagnostic finding;
  finding.severity = Severity::kInfo;
  finding.message = "no such file";
  EXPECT_EQ(finding.ToString(), "info: no such file");
  finding.where.file = "a.yaml";
  EXPECT_EQ(finding.ToString(), "a.yaml: info: no such file");
}

TEST(DiagnosticTest, ToStatusListsErrorsOnly) {
  Diagnostic warning = Finding("a", 1, 1, "w");
  warning.severity = Severity::kWarning;
  EXPECT_TRUE(ToStatus({}).ok());
  EXPECT_TRUE(ToStatus({warning}).ok());
  const absl::Status status = ToStatus({Finding("a", 1, 1, "x"), warning, Finding("b", 2, 3, "y")});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "a:1:1: error: Gateway ns/web: must not be empty [x]\n"
            "b:2:3: error: Gateway ns/web: must not be empty [y]");
}

TEST(DiagnosticTest, PlacesComeInOrderAndThenWhatHasNone) {
  Diagnostic gateway = Finding("", 0, 0, "b");
  Diagnostic service = Finding("", 0, 0, "a");
  service.resource = "VirtualService ns/a";
  Diagnostic file = Finding("b.yaml", 0, 0, "z");
  const std::vector<Diagnostic> sorted = {
      Finding("a.yaml", 1, 9, "z"),
      Finding("a.yaml", 2, 1, "a"),
      Finding("a.yaml", 2, 1, "b"),
      Finding("a.yaml", 2, 2, "a"),
      file,
      Finding("b.yaml", 1, 1, "a"),
      gateway,
      service,
  };
  std::vector<Diagnostic> shuffled = sorted;
  std::reverse(shuffled.begin(), shuffled.end());
  SortFindings(&shuffled);
  EXPECT_EQ(shuffled, sorted);
}

}  // namespace
}  // namespace postern
