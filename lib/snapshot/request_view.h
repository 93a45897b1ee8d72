// A request as the routes of a virtual host see it: path normalized, scheme and x-forwarded-proto
// as the gateway decides them. Making one is for lib/snapshot/request_decision.cc.

#ifndef POSTERN_SNAPSHOT_REQUEST_VIEW_H_
#define POSTERN_SNAPSHOT_REQUEST_VIEW_H_

#include <cstddef>
#include <string_view>

#include "postern/decision.h"

namespace postern {

// A RequestView borrows everything.
struct RequestView {
  const RequestHead* head = nullptr;
  std::string_view path;             // Normalized, with the query, without a fragment.
  size_t path_end = 0;               // Of the path proper: where "?" stands in `path`, or its end.
  std::string_view scheme;           // In lower case.
  std::string_view forwarded_proto;  // x-forwarded-proto, as it is sent on.

  std::string_view path_only() const { return path.substr(0, path_end); }
  // query returns what follows the "?".
  std::string_view query() const {
    return path_end < path.size() ? path.substr(path_end + 1) : std::string_view();
  }
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_REQUEST_VIEW_H_
