// How a SourceMap is filled. How it is asked is in postern/metadata.h; the walk over a document
// that fills it is in lib/yaml.

#ifndef POSTERN_MODEL_LOCATION_H_
#define POSTERN_MODEL_LOCATION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "lib/model/key_pool.h"
#include "postern/metadata.h"

namespace postern {

// A SourceMap::Table holds the values of one resource breadth first, so that the children of each
// stand together: an element of a list is found by its index, a field among its siblings.
struct SourceMap::Table {
  struct Entry {
    uint32_t key;          // Of the KeyPool; kElement for the elements of lists.
    uint32_t first_child;  // The children end where those of the next entry begin.
    uint32_t line;
    uint32_t column;
  };
  static_assert(sizeof(Entry) == 16);
  static constexpr uint32_t kElement = UINT32_MAX;

  std::shared_ptr<const KeyPool> keys;
  std::vector<Entry> entries;
};

// A SourceMapBuilder fills one SourceMap. Add the top of the document, and then, for each value in
// the order in which they were added, begin its children and add them all:
//
//   SourceMapBuilder map(keys, count);
//   map.AddElement(1, 1);                                // The document.
//   map.BeginChildren();                                 // Of the document.
//   map.AddField("kind", 1, 1);
//   map.BeginChildren();                                 // Of "kind", which has none.
class SourceMapBuilder {
 public:
  // `values` is how many will be added, if known.
  SourceMapBuilder(std::shared_ptr<KeyPool> keys, size_t values);

  void AddElement(uint32_t line, uint32_t column) { Add(SourceMap::Table::kElement, line, column); }
  void AddField(std::string_view key, uint32_t line, uint32_t column) {
    Add(keys_->Add(key), line, column);
  }
  void BeginChildren();

  // Build returns the map; values whose children were not begun have none.
  SourceMap Build() &&;

 private:
  void Add(uint32_t key, uint32_t line, uint32_t column) {
    table_->entries.push_back({key, 0, line, column});
  }

  std::shared_ptr<KeyPool> keys_;
  std::shared_ptr<SourceMap::Table> table_;
  size_t next_parent_ = 0;
};

}  // namespace postern

#endif  // POSTERN_MODEL_LOCATION_H_
