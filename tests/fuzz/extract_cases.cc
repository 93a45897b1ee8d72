// bazel run //tests/fuzz:extract_cases -- FOLDER
//
// Writes each document of tests/testdata/cases and scenarios as a file of FOLDER, to start a long
// run of the fuzz targets `config` and `build` with.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/case_reader.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int count = 0;
  const auto write = [&](const std::string& text) {
    std::ofstream(std::string(argv[1]) + "/case-" + std::to_string(count++)) << text;
  };
  for (const std::string& path : postern::CaseFiles("tests/testdata/cases")) {
    for (const postern::CaseNode& test : postern::ReadCaseFile(path).items) {
      if (test.IsMap() && test.Has("yaml")) write(test["yaml"].Text());
    }
  }
  for (const std::string& path : postern::CaseFiles("tests/testdata/scenarios")) {
    for (const postern::CaseNode& scenario : postern::ReadCaseDocuments(path)) {
      if (scenario.Has("resources")) write(scenario["resources"].Text());
    }
  }
  std::printf("%d files\n", count);
  return count > 0 ? 0 : 1;
}
