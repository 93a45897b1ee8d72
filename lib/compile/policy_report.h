// Says which settings of DestinationRules this library does not carry out yet: they are read and
// checked, and no upstream of the engine has them. What it does carry out is in lib/upstream.

#ifndef POSTERN_COMPILE_POLICY_REPORT_H_
#define POSTERN_COMPILE_POLICY_REPORT_H_

#include "lib/compile/compile_state.h"

namespace postern {

// ReportPolicies reports those of each DestinationRule that some cluster of the tables has its
// policy from.
void ReportPolicies(CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_POLICY_REPORT_H_
