// Makes a ValueTree from the events of a parser, and refuses a document that goes beyond a limit or
// has no meaning as one. Which bytes make which events is for the parsers.

#ifndef POSTERN_YAML_TREE_BUILDER_H_
#define POSTERN_YAML_TREE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/yaml/memory_budget.h"
#include "lib/yaml/value_tree.h"
#include "postern/config.h"

namespace postern {

// A DocumentError is why a document could not be read.
struct DocumentError {
  std::string_view rule;  // Of decode_rules.h.
  std::string message;
  uint32_t line = 0;
  uint32_t column = 0;
};

// A TextBudget is what one text may still use, over all its documents.
struct TextBudget {
  size_t values = 0;  // Left of DecodeOptions::max_values.
  int depth = 0;      // DecodeOptions::max_depth.
  MemoryBudget memory;
};

// A TreeBuilder takes the events of one document. Each event returns false once the document is
// refused; error() says why, and nothing more may be added.
class TreeBuilder {
 public:
  // A Place is where an event happened. `offset` is where the scalar's text stands in the text
  // read, if it stands there as it is.
  struct Place {
    uint32_t line = 0;
    uint32_t column = 0;
    size_t offset = SIZE_MAX;
  };

  TreeBuilder(ValueTree* tree, TextBudget* budget) : tree_(*tree), budget_(*budget) {}

  // `anchor` of an event is 0, or a number by which Alias may name it later.
  bool Null(Place place, size_t anchor = 0);
  bool Scalar(Value::Kind kind, std::string_view text, Place place, size_t anchor = 0);
  bool BeginList(Place place, size_t anchor = 0) {
    return Begin(Value::Kind::kList, place, anchor);
  }
  bool BeginMap(Place place, size_t anchor = 0) { return Begin(Value::Kind::kMap, place, anchor); }
  bool End();
  bool Alias(Place place, size_t anchor);

  // Refuse ends the document with an error; it returns false.
  bool Refuse(std::string_view rule, std::string message, Place place);

  // AtKey says that the next value is a key of a map.
  bool AtKey() const { return !open_.empty() && open_.back().wants_key; }

  const DocumentError& error() const { return error_; }

 private:
  // An Open is a collection whose end has not come yet.
  struct Open {
    uint32_t index;
    bool is_map;
    bool wants_key;
    size_t anchor;
    size_t values_before;
  };
  // An Anchored is a value that aliases may name.
  struct Anchored {
    uint32_t index = 0;
    size_t values = 0;  // Of it, aliases expanded; 0 until it is complete.
  };

  bool Count(size_t values, Place place);
  bool Begin(Value::Kind kind, Place place, size_t anchor);
  bool Key(Value::Kind kind, std::string_view text, Place place);
  bool CheckMerge(uint32_t value);
  void Anchor(size_t anchor, uint32_t index, size_t values);
  bool Finish(uint32_t index);

  ValueTree& tree_;
  TextBudget& budget_;
  std::vector<Open> open_;
  std::vector<Anchored> anchored_;
  size_t values_ = 0;
  DocumentError error_;
};

}  // namespace postern

#endif  // POSTERN_YAML_TREE_BUILDER_H_
