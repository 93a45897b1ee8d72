// Cases of kind rule: a resource that breaks one rule and no other. They are the examples of
// docs/rules.md, and every rule has one.

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/config.h"
#include "tests/cases/case_kinds.h"

namespace postern {
namespace {

void RunRule(const CaseNode& row) {
  ExpectKeys(row, {"rule", "yaml", "macro"});
  const std::string yaml =
      row["macro"].Bool() ? ExpandMacros(row["yaml"].Text()) : row["yaml"].Text();
  const std::vector<Diagnostic> findings = Validate(Config::FromYaml(yaml));
  std::set<std::string> rules;
  std::string print;
  for (const Diagnostic& finding : findings) {
    rules.insert(finding.rule);
    StrAppend(&print, "  ", finding.ToString(), "\n");
  }
  EXPECT_EQ(std::set<std::string>{row["rule"].Text()}, rules) << print;
}

constexpr CaseKind kKinds[] = {{"rule", RunRule}};

}  // namespace

std::span<const CaseKind> RuleCases() { return kKinds; }

}  // namespace postern
