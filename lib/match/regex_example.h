// Makes up a text that an expression matches, for explanations and tests. Matching itself is for
// lib/match/string_matcher.

#ifndef POSTERN_MATCH_REGEX_EXAMPLE_H_
#define POSTERN_MATCH_REGEX_EXAMPLE_H_

#include <optional>
#include <string>
#include <string_view>

namespace postern {

// RegexExample returns a short text that the RE2 expression `pattern` is meant to match as a whole.
// It knows the common syntax and takes anchors for nothing: whoever needs to be sure asks the
// expression. nullopt for syntax it does not know.
std::optional<std::string> RegexExample(std::string_view pattern);

}  // namespace postern

#endif  // POSTERN_MATCH_REGEX_EXAMPLE_H_
