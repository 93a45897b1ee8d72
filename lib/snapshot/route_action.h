// What a rule does with a request that one of its matches takes: the compiled forms of
// dataplane.md section 4. Carrying it out on a request is for lib/snapshot/action_decision.cc.

#ifndef POSTERN_SNAPSHOT_ROUTE_ACTION_H_
#define POSTERN_SNAPSHOT_ROUTE_ACTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/match/string_matcher.h"
#include "postern/decision.h"

namespace postern {

// A DestinationExtras is what few destinations do to a message beside receiving it.
struct DestinationExtras {
  std::string_view authority;         // What Host becomes; empty: it stays.
  bool authority_of_rule = false;     // Not of one destination among several.
  std::string_view own_authority;     // Of one among several, where the rule's takes its place.
  std::vector<HeaderOp> request_ops;  // Evaluated before the rule's own.
  std::vector<HeaderOp> response_ops;
};

// A WeightedCluster is one destination of a rule.
struct WeightedCluster {
  ClusterName cluster;
  uint32_t cluster_index = UINT32_MAX;
  uint64_t weight_end = 0;                    // The sum of the weights up to and with this one.
  const DestinationExtras* extras = nullptr;  // Of the tables; null: none.
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
  bool echo_method = false;  // allow_methods is "*".
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

// A CompiledRetry is a policy and what its `status_codes` points to.
struct CompiledRetry {
  RetryPolicy policy;
  std::vector<uint16_t> status_codes;
};

// A ForwardAction sends requests to one of its clusters.
struct ForwardAction {
  WeightedCluster cluster;                              // Of one destination; else nothing.
  const std::vector<WeightedCluster>* split = nullptr;  // Of the tables; null: one destination.
  Duration timeout = {};
  const CompiledRetry* retry = nullptr;  // Of the tables; null: no retries.

  // clusters returns the one or the several; never none.
  std::span<const WeightedCluster> clusters() const {
    return split == nullptr ? std::span(&cluster, 1) : std::span(*split);
  }
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

// An ActionExtras is what few rules ask for; with a redirect or a response, operations on the
// answer only. Rules that ask for none of it share one that is empty.
struct ActionExtras {
  std::vector<HeaderOp> request_ops;  // Of the rule; with one destination, that one's too.
  std::vector<HeaderOp> response_ops;
  PathRewrite rewrite;
  std::vector<HashPolicy> hash_policies;
  std::vector<Mirror> mirrors;
  std::optional<CompiledCors> cors;
  std::optional<CompiledFault> fault;
};

// A SettingOrigins is where the settings of a rule were set; empty: Istio's default holds.
struct SettingOrigins {
  Provenance timeout;
  Provenance retries;
};

// A RouteAction is one rule of a VirtualService, without its matches. It holds what nearly every
// decision reads, and points into the tables for the rest, so that a copy is cheap.
struct RouteAction {
  Provenance rule;  // "spec.http[0]".
  std::variant<ForwardAction, RedirectAction, DirectResponse> action;
  const ActionExtras* extras = nullptr;     // Never null in a compiled one.
  const SettingOrigins* origins = nullptr;  // Null: all are Istio's defaults.
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_ROUTE_ACTION_H_
