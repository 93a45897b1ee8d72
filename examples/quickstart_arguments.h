// The command line of examples/quickstart.

#ifndef POSTERN_EXAMPLES_QUICKSTART_ARGUMENTS_H_
#define POSTERN_EXAMPLES_QUICKSTART_ARGUMENTS_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/local_gateway.h"

// A QuickstartArguments is what the user wants.
struct QuickstartArguments {
  std::vector<std::string> files;  // Empty: the example's own.
  std::string secrets;             // A folder; empty: none.
  LocalGateway::Options gateway;
  bool serve = false;
  bool help = false;

  // Parse reads the words after the program's name. InvalidArgument names the one that it does not
  // understand.
  static absl::StatusOr<QuickstartArguments> Parse(std::span<char* const> words);
};

// kQuickstartUsage is what --help prints.
extern const char kQuickstartUsage[];

#endif  // POSTERN_EXAMPLES_QUICKSTART_ARGUMENTS_H_
