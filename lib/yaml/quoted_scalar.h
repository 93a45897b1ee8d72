// What a quoted scalar means where yaml-cpp reads it otherwise than YAML's other readers do. Plain
// ones are for lib/yaml/scalar.h, the places of both for lib/yaml/document.h.

#ifndef POSTERN_YAML_QUOTED_SCALAR_H_
#define POSTERN_YAML_QUOTED_SCALAR_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace postern {

// IsBlankOrBreak returns whether `c` is a space, a tab, or of a line break.
constexpr bool IsBlankOrBreak(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// A QuotedScalar is what came of looking at one.
struct QuotedScalar {
  std::optional<std::string> mended;  // What it means, unless it means what was read.
  std::string_view problem = {};      // A literal: why it is none. Empty: it is one.
};

// ReadQuotedScalar looks at the scalar at `at` of `text`, behind an anchor and a tag if it has
// them, which yaml-cpp has read as `value`. Of a scalar without quotes it says nothing. yaml-cpp
// drops line breaks at the end, gives the escapes \N and \_ as single bytes, which are no UTF-8,
// and takes quotes to end at a line that is not indented, or with the text.
QuotedScalar ReadQuotedScalar(std::string_view text, size_t at, std::string_view value);

}  // namespace postern

#endif  // POSTERN_YAML_QUOTED_SCALAR_H_
