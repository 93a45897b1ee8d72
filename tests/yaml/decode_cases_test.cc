// Every resource of tests/testdata/cases is decoded: those that Istio refuses to decode must fail
// here too, and no others.

#include <gtest/gtest.h>

#include "postern/config.h"
#include "tests/support/case_reader.h"

namespace postern {
namespace {

bool HasError(const Config& config) {
  for (const Diagnostic& finding : config.findings) {
    if (finding.severity == Severity::kError) return true;
  }
  return false;
}

TEST(DecodeCasesTest, IstiosVerdictOnEachResource) {
  int resources = 0;
  int refused = 0;
  for (const std::string& path : CaseFiles("tests/testdata/cases")) {
    if (path.ends_with("crd_schema.yaml")) continue;  // Of the API server, not of Istio.
    for (const CaseNode& test : ReadCaseFile(path).items) {
      if (!test.Has("yaml")) continue;
      ++resources;
      const bool must_fail = test["stage"].Text() == "decode";
      refused += must_fail ? 1 : 0;
      const std::string yaml =
          test["macro"].Bool() ? ExpandMacros(test["yaml"].Text()) : test["yaml"].Text();
      const Config config = Config::FromYaml(yaml);
      EXPECT_EQ(HasError(config), must_fail) << test.Where() << " " << test["name"].Text() << "\n"
                                             << ToStatus(config.findings).message();
    }
  }
  EXPECT_GT(resources, 2000);
  EXPECT_GT(refused, 200);
}

}  // namespace
}  // namespace postern
