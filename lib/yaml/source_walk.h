// Makes the SourceMap of a resource from the tree of its document. How a SourceMap is kept and
// asked is for lib/model/location.h.

#ifndef POSTERN_YAML_SOURCE_WALK_H_
#define POSTERN_YAML_SOURCE_WALK_H_

#include <cstdint>
#include <memory>

#include "lib/model/key_pool.h"
#include "lib/yaml/memory_budget.h"
#include "lib/yaml/value_tree.h"
#include "postern/metadata.h"

namespace postern {

// MapSources returns where each value below `root` stands. A merged or aliased value stands where
// it was written. It is empty if `memory` is spent.
SourceMap MapSources(const ValueTree& tree, uint32_t root, const std::shared_ptr<KeyPool>& keys,
                     MemoryBudget* memory);

}  // namespace postern

#endif  // POSTERN_YAML_SOURCE_WALK_H_
