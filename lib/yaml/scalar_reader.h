// Reads one value as the scalar that a field wants, by Istio's rules for what may stand for it
// (schema.md 1.5). Which field wants what, and how messages are made of fields, is for
// lib/yaml/field_reader.h.

#ifndef POSTERN_YAML_SCALAR_READER_H_
#define POSTERN_YAML_SCALAR_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "lib/base/strings.h"
#include "lib/model/field_path.h"
#include "lib/model/names.h"
#include "lib/yaml/decode_context.h"
#include "postern/time.h"

namespace postern {

// A ScalarReader reads the value at one index of the tree. What is wrong becomes a finding, and
// leaves `*out` as it is.
class ScalarReader {
 public:
  // `path` outlives it.
  ScalarReader(DecodeContext& context, uint32_t value, const FieldPath& path)
      : context_(context),
        node_(context.tree()[value]),
        text_(context.tree().Text(node_)),
        path_(path),
        value_(value) {}

  void Read(std::string* out);
  void Read(bool* out);
  void Read(double* out);
  void Read(Duration* out);
  void Read(int32_t* out);
  void Read(uint32_t* out);
  void Read(uint64_t* out);

  // ReadByte reads an element of bytes that are written as a list of numbers, none in quotes.
  void ReadByte(uint8_t* out);

  template <typename E>
  requires std::is_enum_v<E>
  void Read(E* out) {
    int32_t number = 0;
    const std::string_view name = ReadEnum(&number);
    if (name.empty()) {
      *out = static_cast<E>(number);
    } else if (const std::optional<E> known = EnumOf<E>(name)) {
      *out = *known;
    } else {
      std::string names;
      for (const EnumName<E>& one : EnumNames<E>()) {
        StrAppend(&names, names.empty() ? "" : ", ", one.name);
      }
      UnknownName(names);
    }
  }

  // ReadConverted reads a string where Kubernetes turns numbers and booleans into strings.
  void ReadConverted(std::string* out);

  // Text returns the string that the value is, which the tree holds.
  std::optional<std::string_view> Text();

  // WrongType adds that the value is not `wanted`, such as "a string".
  void WrongType(std::string_view wanted);

 private:
  template <typename T>
  void ReadInteger(T* out);

  // ReadEnum returns the name that stands for an enum's value, or reads its number; empty and 0 for
  // what is neither.
  std::string_view ReadEnum(int32_t* number);
  void UnknownName(std::string_view names);

  DecodeContext& context_;
  const Value& node_;
  const std::string_view text_;
  const FieldPath& path_;
  const uint32_t value_;
};

}  // namespace postern

#endif  // POSTERN_YAML_SCALAR_READER_H_
