// Writes the fields of one message as canonical YAML: what lib/yaml/field_reader.h reads back to an
// equal value. Envelopes and documents are for lib/yaml/writer.cc.

#ifndef POSTERN_YAML_FIELD_WRITER_H_
#define POSTERN_YAML_FIELD_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lib/model/names.h"
#include "postern/boxed.h"
#include "postern/time.h"

namespace postern {

// YamlString spells `text` so that YAML reads it as this string, on one line: without quotes if
// nobody could take it for something else.
std::string YamlString(std::string_view text);

// A FieldWriter writes fields in block style, one below the other. Members that hold their default
// are left out; what is set in a std::optional is written whatever it holds.
class FieldWriter {
 public:
  static constexpr bool kOnlyLooks = true;

  // `out` is appended to; each line begins with `indent` spaces.
  FieldWriter(std::string* out, size_t indent) : out_(*out), indent_(indent) {}

  template <typename T>
  void Field(std::string_view name, const std::optional<T>* member) {
    if (member->has_value()) Put(name, **member);
  }
  template <typename T>
  void Field(std::string_view name, const Boxed<T>* member) {
    if (member->has_value()) Put(name, **member);
  }
  template <typename T>
  void Field(std::string_view name, const T* member) {
    if (*member != T()) Put(name, *member);
  }

  void Bytes(std::string_view name, const std::optional<std::string>* member);

  // KeepLast has nothing to do: of a oneof at most one member is set.
  template <typename... Members>
  void KeepLast(std::string_view, Members...) {}

 private:
  void Put(std::string_view name, const std::string& value) { Line(name, YamlString(value)); }
  void Put(std::string_view name, bool value) { Line(name, value ? "true" : "false"); }
  void Put(std::string_view name, double value);
  void Put(std::string_view name, Duration value);
  void Put(std::string_view name, int32_t value);
  void Put(std::string_view name, uint32_t value);
  void Put(std::string_view name, uint64_t value);

  template <typename E>
  requires std::is_enum_v<E>
  void Put(std::string_view name, E value) { Line(name, NameOrNumberOf(value)); }

  template <typename M>
  requires std::is_class_v<M>
  void Put(std::string_view name, const M& message) {
    const std::string body = BodyOf(message, indent_ + 2);
    if (body.empty()) return Line(name, "{}");
    Line(name, "");
    out_ += body;
  }

  template <typename T>
  void Put(std::string_view name, const std::vector<T>& list) {
    Line(name, "");
    for (const T& element : list) {
      if constexpr (std::is_same_v<T, std::string>) {
        Item(YamlString(element));
      } else if constexpr (std::is_integral_v<T>) {
        Item(StrCat(element));
      } else {
        std::string body = BodyOf(element, indent_ + 2);
        if (body.empty()) {
          Item("{}");
        } else {
          body[indent_] = '-';
          out_ += body;
        }
      }
    }
  }

  template <typename T>
  void Put(std::string_view name, const std::map<std::string, T>& map) {
    Line(name, "");
    FieldWriter entries(&out_, indent_ + 2);
    for (const auto& [key, value] : map) entries.Put(YamlString(key), value);
  }

  template <typename M>
  static std::string BodyOf(const M& message, size_t indent) {
    std::string body;
    FieldWriter fields(&body, indent);
    VisitFields(fields, &message);
    return body;
  }

  // Line writes a key, spelled as in the text, and the value that stands behind it.
  void Line(std::string_view key, std::string_view value);
  void Item(std::string_view value);

  std::string& out_;
  const size_t indent_;
};

}  // namespace postern

#endif  // POSTERN_YAML_FIELD_WRITER_H_
