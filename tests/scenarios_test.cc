// Every file of tests/testdata/scenarios: its resources are built and its probes run, by the
// decision functions for HTTP/1.1 and HTTP/2, and as bytes through an Engine in memory
// (dataplane.md section 8.1, design.md section 6).

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "postern/config.h"
#include "postern/snapshot.h"
#include "tests/scenarios/executor.h"
#include "tests/scenarios/expectation.h"
#include "tests/scenarios/scenario.h"
#include "tests/scenarios/scenario_credentials.h"
#include "tests/support/case_reader.h"

namespace postern {
namespace {

// A Tally is what one executor has done.
struct Tally {
  int files_passed = 0;
  int files_failed = 0;
  int probes_passed = 0;
  int probes_failed = 0;
  std::map<std::string, int> not_looked_at;  // Why, and how often.
};

std::map<std::string, Tally, std::less<>> tallies;

// Rejected counts what Istio counts: servers that lost to others, and passthrough matches skipped.
int64_t Rejected(const Snapshot& snapshot) {
  int64_t rejected = 0;
  for (const Finding& finding : snapshot.report()) {
    rejected += finding.diagnostic.rule.starts_with("server-rejected-");
  }
  return rejected;
}

class ScenarioTest : public testing::Test {
 public:
  explicit ScenarioTest(std::string file) : file_(std::move(file)) {}

  void TestBody() override {
    std::vector<std::string> problems;
    const Scenario scenario = Scenario::Read(file_, &problems);
    for (const std::string& problem : problems) ADD_FAILURE() << problem;

    const Config config = Config::FromYaml(scenario.resources);
    ScenarioCredentials credentials(scenario);
    const auto snapshot = Snapshot::Build(config, scenario.options, &credentials);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    if (scenario.rejected_servers) {
      EXPECT_EQ(Rejected(**snapshot), *scenario.rejected_servers) << Report(**snapshot);
    }
    std::unique_ptr<ScenarioExecutor> executors[] = {
        MakeDecisionExecutor(HttpVersion::kHttp11), MakeDecisionExecutor(HttpVersion::kHttp2),
        MakeEngineExecutor(HttpVersion::kHttp11), MakeEngineExecutor(HttpVersion::kHttp2)};
    for (const auto& executor : executors) RunProbes(*executor, *snapshot, scenario);
  }

 private:
  static void RunProbes(ScenarioExecutor& executor, const std::shared_ptr<const Snapshot>& snapshot,
                        const Scenario& scenario) {
    Tally& tally = tallies[std::string(executor.name())];
    const int failed_before = tally.probes_failed;
    for (const ScenarioProbe& probe : scenario.probes) {
      if (!executor.Speaks(probe)) {
        ++tally.not_looked_at["the probe wants another version of HTTP"];
        continue;
      }
      const Verdict verdict = Judge(executor, snapshot, probe);
      for (const std::string& difference : verdict.differences) {
        ADD_FAILURE() << probe.title << " (" << executor.name() << "): " << difference;
      }
      for (const std::string& unseen : verdict.unseen) ++tally.not_looked_at[unseen];
      ++(verdict.differences.empty() ? tally.probes_passed : tally.probes_failed);
    }
    ++(tally.probes_failed == failed_before ? tally.files_passed : tally.files_failed);
  }

  static std::string Report(const Snapshot& snapshot) {
    std::string text = "report:\n";
    for (const Finding& finding : snapshot.report()) text += finding.diagnostic.ToString() + "\n";
    return text;
  }

  const std::string file_;
};

void RegisterScenarios() {
  for (const std::string& file : CaseFiles("tests/testdata/scenarios")) {
    const size_t slash = file.rfind('/') + 1;
    const std::string name = file.substr(slash, file.rfind('.') - slash);
    testing::RegisterTest("Scenarios", name.c_str(), nullptr, nullptr, file.c_str(), 1,
                          [file]() -> ScenarioTest* { return new ScenarioTest(file); });
  }
}

}  // namespace
}  // namespace postern

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  postern::RegisterScenarios();
  const int result = RUN_ALL_TESTS();
  const testing::UnitTest& test = *testing::UnitTest::GetInstance();
  for (const auto& [name, tally] : postern::tallies) {
    std::printf("%s: %d files passed, %d failed; %d probes passed, %d failed\n", name.c_str(),
                tally.files_passed, tally.files_failed, tally.probes_passed, tally.probes_failed);
    for (const auto& [reason, count] : tally.not_looked_at) {
      std::printf("  not looked at: %d x %s\n", count, reason.c_str());
    }
  }
  std::printf("scenarios: %d passed, %d failed\n", test.successful_test_count(),
              test.failed_test_count());
  return result;
}
