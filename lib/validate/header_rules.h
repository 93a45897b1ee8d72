// The rules of header operations, of a route and of its destinations. What a value's variables
// may look like is in lib/validate/header_value.h.

#ifndef POSTERN_VALIDATE_HEADER_RULES_H_
#define POSTERN_VALIDATE_HEADER_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckHeaders checks the operations at `path`.
void CheckHeaders(const Headers& headers, const FieldPath& path, const FindingSink& sink);

// CheckAuthority checks that the route at `path` sets the authority of a request once at most.
void CheckAuthority(const HttpRoute& route, const FieldPath& path, const FindingSink& sink);

RuleList HeaderRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_HEADER_RULES_H_
