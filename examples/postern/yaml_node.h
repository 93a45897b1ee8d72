// A file of tests as a tree of values, read with the library's own reader of YAML. What the values
// mean is for examples/postern/probe_file.h.

#ifndef POSTERN_EXAMPLES_POSTERN_YAML_NODE_H_
#define POSTERN_EXAMPLES_POSTERN_YAML_NODE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace postern {

// A YamlNode is one value. Asked for what it is not, it is empty.
struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Field;

  Kind kind = Kind::kNull;
  int line = 0;
  int column = 0;
  std::string text;             // Of a scalar.
  std::vector<YamlNode> items;  // Of a list.
  std::vector<Field> fields;    // Of a map, as written.

  // Read reads the one document of `text`. InvalidArgument if it is none: "4:2: ...".
  static absl::StatusOr<YamlNode> Read(std::string_view text);

  // Place returns "4:2", the line and the column.
  std::string Place() const;

  const YamlNode* Find(std::string_view key) const;

  // operator[] returns the value of `key`, or a null node.
  const YamlNode& operator[](std::string_view key) const;

  // Text returns the scalar, or `absent` of a null node.
  std::string Text(std::string_view absent = "") const;
  int64_t Int(int64_t absent = 0) const;

  // Texts returns the scalars of a list, or one scalar as a list.
  std::vector<std::string> Texts() const;
};

struct YamlNode::Field {
  std::string name;
  YamlNode value;
};

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_YAML_NODE_H_
