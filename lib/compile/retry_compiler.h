// Istio's effective retry policy: what was written, over Istio's defaults (dataplane.md 4.8).
// Judging responses by it is for lib/upstream.

#ifndef POSTERN_COMPILE_RETRY_COMPILER_H_
#define POSTERN_COMPILE_RETRY_COMPILER_H_

#include <optional>

#include "lib/snapshot/route_action.h"
#include "lib/snapshot/string_pool.h"
#include "postern/virtual_service.h"

namespace postern {

// CompileRetry returns the policy for `retries`, null where neither the rule nor the mesh has any;
// nullopt if there are to be no retries. With `consistent_hash`, a retry goes where the hash says,
// unless the rule says otherwise.
std::optional<CompiledRetry> CompileRetry(const HttpRetry* retries, bool consistent_hash,
                                          StringPool& text);

}  // namespace postern

#endif  // POSTERN_COMPILE_RETRY_COMPILER_H_
