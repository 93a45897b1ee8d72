#include "tests/examples/run_lint.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "examples/postern/subcommand.h"

namespace postern {

std::string WriteTemporary(const std::string& name, std::string_view text) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

Outcome RunLint(const std::vector<std::string>& arguments, std::string_view input) {
  if (!input.empty()) {
    const std::string path = WriteTemporary("stdin", input);
    EXPECT_NE(nullptr, std::freopen(path.c_str(), "r", stdin));
  }
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int exit_code = kLint.run(arguments);
  std::fflush(stdout);
  Outcome outcome = {exit_code, testing::internal::GetCapturedStdout(), {}};
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

}  // namespace postern
