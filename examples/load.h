// How the example programs get their configuration: files named on the command line.

#ifndef POSTERN_EXAMPLES_LOAD_H_
#define POSTERN_EXAMPLES_LOAD_H_

#include <string>
#include <vector>

#include "postern/config.h"
#include "postern/snapshot.h"

// FromCommandLine returns `path` as the user meant it: `bazel run` starts programs in a folder of
// its own, and names the user's in BUILD_WORKING_DIRECTORY.
std::string FromCommandLine(const std::string& path);

// OptionsFor returns the options of a proxy that every Gateway of `config` selects, if one can be:
// it has all their labels, and is in the namespace of the first.
postern::SnapshotOptions OptionsFor(const postern::Config& config);

// PrintFindings prints what Validate says about `config`.
void PrintFindings(const postern::Config& config);

#endif  // POSTERN_EXAMPLES_LOAD_H_
