#include "lib/yaml/field_reader.h"

#include <cmath>
#include <limits>

#include "lib/base/string_map.h"
#include "lib/yaml/scalar.h"
#include "lib/yaml/text_forms.h"

namespace postern {
namespace {

using Kind = Value::Kind;
using Type = ResolvedScalar::Type;

// IsSnakeCase says that `written` is the proto's name of the field `name`: an underscore and a
// small letter for each capital.
bool IsSnakeCase(std::string_view written, std::string_view name) {
  // The one name whose underscore stands before a digit, which camelCase does not show.
  if (name == "consecutive5xxErrors") return written == "consecutive_5xx_errors";
  size_t at = 0;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      if (at >= written.size() || written[at++] != '_') return false;
    }
    if (at >= written.size() || written[at++] != AsciiLower(c)) return false;
  }
  return at == written.size();
}

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

}  // namespace

FieldReader::FieldReader(DecodeContext* context, uint32_t value, const FieldPath& path,
                         Unknown unknown)
    : context_(*context), path_(path), unknown_(unknown), value_(value) {
  std::vector<DecodeField>& fields = context_.fields();
  begin_ = next_ = fields.size();
  const ValueTree& tree = context_.tree();
  if (tree[value].kind == Kind::kMap) {
    tree.ForEachField(value, [&](uint32_t key, uint32_t field) {
      const std::string_view name = tree.Text(tree[key]);
      has_underscore_ = has_underscore_ || name.find('_') != name.npos;
      fields.push_back({name, key, field, false});
    });
  } else if (tree[value].kind != Kind::kNull) {
    WrongType(value, path, "a map");
  }
  end_ = fields.size();
  CheckDuplicates();
}

FieldReader::~FieldReader() {
  std::vector<DecodeField>& fields = context_.fields();
  if (unknown_ == Unknown::kRefuse && context_.strict()) {
    for (size_t i = begin_; i < end_; ++i) {
      if (fields[i].used) continue;
      context_.Error(kFieldUnknown, path_.Field(fields[i].name), fields[i].key,
                     StrCat("unknown field ", Quote(fields[i].name)));
    }
  }
  fields.resize(begin_);
}

// CheckDuplicates refuses a key that stands twice, or in lenient mode lets its last value win.
void FieldReader::CheckDuplicates() {
  std::vector<DecodeField>& fields = context_.fields();
  constexpr size_t kFew = 12;
  StringViewMap<size_t> known;  // In large maps, where looking at all of them would take too long.
  const bool is_large = end_ - begin_ > kFew;
  size_t kept = begin_;
  for (size_t i = begin_; i < end_; ++i) {
    size_t same = kept;
    if (is_large) {
      const auto [entry, is_new] = known.try_emplace(fields[i].name, kept);
      if (!is_new) same = entry->second;
    } else {
      for (same = begin_; same < kept && fields[same].name != fields[i].name;) ++same;
    }
    if (same == kept) {
      fields[kept++] = fields[i];
      continue;
    }
    if (context_.strict()) {
      context_.Error(kFieldDuplicate, path_.Field(fields[i].name), fields[i].key,
                     StrCat("the key ", Quote(fields[i].name), " stands twice in one map"));
    }
    fields[same] = fields[i];
  }
  end_ = kept;
  fields.resize(kept);
}

void FieldReader::FoldCase(std::initializer_list<std::string_view> names) {
  for (size_t i = begin_; i < end_; ++i) {
    DecodeField& field = context_.fields()[i];
    for (const std::string_view name : names) {
      if (EqualsIgnoreCase(field.name, name)) field.name = name;
    }
  }
}

DecodeField* FieldReader::FindField(std::string_view name) {
  std::vector<DecodeField>& fields = context_.fields();
  for (size_t n = end_ - begin_; n > 0; --n) {
    if (next_ == end_) next_ = begin_;
    DecodeField& field = fields[next_++];
    if (field.name == name) return &field;
  }
  return nullptr;
}

const DecodeField* FieldReader::Use(std::string_view name) {
  DecodeField* found = FindField(name);
  if (has_underscore_) {
    for (size_t i = begin_; i < end_; ++i) {
      DecodeField& other = context_.fields()[i];
      if (&other == found || !IsSnakeCase(other.name, name)) continue;
      other.used = true;
      if (found == nullptr) found = &other;
    }
  }
  if (found == nullptr) return nullptr;
  found->used = true;
  return IsNull(found->value) ? nullptr : found;
}

