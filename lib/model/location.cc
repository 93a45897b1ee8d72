#include "lib/model/location.h"

#include <string>
#include <utility>

#include "lib/base/strings.h"

namespace postern {
namespace {

// IsSpelledAs says that `written`, a key of the text, is the field `field`: its camelCase name, or
// its snake_case one, which Istio takes too.
bool IsSpelledAs(std::string_view field, std::string_view written) {
  size_t at = 0;
  for (size_t i = 0; i < written.size(); ++i, ++at) {
    char c = written[i];
    if (c == '_' && i + 1 < written.size()) {
      c = written[++i];
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    if (at >= field.size() || field[at] != c) return false;
  }
  return at == field.size();
}

// EndsStep says that a step of a path may end where `rest` begins.
bool EndsStep(std::string_view rest) {
  return rest.empty() || rest.front() == '.' || rest.front() == '[';
}

// StepSize returns the length of the field's name that `path` begins with.
size_t StepSize(std::string_view path) {
  size_t size = 0;
  while (!EndsStep(path.substr(size))) ++size;
  return size;
}

}  // namespace

std::string SourceLocation::ToString() const {
  if (line <= 0) return "";
  return file.empty() ? StrCat(line, ":", column) : StrCat(file, ":", line, ":", column);
}

SourceLocation SourceMap::Find(std::string_view path) const {
  if (table_ == nullptr || table_->entries.empty()) return {};
  const std::vector<Table::Entry>& entries = table_->entries;
  const KeyPool& keys = *table_->keys;
  size_t at = 0;
  while (!path.empty()) {
    const size_t first = entries[at].first_child;
    const size_t end = at + 1 < entries.size() ? entries[at + 1].first_child : entries.size();
    if (first == end) break;
    size_t found = end;
    size_t taken = 0;  // Bytes of `path` that the step found is spelled with.
    if (entries[first].key == Table::kElement) {
      const size_t close = path.find(']');
      if (path.front() != '[' || close == std::string_view::npos) break;
      const auto index = ParseDecimal<uint32_t>(path.substr(1, close - 1));
      if (!index.has_value() || *index >= end - first) break;
      found = first + *index;
      taken = close + 1;
    } else if (path.front() == '[') {
      // A key may hold any byte, brackets and dots too: the longest that fits is meant.
      for (size_t i = first; i < end; ++i) {
        const std::string_view key = keys.Key(entries[i].key);
        const bool fits = path.size() >= key.size() + 2 && path.substr(1, key.size()) == key &&
                          path[key.size() + 1] == ']' && EndsStep(path.substr(key.size() + 2));
        if (fits && key.size() + 2 >= taken) {
          found = i;
          taken = key.size() + 2;
        }
      }
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const std::string_view name = path.substr(0, StepSize(path));
      bool exact = false;
      for (size_t i = first; i < end; ++i) {
        const std::string_view key = keys.Key(entries[i].key);
        // Another spelling is longer, by its underscores.
        if (key == name || (!exact && key.size() > name.size() && IsSpelledAs(name, key))) {
          exact = key == name;
          found = i;  // Of repeated keys the last is the one that counts.
        }
      }
      taken = name.size();
    }
    if (found == end) break;
    at = found;
    path.remove_prefix(taken);
  }
  return {keys.file(), static_cast<int>(entries[at].line), static_cast<int>(entries[at].column)};
}

SourceMapBuilder::SourceMapBuilder(std::shared_ptr<KeyPool> keys, size_t values)
    : keys_(std::move(keys)), table_(std::make_shared<SourceMap::Table>()) {
  table_->entries.reserve(values);
}

void SourceMapBuilder::BeginChildren() {
  table_->entries[next_parent_++].first_child = static_cast<uint32_t>(table_->entries.size());
}

SourceMap SourceMapBuilder::Build() && {
  while (next_parent_ < table_->entries.size()) BeginChildren();
  table_->keys = std::move(keys_);
  SourceMap map;
  map.table_ = std::move(table_);
  return map;
}

}  // namespace postern
