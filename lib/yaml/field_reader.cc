#include "lib/yaml/field_reader.h"

#include <cmath>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/yaml/decode_rules.h"
#include "lib/yaml/scalar.h"
#include "lib/yaml/text_forms.h"

namespace postern {
namespace {

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

}  // namespace

FieldReader::FieldReader(DecodeContext* context, uint32_t value, const FieldPath& path,
                         Unknown unknown)
    : context_(*context), path_(path), unknown_(unknown), value_(value) {
  std::vector<DecodeField>& fields = context_.fields();
  begin_ = next_ = fields.size();
  const ValueTree& tree = context_.tree();
  if (tree[value].kind == Value::Kind::kMap) {
    tree.ForEachField(value, [&](uint32_t key, uint32_t field) {
      const std::string_view name = tree.Text(tree[key]);
      has_underscore_ = has_underscore_ || name.find('_') != name.npos;
      fields.push_back({name, key, field, false});
    });
  } else if (tree[value].kind != Value::Kind::kNull) {
    WrongType(value, path, "a map");
  }
  end_ = fields.size();
  CheckDuplicates();
}

FieldReader::~FieldReader() {
  const bool refuses = unknown_ == Unknown::kRefuse && context_.strict();
  for (size_t i = begin_; i < end_; ++i) {
    const DecodeField field = context_.fields()[i];
    if (field.used) continue;
    const FieldPath path = path_.Field(field.name);
    if (refuses) {
      context_.Error(kFieldUnknown, path, field.key, StrCat("unknown field ", Quote(field.name)));
    } else {
      SkipValue(field.value, path);
    }
  }
  context_.fields().resize(begin_);
}

void FieldReader::SkipValue(uint32_t value, const FieldPath& path) {
  const ValueTree& tree = context_.tree();
  switch (tree[value].kind) {
    case Value::Kind::kMap: {
      const FieldReader skipped(&context_, value, path, Unknown::kIgnore);
      return;
    }
    case Value::Kind::kList: {
      size_t index = 0;
      tree.ForEachElement(value,
                          [&](uint32_t element) { SkipValue(element, path.Element(index++)); });
      return;
    }
    case Value::Kind::kPlain: {
      const std::string_view text = tree.Text(tree[value]);
      if (IsPlainText(text)) return;
      const ResolvedScalar scalar = ResolvePlain(text);
      if (scalar.type != ResolvedScalar::Type::kFloat || std::isfinite(scalar.number)) return;
      context_.Error(kFieldTypeInvalid, path, value,
                     StrCat("must be a value that JSON has, but is ", Quote(text)));
      return;
    }
    default:
      return;
  }
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

void FieldReader::Skip(std::string_view name) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  SkipValue(value, path_.Field(name));
}

void FieldReader::WarnOverridden(std::string_view names) {
  context_.Add(Severity::kWarning, kFieldOneofOverridden, path_, value_,
               StrCat("only one of ", names, " may be set; the last of them is used"));
}

void FieldReader::Bytes(std::string_view name, std::optional<std::string>* out) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  const FieldPath path = path_.Field(name);
  const ValueTree& tree = context_.tree();
  if (tree[value].kind == Value::Kind::kList) {
    if (!context_.Take(tree[value].size)) return;
    std::string& bytes = out->emplace();
    tree.ForEachElement(value, [&](uint32_t element) {
      const FieldPath place = path.Element(bytes.size());
      uint8_t byte = 0;
      if (!IsNull(element)) ScalarReader(context_, element, place).ReadByte(&byte);
      bytes += static_cast<char>(byte);
    });
    return;
  }
  const auto text = ScalarReader(context_, value, path).Text();
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
  const auto text = ScalarReader(context_, value, path).Text();
  if (!text.has_value()) return;
  *out = ParseTimestamp(*text);
  if (!out->has_value()) {
    context_.Error(kFieldTimestampInvalid, path, value,
                   StrCat("must be a time such as 2026-11-24T12:00:00Z, but is ", Quote(*text)));
  }
}

void FieldReader::Converted(std::string_view name, std::string* out) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  const FieldPath path = path_.Field(name);
  ScalarReader(context_, value, path).ReadConverted(out);
}

void FieldReader::Converted(std::string_view name, std::map<std::string, std::string>* out) {
  const DecodeField* field = Use(name);
  if (field == nullptr) return;
  const uint32_t value = field->value;
  ForEachEntry(value, path_.Field(name), sizeof(std::string),
               [&](std::string_view key, uint32_t entry, const FieldPath& path) {
                 std::string text;
                 if (!IsNull(entry)) ScalarReader(context_, entry, path).ReadConverted(&text);
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
                 if (!IsNull(entry)) ScalarReader(context_, entry, path).Read(&text);
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
