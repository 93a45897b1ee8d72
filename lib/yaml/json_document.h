// Reads JSON documents (RFC 8259), one after the other, as Kubernetes reads a stream that begins
// with "{". A text that turns out to be no JSON is for lib/yaml/document.h to try.

#ifndef POSTERN_YAML_JSON_DOCUMENT_H_
#define POSTERN_YAML_JSON_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/yaml/tree_builder.h"
#include "lib/yaml/value_tree.h"

namespace postern {

// A JsonStream gives the documents of `text` one by one.
class JsonStream {
 public:
  // kRefused: `error` of the builder says which limit was met.
  enum class Result { kDocument, kEnd, kNotJson, kRefused };

  // `text` must outlive the stream.
  explicit JsonStream(std::string_view text) : text_(text) {}

  // Next reads the next document into `tree`, which borrows the whole text.
  Result Next(TextBudget* budget, ValueTree* tree);

  // error says why the last Next was kRefused.
  const DocumentError& error() const { return error_; }

 private:
  // A Collection is one that is open, and what may come next in it.
  struct Collection {
    bool is_map;
    bool is_empty;
  };

  void SkipBlanks();
  bool Take(char c);
  bool TakeScalar(TreeBuilder& builder);
  bool TakeString(TreeBuilder& builder);
  bool TakeEscape();
  std::optional<uint32_t> TakeHex();
  bool TakeKey(TreeBuilder& builder);
  bool TakeDocument(TreeBuilder& builder);
  TreeBuilder::Place Place(size_t offset) const {
    return {line_, static_cast<uint32_t>(offset - line_start_ + 1), offset};
  }

  const std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  size_t line_start_ = 0;
  std::string scratch_;
  DocumentError error_;
};

// IsJsonStream says that `text` is to be read as JSON first: its first byte but blanks is "{".
bool IsJsonStream(std::string_view text);

}  // namespace postern

#endif  // POSTERN_YAML_JSON_DOCUMENT_H_
