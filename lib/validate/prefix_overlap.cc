#include "lib/validate/prefix_overlap.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

// TextOf returns what Istio compares of a match: nothing of a regex or of an empty condition.
std::string TextOf(const StringMatch& match) {
  if (match.regex) return "";
  if (match.prefix) return match.prefix->empty() ? "" : StrCat("prefix:", *match.prefix);
  if (match.exact) return match.exact->empty() ? "" : StrCat("exact:", *match.exact);
  return "";
}
std::string TextOf(const Boxed<StringMatch>& match) { return match ? TextOf(*match) : ""; }

std::string MethodOf(const Boxed<StringMatch>& method) {
  std::string text = TextOf(method);
  return text.empty() ? "exact:GET" : text;
}

using Conditions = std::map<std::string, StringMatch>;

// Covers says that both maps have the same keys, and that each value of `a` begins with that of
// `b`: the wrong way round for prefixes, but it is what Istio warns of.
bool Covers(const Conditions& a, const Conditions& b) {
  if (a.size() != b.size()) return false;
  return std::all_of(a.begin(), a.end(), [&b](const auto& entry) {
    const auto other = b.find(entry.first);
    return other != b.end() && TextOf(entry.second).starts_with(TextOf(other->second));
  });
}

bool Covers(const HttpMatchRequest& a, const HttpMatchRequest& b) {
  return a.port == b.port && MethodOf(a.method).starts_with(MethodOf(b.method)) &&
         TextOf(a.authority).starts_with(TextOf(b.authority)) && Covers(a.headers, b.headers) &&
         Covers(a.query_params, b.query_params) && Covers(a.without_headers, b.without_headers);
}

// A PrefixGroup is the matches that test one and the same prefix, in their order.
using PrefixGroup = std::vector<size_t>;

}  // namespace

std::vector<std::pair<size_t, size_t>> FindPrefixOverlaps(const std::vector<PrefixMatch>& matches,
                                                          size_t max_comparisons) {
  StringViewMap<PrefixGroup> earlier;
  std::vector<size_t> lengths;  // Of the prefixes in `earlier`, each once, ascending.
  std::vector<std::pair<size_t, size_t>> overlaps;
  size_t comparisons = 0;
  for (size_t b = 0; b < matches.size(); ++b) {
    const std::string_view prefix = *matches[b].match->uri->prefix;
    const size_t first_of_b = overlaps.size();
    for (const size_t length : lengths) {
      if (length >= prefix.size() || comparisons >= max_comparisons) break;
      ++comparisons;
      const auto group = earlier.find(prefix.substr(0, length));
      if (group == earlier.end()) continue;
      for (const size_t a : group->second) {
        if (++comparisons > max_comparisons) break;
        if (Covers(*matches[a].match, *matches[b].match)) overlaps.emplace_back(a, b);
      }
    }
    std::sort(overlaps.begin() + static_cast<ptrdiff_t>(first_of_b), overlaps.end());
    earlier[prefix].push_back(b);
    const auto place = std::lower_bound(lengths.begin(), lengths.end(), prefix.size());
    if (place == lengths.end() || *place != prefix.size()) lengths.insert(place, prefix.size());
  }
  return overlaps;
}

}  // namespace postern
