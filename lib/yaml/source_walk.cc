#include "lib/yaml/source_walk.h"

#include <utility>
#include <vector>

#include "lib/model/location.h"

namespace postern {

SourceMap MapSources(const ValueTree& tree, uint32_t root, const std::shared_ptr<KeyPool>& keys,
                     MemoryBudget* memory) {
  // Keys have no place of their own: about half of the values of a document are none.
  const size_t estimate = (tree.Next(root) - root) * 5 / 8 + 1;
  constexpr size_t kEach = 20;  // Of a value: its entry, and its number here.
  if (!memory->Take(estimate * kEach)) return {};
  SourceMapBuilder map(keys, estimate);
  std::vector<uint32_t> values;  // In the order in which they were added to the map.
  values.reserve(estimate);
  const auto remember = [&](uint32_t value) { values.push_back(value); };
  map.AddElement(tree[root].line, tree[root].column);
  remember(root);
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t parent = values[i];
    const Value::Kind kind = tree[parent].kind;
    const size_t before = values.size();
    map.BeginChildren();
    if (kind == Value::Kind::kMap) {
      tree.ForEachField(parent, [&](uint32_t key, uint32_t value) {
        map.AddField(tree.Text(tree[key]), tree[value].line, tree[value].column);
        remember(value);
      });
    } else if (kind == Value::Kind::kList) {
      tree.ForEachElement(parent, [&](uint32_t value) {
        map.AddElement(tree[value].line, tree[value].column);
        remember(value);
      });
    }
    // Aliases may make more of it.
    if (values.size() > estimate && !memory->Take((values.size() - before) * kEach)) return {};
  }
  return std::move(map).Build();
}

}  // namespace postern
