#include "lib/yaml/tree_builder.h"

#include <utility>

#include "lib/base/strings.h"
#include "lib/yaml/decode_rules.h"
#include "lib/yaml/scalar.h"

namespace postern {

bool TreeBuilder::Refuse(std::string_view rule, std::string message, Place place) {
  if (error_.rule.empty()) error_ = {rule, std::move(message), place.line, place.column};
  return false;
}

bool TreeBuilder::Count(size_t values, Place place) {
  values_ += values;
  if (values > budget_.values) {
    return Refuse(kTextValuesLimit, "holds more values than may be read", place);
  }
  budget_.values -= values;
  return true;
}

void TreeBuilder::Anchor(size_t anchor, uint32_t index, size_t values) {
  if (anchor == 0) return;
  if (anchor >= anchored_.size()) anchored_.resize(anchor + 1);
  anchored_[anchor] = {index, values};
}

// Finish does what a complete value means for the collection that it stands in.
bool TreeBuilder::Finish(uint32_t index) {
  if (open_.empty()) return true;
  Open& open = open_.back();
  if (!open.is_map) {
    ++tree_[open.index].size;
    return true;
  }
  open.wants_key = true;
  if (tree_[index - 1].kind == Value::Kind::kMerge) return CheckMerge(index);
  ++tree_[open.index].size;
  return true;
}

bool TreeBuilder::CheckMerge(uint32_t value) {
  const uint32_t merged = tree_.Resolve(value);
  bool mergeable = tree_[merged].kind == Value::Kind::kMap;
  if (tree_[merged].kind == Value::Kind::kList) {
    mergeable = true;
    tree_.ForEachElement(merged, [&](uint32_t element) {
      if (tree_[element].kind != Value::Kind::kMap) mergeable = false;
    });
  }
  if (mergeable) return true;
  return Refuse(kYamlMergeInvalid, "a merge needs a map or a list of maps",
                {tree_[value].line, tree_[value].column});
}

bool TreeBuilder::Key(Value::Kind kind, std::string_view text, Place place) {
  Value::Kind key_kind = Value::Kind::kText;
  std::string canonical;
  std::string_view name = text;
  if (kind == Value::Kind::kPlain) {
    if (text == "<<") {
      key_kind = Value::Kind::kMerge;
    } else if (!IsPlainText(text)) {
      const ResolvedScalar scalar = ResolvePlain(text);
      if (scalar.type == ResolvedScalar::Type::kNull) {
        return Refuse(kYamlKeyInvalid, "a key must not be null", place);
      }
      canonical = KeyText(scalar, text);
      name = canonical;
    }
  } else if (kind == Value::Kind::kNull) {
    return Refuse(kYamlKeyInvalid, "a key must not be null", place);
  }
  const uint32_t index = tree_.Append(key_kind, place.line, place.column);
  tree_.SetText(tree_[index], name, place.offset);
  open_.back().wants_key = false;
  return true;
}

bool TreeBuilder::Null(Place place, size_t anchor) {
  if (!Count(1, place)) return false;
  if (AtKey()) return Key(Value::Kind::kNull, "", place);
  if (!open_.empty() && open_.back().is_map) {
    // The parser gives nothing the place of what comes next: its key is nearer.
    const Value& key = tree_[tree_.size() - 1];
    if (key.line != place.line) place = {key.line, key.column};
  }
  const uint32_t index = tree_.Append(Value::Kind::kNull, place.line, place.column);
  Anchor(anchor, index, 1);
  return Finish(index);
}

bool TreeBuilder::Scalar(Value::Kind kind, std::string_view text, Place place, size_t anchor) {
  if (!Count(1, place)) return false;
  if (AtKey()) {
    Anchor(anchor, tree_.size(), 1);
    return Key(kind, text, place);
  }
  const uint32_t index = tree_.Append(kind, place.line, place.column);
  tree_.SetText(tree_[index], text, place.offset);
  Anchor(anchor, index, 1);
  return Finish(index);
}

bool TreeBuilder::Begin(Value::Kind kind, Place place, size_t anchor) {
  if (!Count(1, place)) return false;
  if (AtKey()) return Refuse(kYamlKeyInvalid, "a key must be a scalar", place);
  if (open_.size() >= static_cast<size_t>(budget_.depth)) {
    return Refuse(kTextDepthLimit, StrCat("nested deeper than ", budget_.depth, " levels"), place);
  }
  const uint32_t index = tree_.Append(kind, place.line, place.column);
  Anchor(anchor, index, 0);
  open_.push_back(
      {index, kind == Value::Kind::kMap, kind == Value::Kind::kMap, anchor, values_ - 1});
  return true;
}

bool TreeBuilder::End() {
  const Open closed = open_.back();
  open_.pop_back();
  tree_[closed.index].at = tree_.size();
  if (closed.anchor != 0) anchored_[closed.anchor].values = values_ - closed.values_before;
  return Finish(closed.index);
}

bool TreeBuilder::Alias(Place place, size_t anchor) {
  const Anchored target = anchor < anchored_.size() ? anchored_[anchor] : Anchored();
  if (target.values == 0) {
    return Refuse(kYamlSyntaxInvalid, "an alias must not stand inside of what it means", place);
  }
  if (!Count(target.values, place)) return false;
  // What is written once and meant often costs its memory each time in the resource.
  if (!budget_.memory.Take(16 * target.values)) {
    return Refuse(kTextMemoryLimit, "aliases expand to too many values", place);
  }
  const Value& value = tree_[target.index];
  if (AtKey()) {
    if (!value.IsLeaf()) {
      return Refuse(kYamlKeyInvalid, "a key must be a scalar", place);
    }
    const std::string text(tree_.Text(value));
    return Key(value.kind, text, {place.line, place.column});
  }
  const uint32_t index = tree_.Append(Value::Kind::kAlias, place.line, place.column);
  tree_[index].at = tree_.Resolve(target.index);
  return Finish(index);
}

}  // namespace postern
