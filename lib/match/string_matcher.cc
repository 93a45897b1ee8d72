#include "lib/match/string_matcher.h"

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "re2/re2.h"

namespace postern {
namespace {

re2::StringPiece ToRe2(std::string_view text) { return {text.data(), text.size()}; }

// kEnoughToParse is memory for a pattern that is not to be compiled: RE2 parses first, and
// compiling "x{0,1000}", repeated, takes seconds where there is memory for it.
constexpr size_t kEnoughToParse = 64 << 10;

RE2::Options OptionsFor(size_t max_bytes) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(static_cast<int64_t>(max_bytes));
  return options;
}

std::string_view Complaint(RE2::ErrorCode code) {
  switch (code) {
    case RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case RE2::ErrorBadCharClass:
      return "invalid character class";
    case RE2::ErrorBadCharRange:
      return "invalid character class range";
    case RE2::ErrorMissingBracket:
      return "missing closing ]";
    case RE2::ErrorMissingParen:
      return "missing closing )";
    case RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    case RE2::ErrorPatternTooLarge:
      return "expression too large";
    case RE2::NoError:
    case RE2::ErrorInternal:
      break;
  }
  return "internal error";
}

struct CategoryAlias {
  std::string_view name;  // Without underscores, in Go's case.
  std::string_view category;
};

// kCategoryAliases is the long names of Unicode's categories, which RE2 does not know.
constexpr CategoryAlias kCategoryAliases[] = {
    {"Closepunctuation", "Pe"},
    {"Cntrl", "Cc"},
    {"Combiningmark", "M"},
    {"Connectorpunctuation", "Pc"},
    {"Control", "Cc"},
    {"Currencysymbol", "Sc"},
    {"Dashpunctuation", "Pd"},
    {"Decimalnumber", "Nd"},
    {"Digit", "Nd"},
    {"Enclosingmark", "Me"},
    {"Finalpunctuation", "Pf"},
    {"Format", "Cf"},
    {"Initialpunctuation", "Pi"},
    {"Letter", "L"},
    {"Letternumber", "Nl"},
    {"Lineseparator", "Zl"},
    {"Lowercaseletter", "Ll"},
    {"Mark", "M"},
    {"Mathsymbol", "Sm"},
    {"Modifierletter", "Lm"},
    {"Modifiersymbol", "Sk"},
    {"Nonspacingmark", "Mn"},
    {"Number", "N"},
    {"Openpunctuation", "Ps"},
    {"Other", "C"},
    {"Otherletter", "Lo"},
    {"Othernumber", "No"},
    {"Otherpunctuation", "Po"},
    {"Othersymbol", "So"},
    {"Paragraphseparator", "Zp"},
    {"Privateuse", "Co"},
    {"Punct", "P"},
    {"Punctuation", "P"},
    {"Separator", "Z"},
    {"Spaceseparator", "Zs"},
    {"Spacingmark", "Mc"},
    {"Surrogate", "Cs"},
    {"Symbol", "S"},
    {"Titlecaseletter", "Lt"},
    {"Uppercaseletter", "Lu"},
};

// CanonicalName returns `name` as Go compares names of Unicode classes: a capital, small letters,
// and nothing between words.
std::string CanonicalName(std::string_view name) {
  std::string canonical;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == ' ') continue;
    if (canonical.empty()) {
      canonical += IsAsciiAlpha(c) ? static_cast<char>(c & ~0x20) : c;
    } else {
      canonical += AsciiLower(c);
    }
  }
  return canonical;
}

// kAssigned is every category but Cn, of what is not assigned, which RE2 does not know.
constexpr std::string_view kAssigned = "\\pL\\pM\\pN\\pP\\pS\\pZ\\pC";

