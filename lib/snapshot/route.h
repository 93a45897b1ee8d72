// One compiled route: the conditions of one match of a rule, and what the rule does then. The order
// of routes and the search among them is in lib/snapshot/route_table.h.

#ifndef POSTERN_SNAPSHOT_ROUTE_H_
#define POSTERN_SNAPSHOT_ROUTE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/match/string_matcher.h"
#include "lib/snapshot/request_view.h"
#include "lib/snapshot/route_action.h"
#include "postern/decision.h"

namespace postern {

// A PathCondition is the `uri` of a match, tested against the path without its query. A match
// without one, or with one that says nothing, has the prefix "/" (dataplane.md 3.5).
struct PathCondition {
  enum class Kind : uint8_t { kPrefix, kExact, kRegex };

  Kind kind = Kind::kPrefix;
  bool ignore_case = false;                    // Of kPrefix and kExact.
  std::string_view text = "/";                 // As written.
  std::shared_ptr<const StringMatcher> regex;  // Of kRegex.

  bool Matches(std::string_view path) const;

  // ToString returns `uri prefix "/"`.
  std::string ToString() const;
};

// A RouteCondition is any other condition of a match.
struct RouteCondition {
  enum class Field : uint8_t {
    kScheme,
    kMethod,
    kAuthority,
    kPath,            // With its query: the key ":path" of `headers`.
    kForwardedProto,  // x-forwarded-proto as the gateway sends it on, not as received.
    kHeader,          // Each line of it by itself.
    kJoinedHeader,    // Lines that Envoy joins with "," when it reads them.
    kQuery,
    kClaim,  // A claim of a token that nothing here verifies: always missing.
  };

  Field field = Field::kHeader;
  bool present = false;   // Any value will do.
  bool inverted = false;  // Of `withoutHeaders`.
  std::string_view name;  // Of a header, in lower case, or of a query parameter.
  std::optional<StringMatcher> matcher = {};  // Absent if `present`.

  bool Holds(const RequestView& request) const;

  // Failure says why this does not hold for `request`, with both values.
  std::string Failure(const RequestView& request) const;

  // ToString returns `headers[end-user] exact "jason"`.
  std::string ToString() const;
};

// A Route is one match of one rule of a VirtualService, for one server port. The memory of a route
// is seldom in a cache, so what a decision reads stands together, in four lines before the rest.
struct alignas(64) Route {
  PathCondition path;
  std::string_view name;  // "rule" or "rule.match".
  std::vector<RouteCondition> conditions;
  RouteAction action;  // Each match of a rule has a copy.
  Provenance match;    // "spec.http[0].match[1]", or the rule itself.

  // Prefetch asks for the memory that a decision reads, all of it at once.
  void Prefetch() const {
    for (const char* at = reinterpret_cast<const char*>(this);
         at < reinterpret_cast<const char*>(&match); at += 64) {
      __builtin_prefetch(at);
    }
  }

  // IsCatchAll returns whether the route goes behind all others of its virtual host, and ends the
  // list of its own VirtualService: a path that says nothing and no other condition.
  bool IsCatchAll() const;

  // HoldsBesidesPath tests the conditions other than `path`.
  bool HoldsBesidesPath(const RequestView& request) const {
    for (const RouteCondition& condition : conditions) {
      if (!condition.Holds(request)) return false;
    }
    return true;
  }

  bool Matches(const RequestView& request) const {
    return path.Matches(request.path_only()) && HoldsBesidesPath(request);
  }

  // Failure returns the first condition that fails, with both values; empty if none does.
  std::string Failure(const RequestView& request) const;

  // ToString returns the conditions on one line: `prefix "/api" headers[x-beta] present`.
  std::string ToString() const;
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_ROUTE_H_
