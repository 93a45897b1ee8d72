// Typed access to the fields of one map, with Istio's rules for what may stand where (schema.md 1.5
// and 1.7): each mistake becomes a finding at its place. Which fields a message has is for the
// readers of the kinds.

#ifndef POSTERN_YAML_FIELD_READER_H_
#define POSTERN_YAML_FIELD_READER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lib/model/field_path.h"
#include "lib/yaml/decode_context.h"
#include "lib/yaml/scalar_reader.h"
#include "postern/boxed.h"
#include "postern/time.h"

namespace postern {

// A FieldReader reads the map at one value. Each field is asked for once, by its camelCase name,
// and read into a member of the model; its snake_case name is taken too, and loses to the other.
// What is absent, null or wrong leaves the member as it is. The fields of a message are those of
// its VisitFields (lib/yaml/model_fields.h).
class FieldReader {
 public:
  static constexpr bool kOnlyLooks = false;

  // Unknown says what happens to fields that nobody asked for. Ignored ones are skipped, and so are
  // those to refuse in lenient mode.
  enum class Unknown { kRefuse, kIgnore };

  // FieldReader of a value that is no map adds a finding, unless it is null, and has no fields.
  // `path` outlives it.
  FieldReader(DecodeContext* context, uint32_t value, const FieldPath& path,
              Unknown unknown = Unknown::kRefuse);
  FieldReader(const FieldReader&) = delete;
  FieldReader& operator=(const FieldReader&) = delete;

  // ~FieldReader refuses or skips what nobody asked for.
  ~FieldReader();

  DecodeContext& context() { return context_; }

  // FoldCase lets fields whose names differ from `names` in case only stand for these, as in the
  // envelope of a resource.
  void FoldCase(std::initializer_list<std::string_view> names);

  // Field reads the field `name` into `*out`: scalars, std::optional, lists, maps from strings, and
  // messages, in any combination that the model has.
  template <typename T>
  void Field(std::string_view name, T* out) {
    const DecodeField* field = Use(name);
    if (field == nullptr) return;
    const uint32_t value = field->value;
    ReadValue(value, path_.Field(name), out);
  }

  // Bytes reads base64, or a list of numbers as Go's decoder of JSON does; Timestamp RFC 3339.
  void Bytes(std::string_view name, std::optional<std::string>* out);
  void Timestamp(std::string_view name, std::optional<std::chrono::sys_seconds>* out);

  // Converted reads a string, or a map of strings, where Kubernetes turns numbers and booleans
  // into strings: names and labels.
  void Converted(std::string_view name, std::string* out);
  void Converted(std::string_view name, std::map<std::string, std::string>* out);

  // SecretData reads a map of strings, in base64 if `base64`, and lays it over `*out`.
  void SecretData(std::string_view name, bool base64, std::map<std::string, std::string>* out);

  // Skip is for a field whose value means nothing. Still no key may stand twice in a map below it,
  // and no number there may be infinite or none: Kubernetes makes JSON of the whole document first.
  void Skip(std::string_view name);

  // KeepLast keeps, of the members of one oneof that are set, the last one named, as Istio does.
  template <typename... Members>
  void KeepLast(std::string_view names, Members*... members) {
    size_t at = 0;
    size_t last = 0;  // Counted from one.
    ((++at, last = members->has_value() ? at : last), ...);
    size_t dropped = 0;
    at = 0;
    ((++at, dropped += at < last && members->has_value() ? 1 : 0,
      at < last ? members->reset() : void()),
     ...);
    if (dropped > 0) WarnOverridden(names);
  }

  // Ask returns the value of the field `name` if it is there and not null, as an index of the tree;
  // it counts as asked for.
  std::optional<uint32_t> Ask(std::string_view name) {
    const DecodeField* field = Use(name);
    return field == nullptr ? std::nullopt : std::optional<uint32_t>(field->value);
  }

  const FieldPath& path() const { return path_; }

