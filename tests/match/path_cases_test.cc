// The rows of tests/testdata/wire_cases/paths.yaml.

#include <gtest/gtest.h>

#include <string>

#include "lib/match/path.h"
#include "tests/support/case_reader.h"

namespace postern {
namespace {

using EscapedSlashes = PathRules::EscapedSlashes;

// RulesOf returns what `cfg` of a row stands for; fragments are refused in all of them.
PathRules RulesOf(const std::string& cfg) {
  PathRules rules = PathRules::Base();
  rules.reject_fragment = true;
  if (cfg == "normalize+merge_slashes") {
    rules.merge_slashes = true;
  } else if (cfg == "escaped_slashes=REJECT") {
    rules.escaped_slashes = EscapedSlashes::kReject;
  } else if (cfg == "escaped_slashes=UNESCAPE_AND_REDIRECT") {
    rules.escaped_slashes = EscapedSlashes::kUnescapeAndRedirect;
  } else if (cfg == "escaped_slashes=UNESCAPE_AND_FORWARD") {
    rules.escaped_slashes = EscapedSlashes::kUnescapeAndForward;
  } else {
    EXPECT_EQ(cfg, "normalize");
  }
  return rules;
}

TEST(PathCasesTest, EachRowHasItsOutcome) {
  const CaseNode rows = ReadCaseFile("tests/testdata/wire_cases/paths.yaml");
  for (const CaseNode& row : rows.items) {
    SCOPED_TRACE(row["name"].Text());
    const std::string input = row["input"].Bytes();
    std::string storage;
    const NormalPath normal = NormalizePath(input, RulesOf(row["cfg"].Text()), &storage);
    const CaseNode& expect = row["expect"];
    for (const auto& [key, value] : expect.fields) {
      if (key == "path") {
        EXPECT_EQ(normal.outcome, NormalPath::Outcome::kForward);
        EXPECT_EQ(normal.target, value.Bytes());
      } else if (key == "location") {
        EXPECT_EQ(normal.target, value.Bytes());
      } else if (key == "status") {
        EXPECT_EQ(normal.outcome, value.Int() == 307 ? NormalPath::Outcome::kRedirect
                                                     : NormalPath::Outcome::kInvalid);
      } else {
        // What a match without path parameters would see; Postern has no such setting.
        EXPECT_EQ(key, "match_as");
      }
    }
  }
  EXPECT_GE(rows.items.size(), 30u);
}

}  // namespace
}  // namespace postern
