// The command-line tool:
//
//   bazel run //examples:postern -- lint --format=text examples/configs
//
// Paths are those of the folder in which bazel was started.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "examples/postern/tool.h"

int main(int argc, char** argv) {
  // `bazel run` starts programs in a folder of its own.
  if (const char* folder = std::getenv("BUILD_WORKING_DIRECTORY")) {
    if (chdir(folder) != 0) std::perror(folder);
  }
  return postern::RunTool({argv + 1, argv + argc});
}
