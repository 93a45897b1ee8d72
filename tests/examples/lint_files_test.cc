// `postern lint` on whole files and folders: what it prints is in tests/testdata/lint, beside them.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "examples/postern/subcommand.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/examples/run_lint.h"
#include "tests/support/case_reader.h"

namespace postern {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kTen = "tests/testdata/lint/ten.yaml";

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(LintFilesTest, EveryFileOfTheSeedIsClean) {
  for (const std::string& path : CaseFiles("tests/testdata/seed")) {
    for (const std::string mode : {"--format=text", "--strict"}) {
      const Outcome outcome = RunLint({mode, path});
      EXPECT_EQ(kExitClean, outcome.exit_code) << path << "\n" << outcome.out;
      EXPECT_THAT(outcome.out, EndsWith(", 0 errors, 0 warnings\n"));
    }
  }
}

TEST(LintFilesTest, TenMistakesAreTenFindingsInText) {
  const Outcome outcome = RunLint({std::string(kTen)});
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  EXPECT_EQ(ReadText("tests/testdata/lint/ten.txt"), outcome.out);
}

TEST(LintFilesTest, TheFormOfKubectlIsReadFromTheStandardInput) {
  const Outcome outcome = RunLint({"-"}, ReadText("tests/testdata/lint/list.yaml"));
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  EXPECT_EQ(ReadText("tests/testdata/lint/list.txt"), outcome.out);
  EXPECT_THAT(outcome.out, Not(HasSubstr("bm90LXRoZS1rZXk"))) << "a value of the Secret";
}

// CheckLocation checks a location by the SARIF schema: the members that it names as "required", and
// the least values.
void CheckLocation(const CaseNode& location) {
  const CaseNode& physical = location["physicalLocation"];
  EXPECT_TRUE(physical["artifactLocation"]["uri"].IsScalar()) << location.Where();
  if (physical.Has("region")) {
    EXPECT_GE(physical["region"]["startLine"].Int(), 1);
    EXPECT_GE(physical["region"]["startColumn"].Int(), 1);
  }
}

TEST(LintFilesTest, SarifHasWhatItsSchemaRequires) {
  const Outcome outcome = RunLint({"--format=sarif", std::string(kTen)});
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  EXPECT_EQ(ReadText("tests/testdata/lint/ten.sarif"), outcome.out);

  // JSON is YAML. `required` of the 2.1.0 schema: version, runs; tool; driver; name; id of a rule;
  // message, with text or id, of a result; and its ruleIndex points at the rule of its ruleId.
  const CaseNode log = ReadCaseText(outcome.out, "ten.sarif");
  EXPECT_EQ(log["version"].Text(), "2.1.0");
  ASSERT_EQ(log["runs"].items.size(), 1u);
  const CaseNode& run = log["runs"].items[0];
  EXPECT_EQ(run["columnKind"].Text(), "unicodeCodePoints");
  const CaseNode& driver = run["tool"]["driver"];
  EXPECT_EQ(driver["name"].Text(), "postern lint");
  std::set<std::string> ids;
  for (const CaseNode& rule : driver["rules"].items) {
    EXPECT_TRUE(ids.insert(rule["id"].Text()).second) << "ids are unique";
    EXPECT_FALSE(rule["shortDescription"]["text"].Text().empty());
  }
  const std::set<std::string> levels = {"none", "note", "warning", "error"};
  ASSERT_EQ(run["results"].items.size(), 10u);
  for (const CaseNode& result : run["results"].items) {
    EXPECT_FALSE(result["message"]["text"].Text().empty());
    EXPECT_TRUE(levels.contains(result["level"].Text()));
    const auto index = static_cast<size_t>(result["ruleIndex"].Int(-1));
    ASSERT_LT(index, driver["rules"].items.size());
    EXPECT_EQ(driver["rules"].items[index]["id"].Text(), result["ruleId"].Text());
    ASSERT_EQ(result["locations"].items.size(), 1u);
    CheckLocation(result["locations"].items[0]);
    for (const CaseNode& related : result["relatedLocations"].items) CheckLocation(related);
  }
}

TEST(LintFilesTest, SarifCountsColumnsInCharacters) {
  const CaseNode log =
      ReadCaseText(RunLint({"--format=sarif", std::string(kTen)}).out, "ten.sarif");
  const std::string text = RunLint({std::string(kTen)}).out;
  EXPECT_THAT(text, HasSubstr("ten.yaml:26:63: ")) << "bytes: the cart takes four";
  std::vector<int64_t> columns;
  for (const CaseNode& result : log["runs"].items[0]["results"].items) {
    const CaseNode& region = result["locations"].items[0]["physicalLocation"]["region"];
    if (region["startLine"].Int() == 26) columns.push_back(region["startColumn"].Int());
  }
  EXPECT_THAT(columns, testing::ElementsAre(60));
}

TEST(LintFilesTest, AFolderOfFiveHundredFilesIsReadWithOtherKindsAmongThem) {
  const std::filesystem::path folder = testing::TempDir() + "/five_hundred";
  std::filesystem::remove_all(folder);
  for (int i = 0; i < 500; ++i) {
    const std::string name = std::to_string(i);
    const std::filesystem::path team = folder / ("team-" + std::to_string(i % 20));
    std::filesystem::create_directories(team);
    std::ofstream file(team / (name + (i % 2 == 0 ? ".yaml" : ".yml")));
    if (i % 5 == 0) {
      file << "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d" << name
           << "}\nspec: {replicas: 2, template: {spec: {containers: [{name: a}]}}}\n---\n";
    }
    file << "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g" << name
         << "}\nspec:\n  servers:\n  - hosts: [h" << name
         << ".example.com]\n    port: {number: " << (i % 50 == 7 ? 0 : 80)
         << ", name: http, protocol: HTTP}\n";
  }
  std::ofstream(folder / "README.md") << "kind: [not yaml\n";

  const Outcome outcome = RunLint({folder.string()});
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  EXPECT_THAT(outcome.out, EndsWith("500 resources, 10 errors, 0 warnings; "
                                    "100 of other kinds passed over\n"));
  for (int i = 7; i < 500; i += 50) {
    const std::string file = (folder / ("team-" + std::to_string(i % 20)) /
                              (std::to_string(i) + (i % 2 == 0 ? ".yaml" : ".yml")))
                                 .string();
    EXPECT_THAT(outcome.out, HasSubstr(file + ":7:20: error: Gateway default/g"));
  }
}

TEST(LintFilesTest, NothingThatIsCalledAConfigurationIsPassedOver) {
  const std::filesystem::path folder = testing::TempDir() + "/called";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "CAPITALS.YML")
      << "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g}\n";
  std::filesystem::create_symlink("nothing", folder / "gone.yaml");
  const Outcome outcome = RunLint({folder.string()});
  EXPECT_EQ(kExitFindings, outcome.exit_code);
  EXPECT_THAT(outcome.out, HasSubstr("[gateway-servers-required]"));
  EXPECT_THAT(outcome.out, HasSubstr((folder / "gone.yaml").string() + ": error: "));
}

