// What Istio and Envoy would do with a request on plaintext HTTP, worked out from the model alone,
// one rule after another: slow, and independent of every table of lib/. For tests of those tables.

#ifndef POSTERN_TESTS_SUPPORT_ROUTE_ORACLE_H_
#define POSTERN_TESTS_SUPPORT_ROUTE_ORACLE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {

// A MatchField is one condition that a route can make of a request.
enum class MatchField {
  kNone,
  kUri,
  kScheme,
  kMethod,
  kAuthority,
  kHeaders,
  kWithoutHeaders,
  kQueryParams,
  kIgnoreUriCase,
};

// An OracleRequest is a request on a plaintext listener. Header names are in lower case.
struct OracleRequest {
  std::string method;
  std::string scheme;
  std::string authority;
  std::string path;  // With its query; nothing in it is for normalisation to change.
  std::vector<std::pair<std::string, std::string>> headers;
};

// An OracleAnswer names the route: "VirtualService ns/name" and "rule.match". Both are empty if
// there is none: 404.
struct OracleAnswer {
  std::string resource;
  std::string route;

  friend bool operator==(const OracleAnswer&, const OracleAnswer&) = default;
};

// A RouteOracle answers for one port and bind of a Config without delegates and exportTo whose
// Gateways all select the proxy. Each rule and each match must have a name.
class RouteOracle {
 public:
  RouteOracle(const Config& config, const SnapshotOptions& options, uint32_t port);
  ~RouteOracle();

  // Answer returns the route of `request`; as if no route had a condition on `ignored`.
  OracleAnswer Answer(const OracleRequest& request, MatchField ignored = MatchField::kNone) const;

 private:
  struct Route;
  std::map<std::string, std::vector<Route>> hosts_;  // Domain in lower case -> routes in order.
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_ROUTE_ORACLE_H_
