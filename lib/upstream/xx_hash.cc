#include "lib/upstream/xx_hash.h"

#include <xxhash.h>

namespace postern {

uint64_t XxHash64(std::string_view text, uint64_t seed) {
  return XXH64(text.data(), text.size(), seed);
}

}  // namespace postern