TEST(LintFilesTest, JsonIsUtf8WhateverAFileIsCalled) {
  // A surrogate and an overlong form: no UTF-8 (RFC 3629).
  const std::string path = WriteTemporary("\xed\xa0\x80\xc0\xaf.yaml", "kind: [\n");
  const std::string json = RunLint({"--format=json", path}).out;
  EXPECT_THAT(json, HasSubstr("\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd.yaml"));
  EXPECT_THAT(json, Not(HasSubstr("\xed")));
  EXPECT_THAT(RunLint({"--format=sarif", path}).out, HasSubstr("/%ED%A0%80%C0%AF.yaml\""));
}

TEST(LintFilesTest, NoFormShowsAValueOfASecretWhereverItStands) {
  // The value is said three ways, with a mistake beside it: in flow style on one line with a
  // Gateway that is wrong too, as a block, in base64 that is cut, under a wrong type.
  constexpr std::string_view kGateway =
      "{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: g}, spec: {servers: "
      "[{hosts: [short], port: {number: 80, name: a, protocol: HTTP}}]}}";
  const std::string texts[] = {
      "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: s}, "
      "stringData: {k: hunter2}}, " +
          std::string(kGateway) + "]}\n",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  k: |\n    hunter2\n"
      "  k: hunter2\n",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {k: aHVudGVyMg, l: hunter2}\n",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: hunter2\n",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: [hunter2]\nstringData: {k: 1}\n",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: {hunter2: hunter2}}\n",
      "apiVersion: v1\nkind: Secret\nstringData: {k: hunter2}\ntype: [hunter2\n",
      "apiVersion: v2\nkind: Secret\nstringData: {k: hunter2}\n",
  };
  for (const std::string& text : texts) {
    const std::string path = WriteTemporary("secret.yaml", text);
    for (const std::string format : {"text", "json", "sarif"}) {
      const Outcome outcome = RunLint({"--format=" + format, path});
      EXPECT_EQ(kExitFindings, outcome.exit_code) << text;
      EXPECT_THAT(outcome.out, Not(HasSubstr("hunter2"))) << text;
      EXPECT_THAT(outcome.out, Not(HasSubstr("aHVudGVyMg"))) << text;
    }
  }
}

}  // namespace
}  // namespace postern
