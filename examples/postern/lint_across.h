// The findings of `postern lint` that take several resources: what would become of them on the
// gateways that they are for.

#ifndef POSTERN_EXAMPLES_POSTERN_LINT_ACROSS_H_
#define POSTERN_EXAMPLES_POSTERN_LINT_ACROSS_H_

#include "examples/postern/lint_report.h"

namespace postern {

// AddFindingsAcross adds to the findings of `report` what its resources say against each other, as
// far as that matters: not about resources with errors, and about credentials only if there are
// Secrets to look for them in.
void AddFindingsAcross(LintReport* report);

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_LINT_ACROSS_H_
