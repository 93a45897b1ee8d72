// What `postern lint` found, and the three forms in which it says so.

#ifndef POSTERN_EXAMPLES_POSTERN_LINT_REPORT_H_
#define POSTERN_EXAMPLES_POSTERN_LINT_REPORT_H_

#include <string>
#include <vector>

#include "examples/postern/source_lines.h"
#include "postern/config.h"

namespace postern {

// A LintReport is a configuration and all that Validate says of it, and its resources against each
// other, in Validate's order.
struct LintReport {
  Config config;
  std::vector<Diagnostic> findings;
};

// LintText returns one paragraph a finding: the place, the message, the line with a caret under the
// column; then a line that counts. Escape sequences of a terminal colour it if `colour` is true.
std::string LintText(const LintReport& report, SourceLines& lines, bool colour);

// LintJson returns one object a line, for each resource:
//   {"file","kind","namespace","name","valid","errors":[{"rule","path","line","column","message"}],
//    "warnings":[...]}
// Findings about a whole file are an object whose kind and name are empty.
std::string LintJson(const LintReport& report);

// LintSarif returns one log of SARIF 2.1.0 with one run.
std::string LintSarif(const LintReport& report, SourceLines& lines);

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_LINT_REPORT_H_
