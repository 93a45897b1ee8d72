// The hash that Envoy places endpoints and requests by: xxHash of 64 bits (Yann Collet). What is
// hashed is for lib/upstream/hash_balancer.h and lib/upstream/request_hash.h.

#ifndef POSTERN_UPSTREAM_XX_HASH_H_
#define POSTERN_UPSTREAM_XX_HASH_H_

#include <cstdint>
#include <string_view>

namespace postern {

// XxHash64 returns XXH64 of `text`.
uint64_t XxHash64(std::string_view text, uint64_t seed = 0);

}  // namespace postern

#endif  // POSTERN_UPSTREAM_XX_HASH_H_
