// The command-line tool:
//
//   bazel run //examples:postern -- lint --format=text examples/configs
//
// Paths are those of the folder in which bazel was started.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "examples/postern/subcommand.h"

namespace postern {
namespace {

const Subcommand* const kSubcommands[] = {&kLint, &kExplain, &kDump, &kDiff};

int PrintUsage() {
  std::fprintf(stderr, "usage:\n");
  for (const Subcommand* subcommand : kSubcommands) {
    std::fprintf(stderr, "  postern %s %s\n      %s\n", std::string(subcommand->name).c_str(),
                 std::string(subcommand->usage).c_str(), std::string(subcommand->summary).c_str());
  }
  return kExitUsage;
}

int Main(std::vector<std::string> arguments) {
  // `bazel run` starts programs in a folder of its own.
  if (const char* folder = std::getenv("BUILD_WORKING_DIRECTORY")) {
    if (chdir(folder) != 0) std::perror(folder);
  }
  if (arguments.empty()) return PrintUsage();
  const std::string name = arguments.front();
  arguments.erase(arguments.begin());
  for (const Subcommand* subcommand : kSubcommands) {
    if (subcommand->name == name) return subcommand->run(arguments);
  }
  std::fprintf(stderr, "postern: no subcommand \"%s\"\n", name.c_str());
  return PrintUsage();
}

}  // namespace
}  // namespace postern

int main(int argc, char** argv) { return postern::Main({argv + 1, argv + argc}); }
