// What a rule does with a request that one of its matches takes: the compiled forms of
// dataplane.md section 4. Carrying it out on a request is for lib/snapshot/request_decision.cc.

#ifndef POSTERN_SNAPSHOT_ROUTE_ACTION_H_
#define POSTERN_SNAPSHOT_ROUTE_ACTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/match/string_matcher.h"
#include "postern/decision.h"

namespace postern {

// A WeightedCluster is one destination of a rule.
struct WeightedCluster {
  ClusterName cluster;
  uint32_t cluster_index = UINT32_MAX;
  uint64_t weight_end = 0;            // The sum of the weights up to and with this one.
  std::string_view authority;         // What Host becomes; empty: it stays.
  std::vector<HeaderOp> request_ops;  // Evaluated before the rule's own.
  std::vector<HeaderOp> response_ops;
};

// A PathRewrite changes the path and leaves the query.
struct PathRewrite {
  // kMatched replaces what the route's path condition matched: a prefix, or else all of it.
  enum class Kind : uint8_t { kNone, kMatched, kRegex };

  Kind kind = Kind::kNone;
  std::string_view text;                       // Of kMatched.
  std::shared_ptr<const RegexRewriter> regex;  // Of kRegex.
};

// A CompiledCors is a corsPolicy, its lists joined as they are sent.
struct CompiledCors {
  std::vector<StringMatcher> origins;
  bool any_origin = false;  // Some entry matches the text "*".
  bool forward_unmatched = true;
  bool allow_credentials = false;
  bool echo_method = false;  // allow_methods holds "*".
  bool echo_headers = false;
  std::string_view allow_methods;
  std::string_view allow_headers;
  std::string_view max_age;  // Seconds, in decimal.
  std::string_view expose_headers;
};

// A CompiledFault is the dice of a fault; RouteDecision::fault is how they fell.
struct CompiledFault {
  Duration delay = {};
  uint32_t delay_millionths = 0;
  int abort_status = 0;
  int abort_grpc_status = -1;
  uint32_t abort_millionths = 0;
};

// A ForwardAction sends requests to one of `clusters`.
struct ForwardAction {
  std::vector<WeightedCluster> clusters;  // Never empty.
  PathRewrite rewrite;
  Duration timeout = {};
  std::optional<RetryPolicy> retry;   // Absent: no retries.
  std::vector<uint16_t> retry_codes;  // What `retry` refers to.
  std::vector<Mirror> mirrors;
  std::optional<CompiledCors> cors;
  std::optional<CompiledFault> fault;
};

// A RedirectAction is an HTTPRedirect; empty texts change nothing.
struct RedirectAction {
  int status = 301;
  std::string_view scheme;
  std::string_view authority;
  uint32_t port = 0;      // 0: none to set.
  std::string_view path;  // Takes the place of the whole path.
  std::string_view prefix_rewrite;
};

// A RouteAction is one rule of a VirtualService, without its matches.
struct RouteAction {
  std::variant<ForwardAction, RedirectAction, DirectResponse> action;
  std::vector<HeaderOp> request_ops;  // Of the rule; with one destination, that one's too.
  std::vector<HeaderOp> response_ops;
  Provenance rule;     // "spec.http[0]".
  Provenance timeout;  // Where each was set; empty: Istio's default holds.
  Provenance retries;
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_ROUTE_ACTION_H_
