// The one look for a field among the fields of a message. Lists that are searched often know more
// about their fields: lib/http/headers.h.

#ifndef POSTERN_BASE_FIND_HEADER_H_
#define POSTERN_BASE_FIND_HEADER_H_

#include <optional>
#include <span>
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

}  // namespace postern

#endif  // POSTERN_BASE_FIND_HEADER_H_