 private:
  // kIsScalar says that the model's type T is not made of fields.
  template <typename T>
  static constexpr bool kIsScalar = std::is_arithmetic_v<T> || std::is_enum_v<T> ||
                                    std::is_same_v<T, std::string> || std::is_same_v<T, Duration>;

  const DecodeField* Use(std::string_view name);
  DecodeField* FindField(std::string_view name);
  void CheckDuplicates();
  void SkipValue(uint32_t value, const FieldPath& path);
  void WarnOverridden(std::string_view names);
  void WrongType(uint32_t value, const FieldPath& path, std::string_view wanted) {
    ScalarReader(context_, value, path).WrongType(wanted);
  }
  bool IsNull(uint32_t value) const { return context_.tree()[value].kind == Value::Kind::kNull; }

  template <typename T>
  void ReadValue(uint32_t value, const FieldPath& path, T* out) {
    if constexpr (kIsScalar<T>) {
      ScalarReader(context_, value, path).Read(out);
    } else {
      FieldReader in(&context_, value, path, unknown_);
      VisitFields(in, out);
    }
  }

  template <typename T>
  void ReadValue(uint32_t value, const FieldPath& path, std::optional<T>* out) {
    // Not emplace: to Clang a nested class with initialisers has no default constructor there.
    T read{};
    ReadValue(value, path, &read);
    *out = std::move(read);
  }

  template <typename T>
  void ReadValue(uint32_t value, const FieldPath& path, Boxed<T>* out) {
    constexpr size_t kBlock = 16;  // What malloc adds.
    if (!context_.Take(sizeof(T) + kBlock)) return;
    ReadValue(value, path, &out->emplace());
  }

  template <typename T>
  void ReadValue(uint32_t value, const FieldPath& path, std::vector<T>* out) {
    const ValueTree& tree = context_.tree();
    if (tree[value].kind != Value::Kind::kList) return WrongType(value, path, "a list");
    const size_t size = tree[value].size;
    if (!context_.Take(size * sizeof(T))) return;
    out->reserve(out->size() + size);
    size_t index = 0;
    tree.ForEachElement(value, [&](uint32_t element) {
      T& read = out->emplace_back();
      if (!IsNull(element)) ReadValue(element, path.Element(index), &read);
      ++index;
    });
  }

  template <typename T>
  void ReadValue(uint32_t value, const FieldPath& path, std::map<std::string, T>* out) {
    ForEachEntry(value, path, sizeof(T),
                 [&](std::string_view key, uint32_t entry, const FieldPath& entry_path) {
                   T read{};
                   if (!IsNull(entry)) ReadValue(entry, entry_path, &read);
                   out->insert_or_assign(std::string(key), std::move(read));
                 });
  }

  // ForEachEntry calls `read(key, value, path)` for each entry of a map from strings, whose values
  // take `size` bytes each.
  template <typename F>
  void ForEachEntry(uint32_t value, const FieldPath& path, size_t size, const F& read) {
    const ValueTree& tree = context_.tree();
    if (tree[value].kind != Value::Kind::kMap) return WrongType(value, path, "a map");
    FieldReader entries(&context_, value, path, Unknown::kIgnore);
    constexpr size_t kNode = 96;  // Of a std::map: the links, the key and what malloc adds.
    if (!context_.Take((entries.end_ - entries.begin_) * (size + kNode))) return;
    for (size_t i = entries.begin_; i < entries.end_; ++i) {
      context_.fields()[i].used = true;
      const DecodeField entry = context_.fields()[i];
      read(entry.name, entry.value, path.Key(entry.name));
    }
  }

  DecodeContext& context_;
  const FieldPath& path_;
  const Unknown unknown_;
  uint32_t value_;
  // This map's part of the context's stack of fields.
  size_t begin_;
  size_t end_;
  size_t next_;  // Where the search for the next field begins: mostly it is there.
  bool has_underscore_ = false;
};

}  // namespace postern

#endif  // POSTERN_YAML_FIELD_READER_H_
