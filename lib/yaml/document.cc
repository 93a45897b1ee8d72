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
#include "lib/yaml/quoted_scalar.h"
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
    const std::optional<std::string> mended = ReadQuoted(place, value);
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

  // ReadQuoted returns what the scalar at `place` means if it is quoted and yaml-cpp reads it as
  // something else. It refuses one that yaml-cpp takes to end where it does not.
  std::optional<std::string> ReadQuoted(TreeBuilder::Place place, std::string_view value) {
    QuotedScalar quoted = ReadQuotedScalar(piece_.text, place.offset - piece_.offset, value);
    if (!quoted.problem.empty()) {
      Check(builder_.Refuse(kYamlSyntaxInvalid, StrCat("not YAML: ", quoted.problem), place));
    }
    return std::move(quoted.mended);
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
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("...") && (rest.size() == 3 || IsBlankOrBreak(rest[3]))) return at;
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
    const size_t at = std::min(rest->offset - piece.offset, piece.text.size());
    const std::string_view text = piece.text.substr(at);
    if (text.starts_with('{') || text.starts_with(',')) {
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
