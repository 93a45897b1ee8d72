// What `postern` can do: one Subcommand each, in a file of its own, listed in main.cc.

#ifndef POSTERN_EXAMPLES_POSTERN_SUBCOMMAND_H_
#define POSTERN_EXAMPLES_POSTERN_SUBCOMMAND_H_

#include <string>
#include <string_view>
#include <vector>

namespace postern {

// Exit codes: the work is done and nothing is wrong; something is; the command was not understood.
inline constexpr int kExitClean = 0;
inline constexpr int kExitFindings = 1;
inline constexpr int kExitUsage = 2;

// A Subcommand is one word behind `postern`.
struct Subcommand {
  std::string_view name;
  std::string_view usage;  // What follows the name.
  std::string_view summary;
  std::string_view help;  // The options, one a line; the exit codes are the same for all.
  int (*run)(const std::vector<std::string>& arguments);
};

extern const Subcommand kLint;
extern const Subcommand kExplain;
extern const Subcommand kDump;
extern const Subcommand kDiff;
extern const Subcommand kTest;

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_SUBCOMMAND_H_
