// What a scalar is: YAML 1.1's types as go-yaml v2 resolves them (schema.md 1.4), and JSON's
// numbers. Which field wants which is for lib/yaml/field_reader.h.

#ifndef POSTERN_YAML_SCALAR_H_
#define POSTERN_YAML_SCALAR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern {

// A ResolvedScalar is the value of a plain scalar.
struct ResolvedScalar {
  enum class Type { kNull, kBool, kInteger, kFloat, kText };

  Type type = Type::kText;
  bool boolean = false;
  bool negative = false;   // Of an integer.
  uint64_t magnitude = 0;  // Of an integer.
  double number = 0;       // Of a float, and of an integer too.
};

// IsPlainText says, for most texts and without looking far, that `text` is a string even without
// quotes. false: ResolvePlain knows.
inline bool IsPlainText(std::string_view text) {
  if (text.empty()) return false;
  switch (text.front()) {
    case '+':
    case '-':
    case '.':
    case '~':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      return false;
    case 'f':
    case 'F':
    case 'n':
    case 'N':
    case 'o':
    case 'O':
    case 't':
    case 'T':
    case 'y':
    case 'Y':
      return text.size() > 5;  // "false" is the longest word that means something.
    default:
      return true;
  }
}

// ResolvePlain returns what `text` means without quotes.
ResolvedScalar ResolvePlain(std::string_view text);

// KeyText returns the string that the plain key `text` becomes, resolved to `scalar`: "on" is the
// key "true", "0x50" is "80".
std::string KeyText(const ResolvedScalar& scalar, std::string_view text);

// ValueText returns the string that a plain scalar becomes where Kubernetes wants one, as in
// labels: like KeyText, but floats keep the precision of a double.
std::string ValueText(const ResolvedScalar& scalar, std::string_view text);

// ParseJsonNumber reads `text` as JSON spells numbers, spaces around it allowed: of a text in
// quotes tabs and line breaks are escapes by the time that Istio drops the quotes.
std::optional<ResolvedScalar> ParseJsonNumber(std::string_view text);

}  // namespace postern

#endif  // POSTERN_YAML_SCALAR_H_
