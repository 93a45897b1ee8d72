// What a `consistentHash` has requests hashed by. Which of them holds for a destination is for
// lib/compile/destination_rules.h, the hash for lib/upstream/request_hash.h.

#ifndef POSTERN_COMPILE_HASH_COMPILER_H_
#define POSTERN_COMPILE_HASH_COMPILER_H_

#include <optional>

#include "lib/snapshot/string_pool.h"
#include "postern/decision.h"
#include "postern/destination_rule.h"

namespace postern {

// CompileHash returns the policy for the key of `hash`; nullopt if it has none, or
// `useSourceIp: false`.
std::optional<HashPolicy> CompileHash(const LoadBalancerSettings::ConsistentHashLb& hash,
                                      StringPool& text);

}  // namespace postern

#endif  // POSTERN_COMPILE_HASH_COMPILER_H_
