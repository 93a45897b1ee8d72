#include "lib/yaml/scalar_reader.h"

#include <cmath>
#include <limits>

#include "lib/base/strings.h"
#include "lib/yaml/decode_rules.h"
#include "lib/yaml/scalar.h"
#include "lib/yaml/text_forms.h"

namespace postern {
namespace {

using Kind = Value::Kind;
using Type = ResolvedScalar::Type;

std::string_view TypeName(const ValueTree& tree, const Value& value) {
  switch (value.kind) {
    case Kind::kNull:
      return "null";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
    case Kind::kJsonNumber:
      return "a number";
    case Kind::kPlain:
      switch (ResolvePlain(tree.Text(value)).type) {
        case Type::kBool:
          return "a boolean";
        case Type::kInteger:
        case Type::kFloat:
          return "a number";
        case Type::kNull:
        case Type::kText:
          return "a string";
      }
      break;
    case Kind::kText:
    case Kind::kMerge:
    case Kind::kAlias:
      break;
  }
  return "a string";
}

// ParseQuotedNumber reads a number in quotes. Istio drops them and reads what is left as JSON, in
// which null stands for 0.
std::optional<ResolvedScalar> ParseQuotedNumber(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first != text.npos && text.substr(first, text.find_last_not_of(' ') + 1 - first) == "null") {
    ResolvedScalar zero;
    zero.type = Type::kInteger;
    return zero;
  }
  return ParseJsonNumber(text);
}

}  // namespace

void ScalarReader::WrongType(std::string_view wanted) {
  std::string message = StrCat("must be ", wanted, ", but is ", TypeName(context_.tree(), node_));
  if (node_.IsLeaf() && !context_.secret()) {
    StrAppend(&message, ": ", Quote(text_));
    if (wanted == "a string") message += "; put it in quotes";
  }
  context_.Error(kFieldTypeInvalid, path_, value_, std::move(message));
}

std::optional<std::string_view> ScalarReader::Text() {
  if (node_.kind == Kind::kText) return text_;
  if (node_.kind == Kind::kPlain &&
      (IsPlainText(text_) || ResolvePlain(text_).type == Type::kText)) {
    return text_;
  }
  WrongType("a string");
  return std::nullopt;
}

void ScalarReader::Read(std::string* out) {
  const auto text = Text();
  if (!text.has_value()) return;
  constexpr size_t kInline = 15;  // What a std::string holds in itself.
  if (text->size() > kInline && !context_.Take(text->size() + 17)) return;
  *out = *text;
}

void ScalarReader::Read(bool* out) {
  if (node_.kind == Kind::kPlain) {
    const ResolvedScalar scalar = ResolvePlain(text_);
    if (scalar.type == Type::kBool) {
      *out = scalar.boolean;
      return;
    }
  }
  WrongType("true or false");
}

