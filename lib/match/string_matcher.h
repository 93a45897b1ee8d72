// What a StringMatch of a configuration becomes: one test of a text, compiled. RE2 is behind this
// file and no other; paths and hosts have matchers of their own.

#ifndef POSTERN_MATCH_STRING_MATCHER_H_
#define POSTERN_MATCH_STRING_MATCHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace postern {

// kMaxRegexBytes bounds the program of one compiled expression, and again the states that are kept
// while it runs.
inline constexpr size_t kMaxRegexBytes = size_t{256} << 10;

// RegexProblem returns why `pattern` is no RE2 expression, in the words of Go's regexp package that
// Istio's users know: "missing closing ]: `[a`". nullopt if it is one. RE2 lacks two classes that
// Go knows, \p{Cn} and \p{Assigned}: they are refused.
std::optional<std::string> RegexProblem(std::string_view pattern);

// A StringMatcher is an immutable test that may be copied and shared between threads.
class StringMatcher {
 public:
  enum class Kind : uint8_t { kExact, kPrefix, kRegex };

  static StringMatcher Exact(std::string_view text, bool ignore_case = false);
  static StringMatcher Prefix(std::string_view text, bool ignore_case = false);

  // Regex returns a test of the whole text by an RE2 expression. InvalidArgument if it is none,
  // ResourceExhausted if its program takes more than `max_bytes`.
  static absl::StatusOr<StringMatcher> Regex(std::string_view pattern,
                                             size_t max_bytes = kMaxRegexBytes);

  // Matches returns whether `text` passes. ignore_case is of ASCII letters. It allocates nothing,
  // but for the states of an expression that it meets for the first time.
  bool Matches(std::string_view text) const;

  Kind kind() const { return kind_; }
  bool ignore_case() const { return ignore_case_; }
  std::string_view text() const { return text_; }  // As configured.

 private:
  StringMatcher(Kind kind, bool ignore_case, std::string_view text)
      : kind_(kind), ignore_case_(ignore_case), text_(text) {}

  Kind kind_;
  bool ignore_case_;
  std::string text_;
  std::shared_ptr<const re2::RE2> regex_;
};

// A RegexRewriter replaces what an RE2 expression finds in a text, each time it does.
class RegexRewriter {
 public:
  // Create compiles `pattern`; `rewrite` may name groups, "\1" to "\9", and the whole match, "\0".
  // InvalidArgument if either is malformed or there are fewer groups, ResourceExhausted as above.
  static absl::StatusOr<RegexRewriter> Create(std::string_view pattern, std::string_view rewrite,
                                              size_t max_bytes = kMaxRegexBytes);

  std::string Rewrite(std::string_view text) const;

  // ToString returns both texts as configured, quoted.
  std::string ToString() const;

 private:
  RegexRewriter(std::shared_ptr<const re2::RE2> regex, std::string_view rewrite)
      : regex_(std::move(regex)), rewrite_(rewrite) {}

  std::shared_ptr<const re2::RE2> regex_;
  std::string rewrite_;
};

}  // namespace postern

#endif  // POSTERN_MATCH_STRING_MATCHER_H_
