// The rules of TLS and TCP routes. Their destinations are for lib/validate/destination_rules.h.

#ifndef POSTERN_VALIDATE_TCP_TLS_ROUTE_RULES_H_
#define POSTERN_VALIDATE_TCP_TLS_ROUTE_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/host_overlap.h"
#include "lib/validate/rule.h"
#include "postern/virtual_service.h"

namespace postern {

// A TlsRouteContext is what a TLS route's rules ask of its VirtualService.
struct TlsRouteContext {
  const HostCover& hosts;
  bool allows_sni_names;  // Those that Istio generates for AUTO_PASSTHROUGH.
  bool is_generated;      // Istio made it from another kind: its destinations are not checked.
};

// CheckTlsRoute and CheckTcpRoute check all of the route at `path`.
void CheckTlsRoute(const TlsRoute& route, const TlsRouteContext& context, const FieldPath& path,
                   const FindingSink& sink);
void CheckTcpRoute(const TcpRoute& route, bool is_generated, const FieldPath& path,
                   const FindingSink& sink);

RuleList TcpTlsRouteRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_TCP_TLS_ROUTE_RULES_H_
