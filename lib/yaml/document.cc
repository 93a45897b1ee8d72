#include "lib/yaml/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/yaml/decode_rules.h"
#include "lib/yaml/flow_guard.h"
#include "lib/yaml/scalar.h"
#include "lib/yaml/text_forms.h"

namespace postern {
namespace {

// kStart goes before a document that is one flow collection: yaml-cpp then knows that it is no key,
// and gives out its tokens as they come instead of keeping all of them.
constexpr std::string_view kStart = "--- ";

// A ViewBuffer reads two texts, one after the other, where they are.
class ViewBuffer : public std::streambuf {
 public:
  ViewBuffer(std::string_view first, std::string_view second) : second_(second) { Show(first); }

 protected:
  int_type underflow() override {
    if (gptr() == egptr()) {
      Show(second_);
      second_ = {};
    }
    return gptr() == egptr() ? traits_type::eof() : traits_type::to_int_type(*gptr());
  }

 private:
  void Show(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // streambuf has no other way; nothing writes.
    setg(begin, begin, begin + text.size());
  }

  std::string_view second_;
};

bool IsBlankOrBreak(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// EscapeBytes returns how many bytes the escape has that `text` begins with.
size_t EscapeBytes(std::string_view text) {
  const char name = text.size() > 1 ? text[1] : '\0';
  if (name == '\r') return text.substr(2).starts_with('\n') ? 3 : 2;
  return name == 'x' ? 4 : name == 'u' ? 6 : name == 'U' ? 10 : 2;
}

// FromLatin1 returns `text` with its bytes 85 and A0 that stand alone as UTF-8: yaml-cpp writes the
// escapes \N and \_ so.
std::string FromLatin1(std::string_view text) {
  std::string mended;
  size_t rest = 0;  // Of a character's bytes.
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (rest > 0) {
      --rest;
    } else if (byte >= 0xc0) {
      rest = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    } else if (byte >= 0x80) {
      mended += '\xc2';
    }
    mended += c;
  }
  return mended;
}

// A Refused unwinds yaml-cpp when the builder takes no more.
struct Refused {};

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

// An EventAdapter gives yaml-cpp's events to a TreeBuilder.
class EventAdapter : public YAML::EventHandler {
 public:
  EventAdapter(const Piece& piece, size_t inserted, TreeBuilder* builder)
      : piece_(piece), inserted_(inserted), builder_(*builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!is_complete_) return;
    rest_ = PlaceOf(mark);
    throw Refused();
  }
  void OnDocumentEnd() override { is_complete_ = true; }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!builder_.AtKey() && key_at_ == mark.pos) {
      // The value of a key without ":" stands where the key does. At the end of a text yaml-cpp
      // takes it for one whose ":" is still to come.
      Check(builder_.Refuse(kYamlSyntaxInvalid, "not YAML: a key has no \":\" behind it",
                            PlaceOf(mark)));
    }
    if (anchor != 0) CheckColumn(mark);
    Check(builder_.Null(PlaceOf(mark), anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    CheckColumn(mark);
    Check(builder_.Alias(PlaceOf(mark), anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    TreeBuilder::Place place = PlaceOf(mark);
    if (tag == "?" || !StartsWith(place, "|>")) CheckColumn(mark);
    if (tag == "?") {
      return Check(builder_.Scalar(Value::Kind::kPlain, value, place, anchor));
    }
    const std::optional<std::string> mended = MendQuoted(place, value);
    const std::string& text = mended.has_value() ? *mended : value;
    if (tag == "!") {
      ++place.offset;  // Behind the quote.
      Check(builder_.Scalar(Value::Kind::kText, text, place, anchor));
    } else {
      Tagged(place, tag, anchor, text);
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    if (!StartsWith(PlaceOf(mark), "-")) CheckColumn(mark);
    columns_.push_back(kNoColumn);
    Check(builder_.BeginList(PlaceOf(mark), anchor));
  }
  void OnSequenceEnd() override { End(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    CheckColumn(mark);
    columns_.push_back(style == YAML::EmitterStyle::Flow ? kNoColumn : kColumnOfFirstKey);
    Check(builder_.BeginMap(PlaceOf(mark), anchor));
  }
  void OnMapEnd() override { End(); }

  // rest returns where text stands behind the end of the document, if any does.
  std::optional<TreeBuilder::Place> rest() const { return rest_; }

  TreeBuilder::Place PlaceOf(const YAML::Mark& mark) const {
    if (mark.is_null()) return {piece_.line, 1};
    const auto line = static_cast<uint32_t>(mark.line);
    const auto column = static_cast<uint32_t>(mark.column + 1);
    const size_t inserted = line == 0 ? inserted_ : 0;
    return {piece_.line + line, column > inserted ? column - static_cast<uint32_t>(inserted) : 1,
            piece_.offset + static_cast<size_t>(mark.pos) - inserted_};
  }

 private:
  static void Check(bool accepted) {
    if (!accepted) throw Refused();
  }

  void End() {
    columns_.pop_back();
    Check(builder_.End());
  }

  // StartsWith says whether one of `characters` stands at `place`.
  bool StartsWith(TreeBuilder::Place place, std::string_view characters) const {
    const size_t at = place.offset - piece_.offset;
    return at < piece_.text.size() && characters.find(piece_.text[at]) != characters.npos;
  }

  // CheckColumn refuses a value in a block map that does not stand to the right of the map's keys,
  // where only lists and block scalars may. Of a key it keeps the place.
  void CheckColumn(const YAML::Mark& mark) {
    if (columns_.empty()) return;
    int& column = columns_.back();
    if (builder_.AtKey()) {
      key_at_ = mark.pos;
      if (column == kColumnOfFirstKey) column = KeyColumn(mark);
    } else if (column >= 0 && mark.column <= column) {
      Check(builder_.Refuse(kYamlSyntaxInvalid,
                            "not YAML: a value must be indented more than its key", PlaceOf(mark)));
    }
  }

  // KeyColumn returns where the key at `mark` begins: with its "? " if it has one.
  int KeyColumn(const YAML::Mark& mark) const {
    const std::string_view text = piece_.text;
    const size_t key = PlaceOf(mark).offset - piece_.offset;
    const size_t question = text.substr(0, key).find_last_not_of(" \t\r\n");
    if (question == text.npos || text[question] != '?') return mark.column;
    return static_cast<int>(question - (text.rfind('\n', question) + 1));  // npos + 1 is 0.
  }

  // SkipProperties returns where the anchor and tag end that stand at `at` of the text, on its
  // line: behind a line break may be another value, and this one empty.
  size_t SkipProperties(size_t at) const {
    const std::string_view text = piece_.text;
    while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
      while (at < text.size() && !IsBlankOrBreak(text[at])) ++at;
      while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    }
    return at;
  }

  // MendQuoted returns what a quoted scalar means if yaml-cpp reads it as something else: it drops
  // line breaks at the end, and two escapes make bytes that are no UTF-8. It refuses one that
  // yaml-cpp takes to end where it does not. For almost all, what was read stands between the
  // quotes as it is.
  std::optional<std::string> MendQuoted(TreeBuilder::Place place, std::string_view value) {
    const std::string_view text = piece_.text;
    const size_t begin = SkipProperties(place.offset - piece_.offset);
    if (begin >= text.size() || (text[begin] != '"' && text[begin] != '\'')) return std::nullopt;
    const char quote = text[begin];
    const size_t end = begin + 1 + value.size();
    if (end < text.size() && text[end] == quote && text.substr(begin + 1, value.size()) == value &&
        value.find(quote) == value.npos) {
      return std::nullopt;
    }
    size_t at = begin + 1;
    size_t written = 0;  // Characters but blanks and escapes.
    size_t escaped = 0;  // Escapes \n that end what stands before the line breaks at the end.
    size_t breaks = 0;   // Those line breaks; the first of several means nothing.
    bool is_latin1 = false;
    while (at < text.size()) {
      const std::string_view rest = text.substr(at);
      if (quote == '"' && rest.front() == '\\') {
        const size_t bytes = EscapeBytes(rest);
        const std::string_view escape = rest.substr(1, bytes - 1);
        if (escape.ends_with('\n')) {
          breaks = 1;  // It means nothing, but is the first.
        } else {
          breaks = 0;
          escaped = escape == "n" ? escaped + 1 : 0;
          is_latin1 = is_latin1 || escape == "N" || escape == "_";
        }
        at += bytes;
        continue;
      }
      const bool is_pair = quote == '\'' && rest.starts_with("''");
      if (rest.front() == quote && !is_pair) break;
      if (rest.front() == '\n') {
        ++breaks;
      } else if (!IsBlankOrBreak(rest.front())) {
        written += is_pair ? 0 : 1;
        breaks = escaped = 0;
      }
      at += is_pair ? 2 : 1;
    }
    if (at >= text.size()) {
      Check(builder_.Refuse(kYamlSyntaxInvalid, "not YAML: a quote is not closed", place));
    }
    size_t read = 0;
    for (const char c : value) read += IsBlankOrBreak(c) ? 0 : 1;
    if (read < written) {
      Check(builder_.Refuse(kYamlSyntaxInvalid,
                            "not YAML: each line of a quoted text must be indented", place));
    }
    if (!is_latin1 && breaks < 2) return std::nullopt;
    std::string mended = is_latin1 ? FromLatin1(value) : std::string(value);
    if (breaks > 1) {
      mended.resize(mended.find_last_not_of('\n') + 1);  // npos + 1 is 0.
      mended.append(escaped + breaks - 1, '\n');
    }
    return mended;
  }

  // Tagged is a scalar with an explicit tag, which says what type its text has.
  void Tagged(TreeBuilder::Place place, std::string_view tag, YAML::anchor_t anchor,
              const std::string& value) {
    using Type = ResolvedScalar::Type;
    if (!tag.starts_with(kTagPrefix)) {
      return Check(builder_.Scalar(Value::Kind::kText, value, place, anchor));
    }
    tag.remove_prefix(kTagPrefix.size());
    if (tag == "merge" && value == "<<") {
      return Check(builder_.Scalar(Value::Kind::kPlain, value, place, anchor));
    }
    if (tag == "binary") {
      const auto bytes = DecodeBase64(value);
      if (!bytes.has_value()) {
        Check(builder_.Refuse(kYamlTagInvalid, "the value of !!binary is not base64", place));
      }
      return Check(builder_.Scalar(Value::Kind::kText, *bytes, place, anchor));
    }
    const Type type = ResolvePlain(value).type;
    const bool is_typed = tag == "int" || tag == "float" || tag == "bool" || tag == "null";
    const bool fits = (tag == "int" && type == Type::kInteger) ||
                      (tag == "float" && (type == Type::kInteger || type == Type::kFloat)) ||
                      (tag == "bool" && type == Type::kBool) ||
                      (tag == "null" && type == Type::kNull);
    if (is_typed && !fits) {
      Check(builder_.Refuse(kYamlTagInvalid, StrCat("the value is no !!", tag), place));
    }
    if (tag == "null") return Check(builder_.Null(place, anchor));
    Check(
        builder_.Scalar(is_typed ? Value::Kind::kPlain : Value::Kind::kText, value, place, anchor));
  }

  static constexpr int kNoColumn = -1;          // Of flow collections and of lists.
  static constexpr int kColumnOfFirstKey = -2;  // Of a block map before its first key.

  const Piece& piece_;
  const size_t inserted_;
  TreeBuilder& builder_;
  std::vector<int> columns_;  // Of the keys of the open collections.
  int key_at_ = -1;           // The position of the last key.
  bool is_complete_ = false;
  std::optional<TreeBuilder::Place> rest_;
};

// Explain returns yaml-cpp's message without the one character of the text that some of them end
// with: it may be one of a Secret.
std::string Explain(const std::string& message) {
  if (message.find("anchor") != std::string::npos) {
    return StrCat("not YAML: ", message.substr(0, message.find(':')),
                  "; a name that begins with * must be in quotes");
  }
  return StrCat("not YAML: ", message.substr(0, message.find(": ")));
}

// ErrorAt returns an error at `offset` of the text of `piece`.
DocumentError ErrorAt(const Piece& piece, size_t offset, std::string_view rule,
                      std::string message) {
  const std::string_view before = piece.text.substr(0, offset);
  const auto lines = static_cast<uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0.
  return {rule, std::move(message), piece.line + lines,
          static_cast<uint32_t>(offset - line_start + 1)};
}

DocumentError FlowError(const Piece& piece, const FlowProblem& problem, int max_depth) {
  if (problem.kind == FlowProblem::Kind::kDepth) {
    return ErrorAt(piece, problem.offset, kTextDepthLimit,
                   StrCat("nested deeper than ", max_depth, " levels"));
  }
  return ErrorAt(piece, problem.offset, kTextMemoryLimit,
                 "a collection in brackets is too large to be read as one item");
}

// EndOfDocument returns where the line "..." begins that ends the document; the size of `text` if
// there is none.
size_t EndOfDocument(std::string_view text) {
  for (size_t at = 0;; ++at) {
    if (text.substr(at).starts_with("...") &&
        (at + 3 == text.size() || IsBlankOrBreak(text[at + 3]))) {
      return at;
    }
    at = text.find("\n...", at);
    if (at == text.npos) return text.size();
  }
}

// FindContent returns where in `text`, from `at` on, something stands but comments and lines "...".
std::optional<size_t> FindContent(std::string_view text, size_t at) {
  while ((at = text.find_first_not_of(" \t\r\n", at)) != text.npos) {
    if (text[at] == '#') {
      at = text.find('\n', at);
    } else if ((at == 0 || text[at - 1] == '\n') && EndOfDocument(text.substr(at)) == 0) {
      at += 3;
    } else {
      return at;
    }
  }
  return std::nullopt;
}

}  // namespace

YamlReading ReadYamlDocument(const Piece& whole, TextBudget* budget, ValueTree* tree) {
  YamlReading reading;
  Piece piece = whole;
  piece.text = whole.text.substr(0, EndOfDocument(whole.text));
  if (const auto rest = FindContent(whole.text, piece.text.size())) {
    reading.ignored = ErrorAt(whole, *rest, kYamlTextIgnored, "text after ... is not read");
  }
  // A token takes about a hundred bytes, and half of the 20 times and 1 MiB is for them.
  const size_t max_tokens = 5000 + piece.text.size() / 10;
  if (const auto problem = CheckFlows(piece.text, static_cast<size_t>(budget->depth), max_tokens)) {
    reading.error = FlowError(piece, *problem, budget->depth);
    return reading;
  }
  const std::string_view start = OpensWithFlow(piece.text) ? kStart : std::string_view();
  ViewBuffer buffer(start, piece.text);
  std::istream stream(&buffer);
  TreeBuilder builder(tree, budget);
  EventAdapter adapter(piece, start.size(), &builder);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(adapter)) {
    }
  } catch (const Refused&) {
    if (!adapter.rest().has_value()) reading.error = builder.error();
  } catch (const YAML::Exception& error) {
    const TreeBuilder::Place place = adapter.PlaceOf(error.mark);
    reading.error = {kYamlSyntaxInvalid, Explain(error.msg), place.line, place.column};
  }
  if (const auto rest = adapter.rest()) {
    const char next = piece.text[rest->offset - piece.offset];
    if (next == '{' || next == ',') {
      reading.error = {kYamlSyntaxInvalid, "not YAML: another document needs a line --- before it",
                       rest->line, rest->column};
    } else {
      reading.ignored = {kYamlTextIgnored, "text behind the end of the document is not read",
                         rest->line, rest->column};
    }
  }
  const bool is_ended = piece.text.size() < whole.text.size();
  if (is_ended && tree->empty() && !reading.error.has_value()) {
    reading.error = ErrorAt(whole, piece.text.size(), kYamlSyntaxInvalid,
                            "not YAML: no document stands before ...");
  }
  return reading;
}

}  // namespace postern
