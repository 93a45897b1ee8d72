// Compiles operations on the fields of requests and responses (dataplane.md 4.6). Evaluating their
// values and doing them is for lib/engine.

#ifndef POSTERN_COMPILE_HEADER_COMPILER_H_
#define POSTERN_COMPILE_HEADER_COMPILER_H_

#include <string_view>
#include <vector>

#include "lib/snapshot/string_pool.h"
#include "postern/decision.h"
#include "postern/virtual_service.h"

namespace postern {

// RequestOperations and ResponseOperations return that half of `headers`, or null.
const HeaderOperations* RequestOperations(const Boxed<Headers>& headers);
const HeaderOperations* ResponseOperations(const Boxed<Headers>& headers);

// CompileOperations returns one evaluation of two lists, of which either may be null: all removals,
// then all `set`, those of `second` last and so stronger, then all `add`. Pseudo fields, and Host
// in a request, are left out.
std::vector<HeaderOp> CompileOperations(const HeaderOperations* first,
                                        const HeaderOperations* second, StringPool& text);

// AuthorityOf returns what the operations on a request make of its Host; empty: nothing.
std::string_view AuthorityOf(const HeaderOperations* operations, StringPool& text);

}  // namespace postern

#endif  // POSTERN_COMPILE_HEADER_COMPILER_H_
