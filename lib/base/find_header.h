// The one look for a field among the fields of a message, and for all lines of it. Lists that are
// searched often know more about their fields: lib/http/headers.h.

#ifndef POSTERN_BASE_FIND_HEADER_H_
#define POSTERN_BASE_FIND_HEADER_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "postern/decision.h"

namespace postern {

// FindHeader returns the value of the first field called `lower_name`, which is in lower case as
// the names of `headers` are.
inline std::optional<std::string_view> FindHeader(std::span<const HeaderView> headers,
                                                  std::string_view lower_name) {
  for (const HeaderView& header : headers) {
    if (header.name == lower_name) return header.value;
  }
  return std::nullopt;
}

// JoinHeader returns the values of all fields called `lower_name` as the one value that Envoy makes
// of them: with a comma behind text and before text only. Several of them stand in `*storage`.
inline std::optional<std::string_view> JoinHeader(std::span<const HeaderView> headers,
                                                  std::string_view lower_name,
                                                  std::string* storage) {
  std::optional<std::string_view> joined;
  for (const HeaderView& header : headers) {
    if (header.name != lower_name) continue;
    if (!joined || joined->empty()) {
      joined = header.value;
    } else if (!header.value.empty()) {
      storage->assign(std::string(*joined) + ",").append(header.value);
      joined = *storage;
    }
  }
  return joined;
}

// IsJoinedField returns whether the lines of `lower_name` are one value for a proxy, which
// JoinHeader returns.
bool IsJoinedField(std::string_view lower_name);

}  // namespace postern

#endif  // POSTERN_BASE_FIND_HEADER_H_
