// The rules of one HTTP route as a whole: which actions go together. Each action has a file of its
// own.

#ifndef POSTERN_VALIDATE_HTTP_ROUTE_RULES_H_
#define POSTERN_VALIDATE_HTTP_ROUTE_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// An HttpRouteContext is what a route's rules ask of its VirtualService.
struct HttpRouteContext {
  bool is_delegate;   // It has no hosts.
  bool is_generated;  // Istio made it from another kind: its destinations are not checked.
};

// CheckHttpRoute checks all of the route at `path`.
void CheckHttpRoute(const HttpRoute& route, const HttpRouteContext& context, const FieldPath& path,
                    const FindingSink& sink);

RuleList HttpRouteRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_HTTP_ROUTE_RULES_H_