// UnicodeClass spells for RE2 the class `name` of Unicode, without brackets where it is a member of
// another class. nullopt: RE2 knows it as it is written, or not at all. Empty: Go does not know it.
std::optional<std::string> UnicodeClass(std::string_view name, bool negated, bool is_member) {
  std::string canonical = CanonicalName(name);
  const bool is_ascii = canonical == "Ascii";
  const bool is_cased = canonical == "Lc" || canonical == "Casedletter";
  const bool is_unassigned = canonical == "Cn" || canonical == "Unassigned";
  if (is_ascii || is_cased || is_unassigned || canonical == "Assigned") {
    const std::string_view members = is_ascii   ? "\\x00-\\x7F"
                                     : is_cased ? "\\p{Lu}\\p{Ll}\\p{Lt}"
                                                : kAssigned;
    negated = negated != is_unassigned;
    if (!is_member) return StrCat(negated ? "[^" : "[", members, "]");
    if (!negated) return std::string(members);
    if (is_ascii) return "\\x{80}-\\x{10FFFF}";
    return std::nullopt;
  }
  for (const CategoryAlias& alias : kCategoryAliases) {
    if (alias.name == canonical) canonical = alias.category;
  }
  if (canonical == name) return std::nullopt;
  const RE2 known(StrCat("\\p{", canonical, "}"), OptionsFor(kEnoughToParse));
  if (known.error_code() == RE2::ErrorBadCharRange) return "";
  return StrCat(negated ? "\\P{" : "\\p{", canonical, "}");
}

// A Spelling is how RE2 spells what a pattern begins with.
struct Spelling {
  std::string text;
  size_t bytes = 0;  // Of the pattern.
};

// SpellUnicodeClass spells "\pN", "\p{Name}" and the like, which `pattern` begins with.
Spelling SpellUnicodeClass(std::string_view pattern, bool is_member) {
  const bool in_braces = pattern.substr(2).starts_with('{');
  const size_t end = in_braces ? pattern.find('}') : 2;
  if (end >= pattern.size()) return {std::string(pattern.substr(0, 2)), 2};
  const std::string_view written = pattern.substr(0, end + 1);
  std::string_view name = in_braces ? written.substr(3, end - 3) : written.substr(2);
  const bool is_inverse = in_braces && name.starts_with('^');
  if (is_inverse) name.remove_prefix(1);
  const bool negated = (written[1] == 'P') != is_inverse;
  return {UnicodeClass(name, negated, is_member).value_or(std::string(written)), written.size()};
}

// ForRe2 spells for RE2 what Go reads otherwise: "(?<name>...)", which older RE2 does not know, as
// "(?P<name>...)"; "\C", which Go does not know, as an escape that RE2 does not know either; and
// names of Unicode classes in their short form. InvalidArgument if a group or a class has a name
// that only RE2 takes: no class is "Old_Italic" for Go, which looks for "Olditalic".
absl::StatusOr<std::string> ForRe2(std::string_view pattern) {
  std::string spelled;
  bool quoted = false;    // Between \Q and \E.
  bool in_class = false;  // Between [ and ].
  for (size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    if (quoted) {
      quoted = !rest.starts_with("\\E");
    } else if (rest.starts_with("\\p") || rest.starts_with("\\P")) {
      const Spelling spelling = SpellUnicodeClass(rest, in_class);
      if (spelling.text.empty()) {
        return InvalidArgument(Complaint(RE2::ErrorBadCharRange), ": `",
                               rest.substr(0, spelling.bytes), "`");
      }
      spelled += spelling.text;
      i += spelling.bytes - 1;
      continue;
    } else if (rest.front() == '\\') {
      quoted = !in_class && rest.starts_with("\\Q");
      spelled += rest.starts_with("\\C") ? "\\c" : rest.substr(0, 2);
      ++i;
      continue;
    } else if (in_class) {
      in_class = rest.front() != ']';
    } else if (rest.front() == '[') {
      // "]" is a member of the class where it stands first.
      in_class = true;
      const size_t first = rest.starts_with("[^") ? 2 : 1;
      const size_t length = first + (rest.substr(first).starts_with("]") ? 1 : 0);
      spelled += rest.substr(0, length);
      i += length - 1;
      continue;
    } else if (rest.starts_with("(?P<") || (rest.starts_with("(?<") && !rest.starts_with("(?<=") &&
                                            !rest.starts_with("(?<!"))) {
      const std::string_view group = rest.substr(0, rest.find('>') + 1);  // npos + 1 is 0.
      if (std::any_of(group.begin(), group.end(), [](char c) { return (c & 0x80) != 0; })) {
        return InvalidArgument(Complaint(RE2::ErrorBadNamedCapture), ": `", group, "`");
      }
      spelled += "(?P<";
      i += rest.find('<');
      continue;
    }
    spelled += rest.front();
  }
  return spelled;
}

