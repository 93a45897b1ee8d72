// The target of a request before routing: cut into path and query, normalized as Istio's
// `pathNormalization` says, the two ways to rewrite it, and the parameters of its query. How a
// route's condition tests a path is for lib/snapshot.

#ifndef POSTERN_MATCH_PATH_H_
#define POSTERN_MATCH_PATH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern {

// A SplitTarget is a target without its fragment, in pieces of the text that was split.
struct SplitTarget {
  std::string_view target;  // Path and query.
  std::string_view path;    // Without "?" and what follows.
  std::string_view query;   // Without "?"; empty if there is none.
  bool has_fragment = false;
};

// SplitPath cuts at the first "#", then at the first "?".
SplitTarget SplitPath(std::string_view target);

// A PathRules is what is done to a path before it is routed and forwarded.
struct PathRules {
  // What becomes of "%2F" and "%5C", in any case: they hide a separator.
  enum class EscapedSlashes : uint8_t { kKeep, kReject, kUnescapeAndForward, kUnescapeAndRedirect };

  // normalize removes dot segments (also "%2e" and "..;x"), decodes escaped unreserved characters,
  // makes "\" a "/", and escapes what a URL may not hold.
  bool normalize = true;
  bool merge_slashes = false;
  EscapedSlashes escaped_slashes = EscapedSlashes::kKeep;
  bool reject_fragment = false;  // Else it is cut off.

  // Istio's four levels, and its EDGE profile with Postern's refusal of fragments.
  static constexpr PathRules None() { return {.normalize = false}; }
  static constexpr PathRules Base() { return {}; }
  static constexpr PathRules MergeSlashes() { return {.merge_slashes = true}; }
  static constexpr PathRules DecodeAndMergeSlashes() {
    return {.merge_slashes = true, .escaped_slashes = EscapedSlashes::kUnescapeAndForward};
  }
  static constexpr PathRules Edge() {
    return {.merge_slashes = true,
            .escaped_slashes = EscapedSlashes::kUnescapeAndRedirect,
            .reject_fragment = true};
  }
};

// A NormalPath is the outcome of NormalizePath.
struct NormalPath {
  // kRedirect: answer 307 with `target` as the location. kInvalid: answer 400.
  enum class Outcome : uint8_t { kForward, kRedirect, kInvalid };

  Outcome outcome = Outcome::kForward;
  std::string_view target = {};  // Path and query; empty if invalid.
  size_t path_size = 0;          // Of the path: where "?" stands in `target`, or its end.

  std::string_view path() const { return target.substr(0, path_size); }
};

// NormalizePath applies `rules` to `target`, which begins with "/" (or is "*", which stays). The
// query is never touched. The result is a piece of `target`, or of `*storage` if it had to be made
// up; only then does it allocate. A NUL, raw or as "%00", and text that is no UTF-8 are invalid.
NormalPath NormalizePath(std::string_view target, const PathRules& rules, std::string* storage);

// ReplacePrefix returns `target` with `replacement` in place of its first `size` bytes: Istio's
// rewrite of a matched prefix, which is textual ("/old" -> "/" makes "/old/x" into "//x").
std::string ReplacePrefix(std::string_view target, size_t size, std::string_view replacement);

// ReplacePath returns `target` with `path` in place of its path; the query stays.
std::string ReplacePath(std::string_view target, std::string_view path);

// QueryValue returns the raw value of the first parameter `name` of `query`; nullopt if there is
// none. Parameters end at "&" only, and one without "=" has an empty value, as in Envoy.
std::optional<std::string_view> QueryValue(std::string_view query, std::string_view name);

}  // namespace postern

#endif  // POSTERN_MATCH_PATH_H_
