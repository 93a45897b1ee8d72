#include "lib/yaml/value_tree.h"

#include <algorithm>

namespace postern {

uint32_t ValueTree::Append(Value::Kind kind, uint32_t line, uint32_t column) {
  if ((size_ & kMask) == 0 && (size_ >> kShift) == blocks_.size()) {
    blocks_.push_back(std::make_unique<Value[]>(kBlock));
  }
  const uint32_t index = size_++;
  Value& value = (*this)[index];
  value = Value();
  value.kind = kind;
  value.line = line;
  value.column = std::min(column, Value::kMaxColumn);
  return index;
}

void ValueTree::SetText(Value& value, std::string_view text, size_t offset) {
  value.size = static_cast<uint32_t>(text.size());
  if (offset <= text_.size() && text_.substr(offset, text.size()) == text) {
    value.at = static_cast<uint32_t>(offset);
    value.in_pool = false;
    return;
  }
  value.at = static_cast<uint32_t>(pool_.size());
  value.in_pool = true;
  pool_ += text;
}

void ValueTree::Clear() {
  constexpr size_t kKept = 8;
  size_ = 0;
  if (blocks_.size() > kKept) blocks_.resize(kKept);
  pool_.clear();
  if (pool_.capacity() > 65536) pool_.shrink_to_fit();
}

}  // namespace postern
