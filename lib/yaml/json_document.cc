#include "lib/yaml/json_document.h"

#include <vector>

#include "lib/base/strings.h"
#include "lib/yaml/decode_rules.h"
#include "lib/yaml/scalar.h"

namespace postern {
namespace {

void AppendUtf8(uint32_t c, std::string* out) {
  const auto put = [out](uint32_t byte) { *out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

bool IsHighSurrogate(uint32_t c) { return c >= 0xd800 && c < 0xdc00; }
bool IsLowSurrogate(uint32_t c) { return c >= 0xdc00 && c < 0xe000; }

}  // namespace

bool IsJsonStream(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

void JsonStream::SkipBlanks() {
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      return;
    }
  }
}

bool JsonStream::Take(char c) {
  SkipBlanks();
  if (at_ >= text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

std::optional<uint32_t> JsonStream::TakeHex() {
  if (text_.size() - at_ < 4) return std::nullopt;
  uint32_t code_unit = 0;
  for (size_t end = at_ + 4; at_ < end; ++at_) {
    const char c = AsciiLower(text_[at_]);
    const bool is_letter = c >= 'a' && c <= 'f';
    if (!is_letter && !IsAsciiDigit(c)) return std::nullopt;
    code_unit = code_unit << 4 | static_cast<uint32_t>(is_letter ? c - 'a' + 10 : c - '0');
  }
  return code_unit;
}

// TakeEscape reads what follows a backslash into `scratch_`.
bool JsonStream::TakeEscape() {
  if (at_ >= text_.size()) return false;
  const char c = text_[at_++];
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (const size_t found = kNames.find(c); found != kNames.npos) {
    scratch_ += kMeanings[found];
    return true;
  }
  if (c != 'u') return false;
  const auto unit = TakeHex();
  if (!unit.has_value()) return false;
  uint32_t code_point = *unit;
  if (IsHighSurrogate(code_point) && text_.substr(at_).starts_with("\\u")) {
    const size_t before = at_;
    at_ += 2;
    const auto low = TakeHex();
    if (!low.has_value()) return false;
    if (IsLowSurrogate(*low)) {
      code_point = 0x10000 + ((code_point - 0xd800) << 10) + (*low - 0xdc00);
    } else {
      at_ = before;
    }
  }
  // Half of a pair means nothing; Go replaces it.
  const bool is_half = IsHighSurrogate(code_point) || IsLowSurrogate(code_point);
  AppendUtf8(is_half ? 0xfffd : code_point, &scratch_);
  return true;
}

bool JsonStream::TakeString(TreeBuilder& builder) {
  const size_t quote = at_++;
  TreeBuilder::Place place = Place(quote);
  place.offset = at_;
  scratch_.clear();
  while (at_ < text_.size()) {
    const size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
           static_cast<unsigned char>(text_[at_]) >= 0x20) {
      ++at_;
    }
    scratch_ += text_.substr(start, at_ - start);
    if (at_ >= text_.size()) break;
    const char c = text_[at_++];
    if (c == '"') return builder.Scalar(Value::Kind::kText, scratch_, place);
    if (c != '\\' || !TakeEscape()) break;
  }
  return false;
}

bool JsonStream::TakeScalar(TreeBuilder& builder) {
  if (text_[at_] == '"') return TakeString(builder);
  const size_t start = at_;
  while (at_ < text_.size() && (IsAsciiAlnum(text_[at_]) || text_[at_] == '-' ||
                                text_[at_] == '+' || text_[at_] == '.')) {
    ++at_;
  }
  const std::string_view text = text_.substr(start, at_ - start);
  if (text == "null") return builder.Null(Place(start));
  if (text == "true" || text == "false") {
    return builder.Scalar(Value::Kind::kPlain, text, Place(start));
  }
  if (!ParseJsonNumber(text).has_value()) return false;
  return builder.Scalar(Value::Kind::kJsonNumber, text, Place(start));
}

bool JsonStream::TakeKey(TreeBuilder& builder) {
  SkipBlanks();
  return at_ < text_.size() && text_[at_] == '"' && TakeString(builder) && Take(':');
}

// TakeDocument reads one value, without recursion: its depth is the text's to choose.
bool JsonStream::TakeDocument(TreeBuilder& builder) {
  std::vector<Collection> open;
  do {
    SkipBlanks();
    if (at_ >= text_.size()) return false;
    const TreeBuilder::Place place = Place(at_);
    if (Take('{')) {
      if (!builder.BeginMap(place)) return false;
      open.push_back({true, true});
    } else if (Take('[')) {
      if (!builder.BeginList(place)) return false;
      open.push_back({false, true});
    } else if (!TakeScalar(builder)) {
      return false;
    }
    // Go on to where the next value begins, past the ends of collections.
    while (!open.empty()) {
      Collection& inner = open.back();
      if (Take(inner.is_map ? '}' : ']')) {
        if (!builder.End()) return false;
        open.pop_back();
        continue;
      }
      if (!inner.is_empty && !Take(',')) return false;
      inner.is_empty = false;
      if (inner.is_map && !TakeKey(builder)) return false;
      break;
    }
  } while (!open.empty());
  return true;
}

JsonStream::Result JsonStream::Next(TextBudget* budget, ValueTree* tree) {
  SkipBlanks();
  if (at_ >= text_.size()) return Result::kEnd;
  TreeBuilder builder(tree, budget);
  if (TakeDocument(builder)) return Result::kDocument;
  error_ = builder.error();
  return error_.rule.empty() ? Result::kNotJson : Result::kRefused;
}

}  // namespace postern
