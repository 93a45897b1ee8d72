#include "examples/postern/yaml_node.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "lib/base/strings.h"
#include "lib/yaml/document.h"
#include "lib/yaml/text_stream.h"
#include "lib/yaml/tree_builder.h"
#include "lib/yaml/value_tree.h"

namespace postern {
namespace {

YamlNode Convert(const ValueTree& tree, uint32_t index) {
  const Value& value = tree[tree.Resolve(index)];
  YamlNode node;
  node.line = static_cast<int>(value.line);
  node.column = static_cast<int>(value.column);
  switch (value.kind) {
    case Value::Kind::kNull:
    case Value::Kind::kMerge:
    case Value::Kind::kAlias:
      break;
    case Value::Kind::kPlain:
    case Value::Kind::kText:
    case Value::Kind::kJsonNumber:
      node.text = tree.Text(value);
      // "~" and "null" without quotes are nothing.
      if (value.kind == Value::Kind::kPlain && (node.text == "~" || node.text == "null")) break;
      node.kind = YamlNode::Kind::kScalar;
      break;
    case Value::Kind::kList:
      node.kind = YamlNode::Kind::kList;
      tree.ForEachElement(tree.Resolve(index),
                          [&](uint32_t element) { node.items.push_back(Convert(tree, element)); });
      break;
    case Value::Kind::kMap:
      node.kind = YamlNode::Kind::kMap;
      tree.ForEachField(tree.Resolve(index), [&](uint32_t key, uint32_t field) {
        node.fields.push_back({std::string(tree.Text(tree[key])), Convert(tree, field)});
      });
      break;
  }
  return node;
}

}  // namespace

absl::StatusOr<YamlNode> YamlNode::Read(std::string_view text) {
  constexpr int kMaxDepth = 64;
  if (const auto bad = CheckEncoding(text)) {
    const std::string_view before = text.substr(0, bad->offset);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const size_t column = bad->offset - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0.
    return InvalidArgument(lines + 1, ":", column, ": ", bad->message);
  }
  TextBudget budget{text.size() + 1, kMaxDepth, MemoryBudget(text.size())};
  TextStream stream(text);
  while (const std::optional<Piece> piece = stream.Next()) {
    ValueTree tree(text);
    if (const auto error = ReadYamlDocument(*piece, &budget, &tree).error) {
      return InvalidArgument(error->line, ":", error->column, ": ", error->message);
    }
    if (!tree.empty()) return Convert(tree, ValueTree::kRoot);
  }
  return InvalidArgument("1:1: the file is empty");
}

std::string YamlNode::Place() const { return StrCat(line, ":", column); }

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [name, value] : fields) {
    if (name == key) return &value;
  }
  return nullptr;
}

const YamlNode& YamlNode::operator[](std::string_view key) const {
  static const YamlNode kNull;
  const YamlNode* found = Find(key);
  return found == nullptr ? kNull : *found;
}

std::string YamlNode::Text(std::string_view absent) const {
  return kind == Kind::kNull ? std::string(absent) : text;
}

int64_t YamlNode::Int(int64_t absent) const {
  int64_t number = absent;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::vector<std::string> YamlNode::Texts() const {
  std::vector<std::string> texts;
  if (kind == Kind::kScalar) texts.push_back(text);
  for (const YamlNode& item : items) texts.push_back(item.text);
  return texts;
}

}  // namespace postern
