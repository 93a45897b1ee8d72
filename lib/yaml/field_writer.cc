#include "lib/yaml/field_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "lib/base/strings.h"
#include "lib/yaml/scalar.h"
#include "lib/yaml/text_forms.h"
#include "lib/yaml/text_stream.h"

namespace postern {
namespace {

// IsPlainSafe says that `text` needs no quotes anywhere: letters, digits and a few marks that mean
// nothing to YAML, and no number or word of its own.
bool IsPlainSafe(std::string_view text) {
  if (text.empty() || (!IsAsciiAlnum(text.front()) && text.front() != '/')) return false;
  for (const char c : text) {
    if (!IsAsciiAlnum(c) && c != '-' && c != '_' && c != '.' && c != '/') return false;
  }
  return ResolvePlain(text).type == ResolvedScalar::Type::kText;
}

// IsKept says that the character of several bytes at the front of `text` may stand in a text as it
// is: no line break of YAML, and none of those that CheckEncoding refuses.
bool IsKept(std::string_view character) {
  return character != "\u0085" && character != "\u2028" && character != "\u2029" &&
         !CheckEncoding(character).has_value();
}

// CharacterBytes returns how many bytes the character at the front of `text` has by its first one.
size_t CharacterBytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return bytes < text.size() ? bytes : text.size();
}

uint32_t CodePoint(std::string_view character) {
  uint32_t code_point = static_cast<unsigned char>(character.front());
  if (character.size() > 1) code_point &= 0x7fu >> character.size();
  for (const char c : character.substr(1)) {
    code_point = code_point << 6 | (static_cast<unsigned char>(c) & 0x3f);
  }
  return code_point;
}

}  // namespace

std::string YamlString(std::string_view text) {
  if (IsPlainSafe(text)) return std::string(text);
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::string_view character = text.substr(0, CharacterBytes(text));
    const char c = character.front();
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (c == '\r') {
      quoted += "\\r";
    } else if (IsKept(character)) {
      quoted += character;
    } else {
      StrAppend(&quoted, "\\u", absl::Hex(CodePoint(character), absl::kZeroPad4));
    }
    text.remove_prefix(character.size());
  }
  quoted += '"';
  return quoted;
}

void FieldWriter::Line(std::string_view key, std::string_view value) {
  constexpr size_t kLongest = 1000;  // YAML wants longer keys announced.
  const std::string blanks(indent_, ' ');
  if (key.size() > kLongest) StrAppend(&out_, blanks, "? ", key, "\n", blanks);
  if (key.size() <= kLongest) StrAppend(&out_, blanks, key);
  StrAppend(&out_, value.empty() ? ":" : ": ", value, "\n");
}

void FieldWriter::Item(std::string_view value) {
  StrAppend(&out_, std::string(indent_, ' '), "- ", value, "\n");
}

void FieldWriter::Bytes(std::string_view name, const std::optional<std::string>* member) {
  if (member->has_value()) Line(name, YamlString(EncodeBase64(**member)));
}

void FieldWriter::Put(std::string_view name, double value) {
  if (std::isnan(value)) return Line(name, "NaN");
  if (std::isinf(value)) return Line(name, value < 0 ? "\"-Infinity\"" : "Infinity");
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  Line(name, std::string_view(digits.data(), static_cast<size_t>(end - digits.data())));
}

void FieldWriter::Put(std::string_view name, Duration value) {
  Line(name, YamlString(FormatDuration(value)));
}

void FieldWriter::Put(std::string_view name, int32_t value) { Line(name, StrCat(value)); }
void FieldWriter::Put(std::string_view name, uint32_t value) { Line(name, StrCat(value)); }
void FieldWriter::Put(std::string_view name, uint64_t value) { Line(name, StrCat(value)); }

}  // namespace postern