std::string Describe(const RE2& regex) {
  return StrCat(Complaint(regex.error_code()), ": `", std::string_view(regex.error_arg()), "`");
}

absl::StatusOr<std::shared_ptr<const RE2>> Compile(std::string_view pattern, size_t max_bytes) {
  const absl::StatusOr<std::string> spelled = ForRe2(pattern);
  if (!spelled.ok()) {
    return InvalidArgument("regex ", Quote(pattern), ": ", ToStd(spelled.status().message()));
  }
  auto regex = std::make_shared<const RE2>(*spelled, OptionsFor(max_bytes));
  if (regex->ok()) return regex;
  if (regex->error_code() == RE2::ErrorPatternTooLarge) {
    return ResourceExhausted("regex ", Quote(pattern), " takes more than ", max_bytes, " bytes");
  }
  return InvalidArgument("regex ", Quote(pattern), ": ", Describe(*regex));
}

bool StartsWith(std::string_view text, std::string_view prefix, bool ignore_case) {
  if (!ignore_case) return text.starts_with(prefix);
  return text.size() >= prefix.size() && EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

}  // namespace

std::optional<std::string> RegexProblem(std::string_view pattern) {
  // Go has no budget of bytes, and no pattern as short as Istio allows reaches its limit on size: a
  // program that is too large is fine.
  const absl::StatusOr<std::string> spelled = ForRe2(pattern);
  if (!spelled.ok()) return std::string(ToStd(spelled.status().message()));
  const RE2 regex(*spelled, OptionsFor(kEnoughToParse));
  if (regex.ok() || regex.error_code() == RE2::ErrorPatternTooLarge) return std::nullopt;
  return Describe(regex);
}

StringMatcher StringMatcher::Exact(std::string_view text, bool ignore_case) {
  return StringMatcher(Kind::kExact, ignore_case, text);
}

StringMatcher StringMatcher::Prefix(std::string_view text, bool ignore_case) {
  return StringMatcher(Kind::kPrefix, ignore_case, text);
}

absl::StatusOr<StringMatcher> StringMatcher::Regex(std::string_view pattern, size_t max_bytes) {
  StringMatcher matcher(Kind::kRegex, false, pattern);
  POSTERN_ASSIGN_OR_RETURN(matcher.regex_, Compile(pattern, max_bytes));
  return matcher;
}

bool StringMatcher::Matches(std::string_view text) const {
  switch (kind_) {
    case Kind::kExact:
      return ignore_case_ ? EqualsIgnoreCase(text, text_) : text == text_;
    case Kind::kPrefix:
      return StartsWith(text, text_, ignore_case_);
    case Kind::kRegex:
      return RE2::FullMatch(ToRe2(text), *regex_);
  }
  return false;
}

absl::StatusOr<RegexRewriter> RegexRewriter::Create(std::string_view pattern,
                                                    std::string_view rewrite, size_t max_bytes) {
  POSTERN_ASSIGN_OR_RETURN(std::shared_ptr<const RE2> regex, Compile(pattern, max_bytes));
  std::string error;
  if (!regex->CheckRewriteString(ToRe2(rewrite), &error)) {
    return InvalidArgument("rewrite ", Quote(rewrite), " for regex ", Quote(pattern), ": ", error);
  }
  return RegexRewriter(std::move(regex), rewrite);
}

std::string RegexRewriter::ToString() const {
  return StrCat(Quote(regex_->pattern()), " ", Quote(rewrite_));
}

std::string RegexRewriter::Rewrite(std::string_view text) const {
  std::string rewritten(text);
  RE2::GlobalReplace(&rewritten, *regex_, ToRe2(rewrite_));
  return rewritten;
}

}  // namespace postern
