// The rules of destinations, of every route and mirror, and of their weights. That they exist is
// for lib/compile.

#ifndef POSTERN_VALIDATE_DESTINATION_RULES_H_
#define POSTERN_VALIDATE_DESTINATION_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// CheckDestination checks the destination at `path`.
void CheckDestination(const Destination& destination, const FieldPath& path,
                      const FindingSink& sink);

// CheckRouteDestinations checks the list at `path`, of HttpRouteDestination or RouteDestination;
// destinations that Istio generated are not looked into.
template <typename List>
void CheckRouteDestinations(const List& route, bool is_generated, const FieldPath& path,
                            const FindingSink& sink);

RuleList DestinationRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_DESTINATION_RULES_H_