void FieldReader::WrongType(uint32_t value, const FieldPath& path, std::string_view wanted) {
  const ValueTree& tree = context_.tree();
  const Value& wrong = tree[value];
  std::string message = StrCat("must be ", wanted, ", but is ", TypeName(tree, wrong));
  const bool is_scalar = wrong.kind != Kind::kList && wrong.kind != Kind::kMap;
  if (is_scalar && !context_.secret()) {
    StrAppend(&message, ": ", Quote(tree.Text(wrong)));
    if (wanted == "a string") message += "; put it in quotes";
  }
  context_.Error(kFieldTypeInvalid, path, value, std::move(message));
}

void FieldReader::WarnOverridden(std::string_view names) {
  context_.Add(Severity::kWarning, kFieldOneofOverridden, path_, value_,
               StrCat("only one of ", names, " may be set; the last of them is used"));
}

std::optional<std::string_view> FieldReader::ReadString(uint32_t value, const FieldPath& path) {
  const ValueTree& tree = context_.tree();
  const Value& scalar = tree[value];
  if (scalar.kind == Kind::kText) return tree.Text(scalar);
  if (scalar.kind == Kind::kPlain) {
    const std::string_view text = tree.Text(scalar);
    if (IsPlainText(text) || ResolvePlain(text).type == Type::kText) return text;
  }
  WrongType(value, path, "a string");
  return std::nullopt;
}

void FieldReader::ReadValue(uint32_t value, const FieldPath& path, std::string* out) {
  const auto text = ReadString(value, path);
  if (!text.has_value()) return;
  constexpr size_t kInline = 15;  // What a std::string holds in itself.
  if (text->size() > kInline && !context_.Take(text->size() + 17)) return;
  *out = *text;
}

void FieldReader::ReadValue(uint32_t value, const FieldPath& path, bool* out) {
  const ValueTree& tree = context_.tree();
  if (tree[value].kind == Kind::kPlain) {
    const ResolvedScalar scalar = ResolvePlain(tree.Text(tree[value]));
    if (scalar.type == Type::kBool) {
      *out = scalar.boolean;
      return;
    }
  }
  WrongType(value, path, "true or false");
}

