// The steps from a configuration to the tables of a Snapshot, in their order. Whether what was
// found on the way lets a Snapshot exist is for lib/compile/build.cc.

#ifndef POSTERN_COMPILE_COMPILE_H_
#define POSTERN_COMPILE_COMPILE_H_

#include "absl/status/status.h"
#include "lib/compile/compile_state.h"

namespace postern {

// CompileTables fills the tables of `state` from its configuration, and its findings.
// ResourceExhausted if a limit was passed.
absl::Status CompileTables(CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_COMPILE_H_
