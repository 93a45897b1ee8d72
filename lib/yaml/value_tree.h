// One document in memory: its values in the order in which they were written, each with its place.
// Who fills it is lib/yaml/document.h and lib/yaml/json_document.h; what it means is for
// lib/yaml/field_reader.h.

#ifndef POSTERN_YAML_VALUE_TREE_H_
#define POSTERN_YAML_VALUE_TREE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace postern {

// A Value is one node of a document: 16 bytes, its text elsewhere.
struct Value {
  enum class Kind : uint8_t {
    kNull,
    kPlain,       // A scalar without quotes, whose type its text decides (scalar.h).
    kText,        // A quoted or block scalar: always a string.
    kJsonNumber,  // A number of a JSON document.
    kList,
    kMap,    // Its children are a key and a value by turns; keys are kText or kMerge.
    kMerge,  // The key "<<".
    kAlias,
  };
  static constexpr uint32_t kMaxColumn = (uint32_t{1} << 28) - 1;

  // IsLeaf says that nothing is below it: a scalar, a key, an alias.
  bool IsLeaf() const { return kind != Kind::kList && kind != Kind::kMap; }

  // at is where the text of a scalar begins, see `in_pool`; which value an alias means; the first
  // value that is not below a list or map.
  uint32_t at = 0;
  uint32_t size = 0;  // Bytes of text; elements of a list; fields of a map without merged ones.
  uint32_t line = 0;
  uint32_t column : 28 = 0;  // At most kMaxColumn.
  Kind kind : 3 = Kind::kNull;
  bool in_pool : 1 = false;  // The text stands in the tree's pool, and else in the text itself.
};
static_assert(sizeof(Value) == 16);

// A ValueTree holds one document. It borrows the text that it was read from.
class ValueTree {
 public:
  static constexpr uint32_t kRoot = 0;

  explicit ValueTree(std::string_view text) : text_(text) {}

  bool empty() const { return size_ == 0; }
  uint32_t size() const { return size_; }

  // operator[] returns the value at `index`, which may be an alias; Resolve follows it.
  const Value& operator[](uint32_t index) const { return blocks_[index >> kShift][index & kMask]; }
  Value& operator[](uint32_t index) { return blocks_[index >> kShift][index & kMask]; }
  uint32_t Resolve(uint32_t index) const {
    const Value& value = (*this)[index];
    return value.kind == Value::Kind::kAlias ? value.at : index;
  }

  // Next returns the index of the first value behind the one at `index` and all that is below it.
  uint32_t Next(uint32_t index) const {
    const Value& value = (*this)[index];
    return value.IsLeaf() ? index + 1 : value.at;
  }

  // Text returns the text of a scalar or key; anything else has none.
  std::string_view Text(const Value& value) const {
    if (value.size == 0 || !value.IsLeaf()) return {};
    return value.in_pool ? std::string_view(pool_).substr(value.at, value.size)
                         : text_.substr(value.at, value.size);
  }

  // Append adds a value and returns its index; SetText gives it a text, which is borrowed if it is
  // what stands at `offset` of the text read, and copied if not.
  uint32_t Append(Value::Kind kind, uint32_t line, uint32_t column);
  void SetText(Value& value, std::string_view text, size_t offset);

  // ForEachField calls `visit(key, value)` with the indices of each field of the map at `map`;
  // merged fields stand where their merge key does, aliases are resolved.
  template <typename F>
  void ForEachField(uint32_t map, const F& visit) const {
    const uint32_t end = Next(map);
    for (uint32_t key = map + 1; key < end;) {
      const uint32_t value = key + 1;
      if ((*this)[key].kind == Value::Kind::kMerge) {
        ForEachMerged(Resolve(value), visit);
      } else {
        visit(key, Resolve(value));
      }
      key = Next(value);
    }
  }

  // ForEachElement calls `visit(value)` with the index of each element of the list at `list`.
  template <typename F>
  void ForEachElement(uint32_t list, const F& visit) const {
    const uint32_t end = Next(list);
    for (uint32_t at = list + 1; at < end; at = Next(at)) visit(Resolve(at));
  }

  // Clear forgets the document, and gives back what is more than a small one needs.
  void Clear();

  // bytes returns the memory in use.
  size_t bytes() const { return blocks_.size() * kBlock * sizeof(Value) + pool_.capacity(); }

 private:
  static constexpr uint32_t kShift = 9;
  static constexpr uint32_t kBlock = 1 << kShift;
  static constexpr uint32_t kMask = kBlock - 1;

  template <typename F>
  void ForEachMerged(uint32_t merged, const F& visit) const {
    if ((*this)[merged].kind == Value::Kind::kMap) return ForEachField(merged, visit);
    // Of a list of maps the first has the last word: go backwards.
    std::vector<uint32_t> maps;
    ForEachElement(merged, [&](uint32_t map) { maps.push_back(map); });
    while (!maps.empty()) {
      ForEachField(maps.back(), visit);
      maps.pop_back();
    }
  }

  std::string_view text_;
  // Blocks instead of one array: growing copies nothing, and doubles nothing.
  std::vector<std::unique_ptr<Value[]>> blocks_;
  uint32_t size_ = 0;
  std::string pool_;
};

}  // namespace postern

#endif  // POSTERN_YAML_VALUE_TREE_H_
