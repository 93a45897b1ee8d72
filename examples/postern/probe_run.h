// Runs a probe on the decisions of a Snapshot, and compares what comes of it with what its file
// expects. Reading the file is for examples/postern/probe_file.h.

#ifndef POSTERN_EXAMPLES_POSTERN_PROBE_RUN_H_
#define POSTERN_EXAMPLES_POSTERN_PROBE_RUN_H_

#include <string>
#include <vector>

#include "examples/postern/probe_file.h"
#include "postern/snapshot.h"

namespace postern {

// RunProbe returns one clause for each expectation of `test` that is not met, and for each that is
// not understood; empty if all is well. Only what is listed is compared.
std::vector<std::string> RunProbe(const Snapshot& snapshot, const ProbeTest& test);

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_PROBE_RUN_H_