template <typename T>
void FieldReader::ReadInteger(uint32_t value, const FieldPath& path, T* out) {
  const ValueTree& tree = context_.tree();
  const Value& node = tree[value];
  if (node.kind == Kind::kList || node.kind == Kind::kMap) {
    return WrongType(value, path, "a whole number");
  }
  const std::string_view text = tree.Text(node);
  std::optional<ResolvedScalar> number;
  bool is_literal = true;  // Spelled as JSON's whole numbers: a float is none, even if it is whole.
  if (node.kind == Kind::kPlain) {
    const ResolvedScalar scalar = ResolvePlain(text);
    if (scalar.type == Type::kBool) return WrongType(value, path, "a whole number");
    if (scalar.type != Type::kText) {
      number = scalar;
      is_literal = false;  // YAML writes it anew, 80.0 as 80.
    }
  }
  if (!number.has_value()) number = ParseJsonNumber(text);
  if (!number.has_value()) return WrongType(value, path, "a whole number");
  const auto refuse = [&](std::string_view why) {
    std::string message(why);
    if (!context_.secret()) StrAppend(&message, ", but is ", Quote(text));
    context_.Error(kFieldNumberInvalid, path, value, std::move(message));
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

void FieldReader::ReadValue(uint32_t value, const FieldPath& path, int32_t* out) {
  ReadInteger(value, path, out);
}
void FieldReader::ReadValue(uint32_t value, const FieldPath& path, uint32_t* out) {
  ReadInteger(value, path, out);
}
void FieldReader::ReadValue(uint32_t value, const FieldPath& path, uint64_t* out) {
  ReadInteger(value, path, out);
}

void FieldReader::ReadValue(uint32_t value, const FieldPath& path, double* out) {
  const ValueTree& tree = context_.tree();
  const Value& node = tree[value];
  if (node.kind == Kind::kList || node.kind == Kind::kMap) {
    return WrongType(value, path, "a number");
  }
  const std::string_view text = tree.Text(node);
  if (node.kind == Kind::kPlain) {
    const ResolvedScalar scalar = ResolvePlain(text);
    if (scalar.type == Type::kBool) return WrongType(value, path, "a number");
    if (scalar.type == Type::kInteger || scalar.type == Type::kFloat) {
      // YAML's own infinities have no spelling in JSON, which the text becomes on its way.
      if (!std::isfinite(scalar.number)) return WrongType(value, path, "a number");
      *out = scalar.number;
      return;
    }
  }
  if (text == "NaN") {
    *out = std::numeric_limits<double>::quiet_NaN();
  } else if (text == "Infinity" || text == "-Infinity") {
    const double infinity = std::numeric_limits<double>::infinity();
    *out = text.front() == '-' ? -infinity : infinity;
  } else if (const auto number = ParseJsonNumber(text)) {
    *out = number->number;
  } else {
    WrongType(value, path, "a number");
  }
}

void FieldReader::ReadValue(uint32_t value, const FieldPath& path, Duration* out) {
  const auto text = ReadString(value, path);
  if (!text.has_value()) return;
  if (const auto duration = ParseDuration(*text)) {
    *out = *duration;
    return;
  }
  context_.Error(kFieldDurationInvalid, path, value,
                 StrCat("must be a duration such as 1h30m or 500ms, but is ", Quote(*text)));
}

std::string_view FieldReader::ReadEnum(uint32_t value, const FieldPath& path, int32_t* number) {
  const ValueTree& tree = context_.tree();
  const Value& node = tree[value];
  const std::string_view text = tree.Text(node);
  const bool is_text = node.kind == Kind::kText ||
                       (node.kind == Kind::kPlain && ResolvePlain(text).type == Type::kText);
  if (!is_text) {
    ReadInteger(value, path, number);
    return {};
  }
  if (!text.empty()) return text;
  UnknownName(value, path, "");
  return {};
}

void FieldReader::UnknownName(uint32_t value, const FieldPath& path, std::string_view names) {
  const std::string_view text = context_.tree().Text(context_.tree()[value]);
  context_.Error(kFieldEnumUnknown, path, value,
                 names.empty() ? std::string("must be a name, but is empty")
                               : StrCat("must be one of ", names, ", but is ", Quote(text)));
}

void FieldReader::Bytes(std::string_view name, std::optional<std::string>* out) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  const FieldPath path = path_.Field(name);
  const auto text = ReadString(value, path);
  if (!text.has_value()) return;
  *out = DecodeBase64(*text);
  if (!out->has_value()) {
    context_.Error(kFieldBase64Invalid, path, value, "must be base64 with padding");
  }
}

void FieldReader::Timestamp(std::string_view name, std::optional<std::chrono::sys_seconds>* out) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  const FieldPath path = path_.Field(name);
  const auto text = ReadString(value, path);
  if (!text.has_value()) return;
  *out = ParseTimestamp(*text);
  if (!out->has_value()) {
    context_.Error(kFieldTimestampInvalid, path, value,
                   StrCat("must be a time such as 2026-11-24T12:00:00Z, but is ", Quote(*text)));
  }
}

void FieldReader::ReadConvertedValue(uint32_t value, const FieldPath& path, std::string* out) {
  const ValueTree& tree = context_.tree();
  const Value& scalar = tree[value];
  if (scalar.kind == Kind::kList || scalar.kind == Kind::kMap) {
    return WrongType(value, path, "a string");
  }
  const std::string_view text = tree.Text(scalar);
  if (!context_.Take(text.size())) return;
  *out = scalar.kind == Kind::kPlain && !IsPlainText(text) ? ValueText(ResolvePlain(text), text)
                                                           : std::string(text);
}

void FieldReader::Converted(std::string_view name, std::string* out) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  ReadConvertedValue(value, path_.Field(name), out);
}

void FieldReader::Converted(std::string_view name, std::map<std::string, std::string>* out) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  ForEachEntry(value, path_.Field(name), sizeof(std::string),
               [&](std::string_view key, uint32_t entry, const FieldPath& path) {
                 std::string text;
                 if (!IsNull(entry)) ReadConvertedValue(entry, path, &text);
                 out->insert_or_assign(std::string(key), std::move(text));
               });
}

void FieldReader::SecretData(std::string_view name, bool base64,
                             std::map<std::string, std::string>* out) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  const bool before = context_.secret();
  context_.set_secret(true);
  ForEachEntry(value, path_.Field(name), sizeof(std::string),
               [&](std::string_view key, uint32_t entry, const FieldPath& path) {
                 std::string text;
                 if (!IsNull(entry)) ReadValue(entry, path, &text);
                 if (base64) {
                   std::optional<std::string> bytes = DecodeBase64(text);
                   if (!bytes.has_value()) {
                     context_.Error(kFieldBase64Invalid, path, entry,
                                    "must be base64 with padding");
                     return;
                   }
                   text = *std::move(bytes);
                 }
                 out->insert_or_assign(std::string(key), std::move(text));
               });
  context_.set_secret(before);
}

}  // namespace postern
