// Runs `postern lint` in this program and keeps what it prints.

#ifndef POSTERN_TESTS_EXAMPLES_RUN_LINT_H_
#define POSTERN_TESTS_EXAMPLES_RUN_LINT_H_

#include <string>
#include <string_view>
#include <vector>

namespace postern {

// An Outcome is what one call of the tool gave.
struct Outcome {
  int exit_code;
  std::string out;
  std::string err;
};

// RunLint runs the subcommand with `arguments`, and `input` as its standard input if there is any.
Outcome RunLint(const std::vector<std::string>& arguments, std::string_view input = "");

// WriteTemporary writes a file of the test, below a folder of its own, and returns its path.
std::string WriteTemporary(const std::string& name, std::string_view text);

}  // namespace postern

#endif  // POSTERN_TESTS_EXAMPLES_RUN_LINT_H_
