#include "lib/base/find_header.h"

#include <algorithm>
#include <iterator>

namespace postern {
namespace {

// Fields whose lines Envoy joins with "," when it reads them: its O(1) headers
// (envoy/http/header_map.h) and those that its filters register, without what it strips from
// clients or refuses to see twice. Of other fields each line stands by itself
// (observed.md 1.2.1, dataplane.md 3.7).
constexpr std::string_view kJoinedFields[] = {
    "accept",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "authorization",
    "cache-control",
    "cdn-loop",
    "connection",
    "content-encoding",
    "content-type",
    "expect",
    "grpc-accept-encoding",
    "grpc-timeout",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "origin",
    "pragma",
    "proxy-status",
    "referer",
    "te",
    "upgrade",
    "user-agent",
    "via",
    "x-client-trace-id",
    "x-envoy-attempt-count",
    "x-envoy-is-timeout-retry",
    "x-forwarded-client-cert",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-request-id",
};
static_assert(std::is_sorted(std::begin(kJoinedFields), std::end(kJoinedFields)));

}  // namespace

bool IsJoinedField(std::string_view lower_name) {
  return std::binary_search(std::begin(kJoinedFields), std::end(kJoinedFields), lower_name);
}

}  // namespace postern
