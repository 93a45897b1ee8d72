// The rules of the two actions that answer without an upstream: redirects and direct responses.
// That nothing else stands beside them is for lib/validate/http_route_rules.h.

#ifndef POSTERN_VALIDATE_REDIRECT_RULES_H_
#define POSTERN_VALIDATE_REDIRECT_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckRedirect checks the redirect of the route at `path` against the route's matches too.
void CheckRedirect(const HttpRoute& route, const FieldPath& path, const FindingSink& sink);

// CheckDirectResponse checks the response at `path`.
void CheckDirectResponse(const HttpDirectResponse& response, const FieldPath& path,
                         const FindingSink& sink);

RuleList RedirectRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_REDIRECT_RULES_H_
