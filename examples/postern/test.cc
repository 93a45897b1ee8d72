// postern test: runs probes on a configuration, and says which answers are not as expected.

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "examples/load.h"
#include "examples/postern/junit.h"
#include "examples/postern/probe_file.h"
#include "examples/postern/probe_run.h"
#include "examples/postern/snapshot_arguments.h"
#include "examples/postern/subcommand.h"
#include "examples/stand_in_credentials.h"
#include "lib/base/file.h"
#include "lib/base/strings.h"
#include "postern/config.h"

namespace postern {
namespace {

// A TestCredentials stands in for every credential but those that the file calls missing or
// invalid.
class TestCredentials : public CredentialSource {
 public:
  TestCredentials(const Config& config, const ProbeFile& file) : stand_in_(config), file_(file) {}

  absl::StatusOr<Credential> Find(const CredentialName& name) override {
    const auto said = file_.secrets.find(name.name);
    if (said == file_.secrets.end()) return stand_in_.Find(name);
    if (said->second == "missing") return absl::NotFoundError("the file calls it missing");
    Credential invalid;
    invalid.certificate_chain = "invalid";
    invalid.private_key = SecretText("invalid");
    invalid.ca_certificates = "invalid";
    return invalid;
  }

  absl::StatusOr<SecretText> ReadFile(std::string_view path) override {
    return stand_in_.ReadFile(path);
  }

 private:
  StandInCredentials stand_in_;
  const ProbeFile& file_;
};

// A TestRun is the arguments, understood, and the file read.
struct TestRun {
  SnapshotArguments snapshot;
  std::string path;
  std::optional<std::string> junit;
  ProbeFile file;
};

bool ReadProbes(const ArgumentReader& reader, TestRun* run) {
  const auto text = ReadFileOrStream(run->path, DecodeOptions().max_bytes);
  if (!text.ok()) {
    reader.Refuse(ToStd(text.status().message()));
    return false;
  }
  auto file = ProbeFile::Read(*text);
  if (!file.ok()) {
    for (const std::string_view problem : Split(ToStd(file.status().message()), '\n')) {
      reader.Refuse(StrCat(run->path, ":", problem));
    }
    return false;
  }
  run->file = *std::move(file);
  if (run->file.resources.has_value() == run->snapshot.files.empty()) return true;
  reader.Refuse(run->file.resources ? "-f and a file with resources exclude each other"
                                    : "wants -f FILE, as the file of tests has no resources");
  return false;
}

std::optional<TestRun> ParseArguments(const std::vector<std::string>& arguments) {
  ArgumentReader reader("test", arguments);
  TestRun run;
  while (const std::optional<std::string> argument = reader.Next()) {
    const std::optional<bool> taken = run.snapshot.Take(*argument, reader);
    if (!taken) return std::nullopt;
    if (*taken) continue;
    if (*argument == "-t" || *argument == "--junit") {
      const std::optional<std::string> value = reader.ValueOf(*argument);
      if (!value) return std::nullopt;
      if (*argument == "-t") {
        run.path = *value;
      } else {
        run.junit = value;
      }
    } else if (!argument->starts_with('-') && run.path.empty()) {
      run.path = *argument;
    } else {
      reader.Refuse("does not know " + *argument);
      return std::nullopt;
    }
  }
  if (run.path.empty()) {
    reader.Refuse("wants -t TESTS");
    return std::nullopt;
  }
  if (!ReadProbes(reader, &run)) return std::nullopt;
  return run;
}

std::shared_ptr<const Snapshot> Build(const TestRun& run) {
  const Config config = run.file.resources ? Config::FromYaml(*run.file.resources)
                                           : Config::FromFiles(run.snapshot.files);
  SnapshotOptions options = run.file.options;
  // A scenario expects what Istio answers.
  if (run.file.resources) options.misdirected = SnapshotOptions::Misdirected::kIstio404;
  if (!run.file.resources && !run.file.has_proxy) options = OptionsFor(config);
  if (!run.snapshot.labels.empty()) options.labels = run.snapshot.labels;
  if (run.snapshot.ns) options.ns = *run.snapshot.ns;
  AcceptUnenforced(config, &options);
  TestCredentials credentials(config, run.file);
  const auto snapshot = Snapshot::Build(config, options, &credentials);
  if (snapshot.ok()) return *snapshot;
  std::fprintf(stderr, "%s\n", std::string(snapshot.status().message()).c_str());
  return nullptr;
}

// CountRejected counts what Istio counts: servers that lost to others, and passthrough matches.
int64_t CountRejected(const Snapshot& snapshot) {
  int64_t rejected = 0;
  for (const Finding& finding : snapshot.report()) {
    rejected += finding.diagnostic.rule.starts_with("server-rejected-");
  }
  return rejected;
}

std::vector<TestResult> RunAll(const Snapshot& snapshot, const ProbeFile& file) {
  std::vector<TestResult> results;
  if (file.rejected_servers) {
    TestResult& result = results.emplace_back();
    result.name = "rejected_servers";
    if (const int64_t rejected = CountRejected(snapshot); rejected != *file.rejected_servers) {
      result.failures.push_back("expected " + std::to_string(*file.rejected_servers) + ", is " +
                                std::to_string(rejected));
    }
  }
  for (const ProbeTest& test : file.probes) {
    results.push_back({test.name, RunProbe(snapshot, test)});
  }
  return results;
}

int RunTest(const std::vector<std::string>& arguments) {
  const std::optional<TestRun> run = ParseArguments(arguments);
  if (!run) return kExitUsage;
  const auto snapshot = Build(*run);
  if (snapshot == nullptr) return kExitFindings;
  const std::vector<TestResult> results = RunAll(*snapshot, run->file);
  size_t failed = 0;
  for (const TestResult& result : results) {
    failed += !result.failures.empty();
    std::printf("%s %s\n", result.failures.empty() ? "ok    " : "FAILED", result.name.c_str());
    for (const std::string& failure : result.failures) std::printf("       %s\n", failure.c_str());
  }
  std::printf("%zu passed, %zu failed\n", results.size() - failed, failed);
  if (run->junit) {
    const std::string& name = run->file.name.empty() ? run->path : run->file.name;
    std::ofstream stream(*run->junit, std::ios::binary);
    stream << JunitXml(name, results);
    if (!stream.flush()) {
      std::fprintf(stderr, "postern test: %s cannot be written\n", run->junit->c_str());
      return kExitUsage;
    }
  }
  return failed == 0 ? kExitClean : kExitFindings;
}

}  // namespace

const Subcommand kTest = {
    "test",
    "[-f FILE...] -t TESTS [--junit FILE] [--labels k=v,...] [--ns NS]",
    "runs the probes of a file of tests, and says which answers are not as expected",
    "  -f FILE     a file or folder of resources; may be repeated; not if TESTS holds them\n"
    "  -t TESTS    probes in the form of the scenarios; a scenario alone is a whole test\n"
    "  --junit F   writes the results as JUnit's XML, too\n"
    "  --labels L  of the proxy, k=v,...; those of all selectors if not given\n"
    "  --ns NS     of the proxy, where its Secrets are\n",
    RunTest,
};

}  // namespace postern