template <typename T>
void ScalarReader::ReadInteger(T* out) {
  if (!node_.IsLeaf()) return WrongType("a whole number");
  std::optional<ResolvedScalar> number;
  bool is_literal = true;  // Spelled as JSON's whole numbers: a float is none, even if it is whole.
  if (node_.kind == Kind::kPlain) {
    const ResolvedScalar scalar = ResolvePlain(text_);
    if (scalar.type == Type::kBool) return WrongType("a whole number");
    if (scalar.type != Type::kText) {
      number = scalar;
      is_literal = false;  // YAML writes it anew, 80.0 as 80.
    }
  }
  if (!number.has_value()) number = ParseQuotedNumber(text_);
  if (!number.has_value()) return WrongType("a whole number");
  const auto refuse = [&](std::string_view why) {
    std::string message(why);
    if (!context_.secret()) StrAppend(&message, ", but is ", Quote(text_));
    context_.Error(kFieldNumberInvalid, path_, value_, std::move(message));
  };
  constexpr T kMost = std::numeric_limits<T>::max();
  constexpr T kLeast = std::numeric_limits<T>::min();
  if (number->type == Type::kFloat) {
    const double real = number->number;
    if (is_literal || !(std::floor(real) == real) || std::isinf(real)) {
      return refuse("must be a whole number");
    }
    // Both bounds are exact: 2^n is a double, and the greatest T is one less.
    const double bound = std::ldexp(1.0, std::numeric_limits<T>::digits);
    const bool is_minus_zero = real == 0 && std::signbit(real) && kLeast == 0;
    if (real >= bound || real < (kLeast == 0 ? 0 : -bound) || is_minus_zero) {
      return refuse(StrCat("must be within ", kLeast, " and ", kMost));
    }
    *out = static_cast<T>(real);
    return;
  }
  const uint64_t limit = number->negative
                             ? uint64_t{0} - static_cast<uint64_t>(static_cast<int64_t>(kLeast))
                             : static_cast<uint64_t>(kMost);
  const bool is_unsigned_minus = number->negative && kLeast == 0 && is_literal;
  if (number->magnitude > (kLeast == 0 && number->negative ? 0 : limit) || is_unsigned_minus) {
    return refuse(StrCat("must be within ", kLeast, " and ", kMost));
  }
  *out = number->negative ? static_cast<T>(uint64_t{0} - number->magnitude)
                          : static_cast<T>(number->magnitude);
}

void ScalarReader::Read(int32_t* out) { ReadInteger(out); }
void ScalarReader::Read(uint32_t* out) { ReadInteger(out); }
void ScalarReader::Read(uint64_t* out) { ReadInteger(out); }

void ScalarReader::ReadByte(uint8_t* out) {
  if (node_.kind == Kind::kText) return WrongType("a whole number");
  ReadInteger(out);
}

void ScalarReader::Read(double* out) {
  if (!node_.IsLeaf()) return WrongType("a number");
  if (node_.kind == Kind::kPlain) {
    const ResolvedScalar scalar = ResolvePlain(text_);
    if (scalar.type == Type::kBool) return WrongType("a number");
    if (scalar.type == Type::kInteger || scalar.type == Type::kFloat) {
      // YAML's own infinities have no spelling in JSON, which the text_ becomes on its way.
      if (!std::isfinite(scalar.number)) return WrongType("a number");
      *out = scalar.number;
      return;
    }
  }
  if (text_ == "NaN") {
    *out = std::numeric_limits<double>::quiet_NaN();
  } else if (text_ == "Infinity" || text_ == "-Infinity") {
    const double infinity = std::numeric_limits<double>::infinity();
    *out = text_.front() == '-' ? -infinity : infinity;
  } else if (const auto number = ParseQuotedNumber(text_)) {
    *out = number->number;
  } else {
    WrongType("a number");
  }
}

void ScalarReader::Read(Duration* out) {
  const auto text = Text();
  if (!text.has_value()) return;
  if (const auto duration = ParseDuration(*text)) {
    *out = *duration;
    return;
  }
  context_.Error(kFieldDurationInvalid, path_, value_,
                 StrCat("must be a duration such as 1h30m or 500ms, but is ", Quote(*text)));
}

std::string_view ScalarReader::ReadEnum(int32_t* number) {
  const bool is_text = node_.kind == Kind::kText ||
                       (node_.kind == Kind::kPlain && ResolvePlain(text_).type == Type::kText);
  if (!is_text) {
    ReadInteger(number);
    return {};
  }
  if (!text_.empty()) return text_;
  UnknownName("");
  return {};
}

void ScalarReader::UnknownName(std::string_view names) {
  context_.Error(kFieldEnumUnknown, path_, value_,
                 names.empty() ? std::string("must be a name, but is empty")
                               : StrCat("must be one of ", names, ", but is ", Quote(text_)));
}

void ScalarReader::ReadConverted(std::string* out) {
  if (!node_.IsLeaf()) return WrongType("a string");
  if (!context_.Take(text_.size())) return;
  *out = node_.kind == Kind::kPlain && !IsPlainText(text_) ? ValueText(ResolvePlain(text_), text_)
                                                           : std::string(text_);
}

}  // namespace postern
