// Text as JSON, for what the library writes: diffs and traces. Reading JSON is for lib/yaml.

#ifndef POSTERN_BASE_JSON_H_
#define POSTERN_BASE_JSON_H_

#include <string>
#include <string_view>

namespace postern {

// JsonQuote returns `text` as a JSON string, quotes included. Bytes that are no UTF-8 become
// U+FFFD, so that the result is always JSON.
std::string JsonQuote(std::string_view text);

}  // namespace postern

#endif  // POSTERN_BASE_JSON_H_
