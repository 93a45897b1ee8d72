// Compiles the conditions of one HTTPMatchRequest that a request is asked for (dataplane.md 3.7).
// Those on the gateway itself are decided in lib/compile/route_compiler.

#ifndef POSTERN_COMPILE_MATCHER_COMPILER_H_
#define POSTERN_COMPILE_MATCHER_COMPILER_H_

#include "absl/status/statusor.h"
#include "lib/compile/compile_state.h"
#include "lib/match/string_matcher.h"
#include "lib/snapshot/route.h"
#include "postern/virtual_service.h"

namespace postern {

// CompileString compiles a match that has a text. InvalidArgument or ResourceExhausted for a regex
// that is none or is beyond `max_regex_bytes`.
absl::StatusOr<StringMatcher> CompileString(const StringMatch& match, size_t max_regex_bytes);

// CompileMatch returns a Route with `path` and `conditions` set. Errors as CompileString.
absl::StatusOr<Route> CompileMatch(const HttpMatchRequest& match, CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_MATCHER_COMPILER_H_
