// The command line of `postern` as a whole: which subcommand is meant, and help for each.

#ifndef POSTERN_EXAMPLES_POSTERN_TOOL_H_
#define POSTERN_EXAMPLES_POSTERN_TOOL_H_

#include <string>
#include <vector>

namespace postern {

// RunTool does what `arguments` say, and returns the exit code. "--help" alone, or behind the name
// of a subcommand, prints what there is to know.
int RunTool(std::vector<std::string> arguments);

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_TOOL_H_
