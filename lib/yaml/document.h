// Reads one YAML document with yaml-cpp's event parser, whose exceptions end here. Splitting a text
// into documents is for lib/yaml/text_stream.h, and what the values mean for the readers.

#ifndef POSTERN_YAML_DOCUMENT_H_
#define POSTERN_YAML_DOCUMENT_H_

#include <optional>
#include <string_view>

#include "lib/yaml/text_stream.h"
#include "lib/yaml/tree_builder.h"
#include "lib/yaml/value_tree.h"

namespace postern {

// A YamlReading is what came of reading a document.
struct YamlReading {
  std::optional<DocumentError> error;    // Why it cannot be read.
  std::optional<DocumentError> ignored;  // A warning: text stands behind it that is not read.
};

// ReadYamlDocument reads the first document of `piece` into `tree`, which borrows the whole text
// that `piece` is a part of and stays empty if there is none but comments. What follows a line
// "..." is not looked at, be it YAML or not; what follows the document without one is an error if
// it begins with "{" as another document would, or with a comma before one.
YamlReading ReadYamlDocument(const Piece& piece, TextBudget* budget, ValueTree* tree);

}  // namespace postern

#endif  // POSTERN_YAML_DOCUMENT_H_
