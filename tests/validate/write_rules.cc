// Writes docs/rules.md: bazel run //tests/validate:write_rules

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/validate/rules_page.h"

int main() {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace == nullptr) {
    std::fprintf(stderr, "start it by bazel run\n");
    return 1;
  }
  const std::string path = std::string(workspace) + "/docs/rules.md";
  std::ofstream(path, std::ios::binary) << postern::RulesPage(postern::ReadExamples());
  std::printf("wrote %s\n", path.c_str());
}
