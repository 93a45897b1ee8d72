#include "lib/validate/http_route_rules.h"

#include "lib/validate/cors_rules.h"
#include "lib/validate/destination_rules.h"
#include "lib/validate/fault_rules.h"
#include "lib/validate/header_rules.h"
#include "lib/validate/match_rules.h"
#include "lib/validate/mirror_rules.h"
#include "lib/validate/redirect_rules.h"
#include "lib/validate/retry_rules.h"
#include "lib/validate/rewrite_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kDelegateNested = {
    .id = "http-route-delegate-nested",
    .what = "a route of a delegate, which a VirtualService without hosts is, delegates again",
    .why = "delegates do not nest",
    .istio = "VS-DEL-04",
    .text = "delegate HTTP route cannot contain delegate",
};
constexpr Rule kDelegateRedirect = {
    .id = "http-route-delegate-with-redirect",
    .what = "a route has both `delegate` and `redirect`",
    .why = "the delegate's routes say what happens",
    .istio = "VS-DEL-05",
    .text = "root HTTP route <name> must not specify redirect",
};
constexpr Rule kDelegateRoute = {
    .id = "http-route-delegate-with-route",
    .what = "a route has both `delegate` and `route`",
    .why = "the delegate's routes say what happens",
    .istio = "VS-DEL-06",
    .text = "root HTTP route <name> must not specify route",
};
constexpr Rule kRedirectRoute = {
    .id = "http-route-redirect-with-route",
    .what = "a route has both `redirect` and `route`",
    .why = "a request is either answered or passed on",
    .istio = "VS-CON-01",
    .text = "HTTP route cannot contain both route and redirect",
};
constexpr Rule kRedirectFault = {
    .id = "http-route-redirect-with-fault",
    .what = "a route has both `redirect` and `fault`",
    .why = "faults are for requests that go to a destination",
    .istio = "VS-CON-02",
    .text = "HTTP route cannot contain both fault and redirect",
};
constexpr Rule kRedirectRewrite = {
    .id = "http-route-redirect-with-rewrite",
    .what = "a route has both `redirect` and `rewrite`",
    .why = "a redirect says its new URL itself",
    .istio = "VS-CON-03",
    .text = "HTTP route rule cannot contain both rewrite and redirect",
};
constexpr Rule kRedirectResponse = {
    .id = "http-route-redirect-with-response",
    .what = "a route has both `redirect` and `directResponse`",
    .why = "a request has one answer",
    .istio = "VS-CON-04",
    .text = "HTTP route rule cannot contain both direct_response and redirect",
};
constexpr Rule kResponseRoute = {
    .id = "http-route-response-with-route",
    .what = "a route has both `directResponse` and `route`",
    .why = "a request is either answered or passed on",
    .istio = "VS-CON-05",
    .text = "HTTP route cannot contain both route and direct_response",
};
constexpr Rule kResponseFault = {
    .id = "http-route-response-with-fault",
    .what = "a route has both `directResponse` and `fault`",
    .why = "faults are for requests that go to a destination",
    .istio = "VS-CON-06",
    .text = "HTTP route cannot contain both fault and direct_response",
};
constexpr Rule kResponseRewrite = {
    .id = "http-route-response-with-rewrite",
    .what = "a route has both `directResponse` and `rewrite`",
    .why = "nobody would see the new path",
    .istio = "VS-CON-07",
    .text = "HTTP route rule cannot contain both rewrite and direct_response",
};
constexpr Rule kActionRequired = {
    .id = "http-route-action-required",
    .what = "a route has neither `route` nor `redirect`, `directResponse` or `delegate`",
    .why = "what to do with its requests would be open",
    .istio = "VS-CON-08",
    .text = "HTTP route, redirect or direct_response is required",
};
constexpr Rule kMirrorAndMirrors = {
    .id = "http-route-mirror-with-mirrors",
    .what = "a route has both `mirror` and `mirrors`",
    .why = "`mirrors` takes the place of the older field",
    .istio = "VS-CON-09",
    .text = "HTTP route cannot contain both mirror and mirrors",
};

constexpr const Rule* kRules[] = {
    &kDelegateNested, &kDelegateRedirect, &kDelegateRoute,    &kRedirectRoute,
    &kRedirectFault,  &kRedirectRewrite,  &kRedirectResponse, &kResponseRoute,
    &kResponseFault,  &kResponseRewrite,  &kActionRequired,   &kMirrorAndMirrors,
};

void CheckActions(const HttpRoute& route, const HttpRouteContext& context, const FieldPath& path,
                  const FindingSink& sink) {
  const auto refuse = [&](const Rule& rule, bool both, std::string_view field,
                          std::string_view other) {
    if (!both) return;
    sink.ReportAgainst(rule, path.Field(field), path.Field(other), "\"", field,
                       "\" cannot stand together with \"", other, "\"");
  };
  const bool has_route = !route.route.empty();
  if (route.delegate && !context.is_delegate) {
    refuse(kDelegateRedirect, route.redirect.has_value(), "redirect", "delegate");
    refuse(kDelegateRoute, has_route, "route", "delegate");
    return;
  }
  refuse(kMirrorAndMirrors, route.mirror && !route.mirrors.empty(), "mirror", "mirrors");
  if (route.delegate) {
    sink.Report(kDelegateNested, path.Field("delegate"), "\"delegate\" has no place in a delegate");
  }
  if (route.redirect) {
    refuse(kRedirectRoute, has_route, "route", "redirect");
    refuse(kRedirectFault, route.fault.has_value(), "fault", "redirect");
    refuse(kRedirectRewrite, route.rewrite.has_value(), "rewrite", "redirect");
    refuse(kRedirectResponse, route.direct_response.has_value(), "directResponse", "redirect");
  } else if (route.direct_response) {
    refuse(kResponseRoute, has_route, "route", "directResponse");
    refuse(kResponseFault, route.fault.has_value(), "fault", "directResponse");
    refuse(kResponseRewrite, route.rewrite.has_value(), "rewrite", "directResponse");
  } else if (!has_route) {
    sink.Report(kActionRequired, path,
                "one of \"route\", \"redirect\" and \"directResponse\" is required");
  }
}

}  // namespace

void CheckHttpRoute(const HttpRoute& route, const HttpRouteContext& context, const FieldPath& path,
                    const FindingSink& sink) {
  CheckActions(route, context, path, sink);
  for (size_t i = 0; i < route.match.size(); ++i) {
    CheckHttpMatch(route.match[i], path.Field("match", i), sink);
  }
  if (route.headers) CheckHeaders(*route.headers, path.Field("headers"), sink);
  if (route.cors_policy) CheckCorsPolicy(*route.cors_policy, path.Field("corsPolicy"), sink);
  if (route.fault) CheckFault(*route.fault, path.Field("fault"), sink);
  CheckMirrors(route, path, sink);
  if (route.redirect) CheckRedirect(route, path, sink);
  if (route.direct_response) {
    CheckDirectResponse(*route.direct_response, path.Field("directResponse"), sink);
  }
  if (route.retries) CheckRetries(*route.retries, path.Field("retries"), sink);
  if (route.rewrite) CheckRewrite(*route.rewrite, path.Field("rewrite"), sink);
  CheckAuthority(route, path, sink);
  const FieldPath destinations = path.Field("route");
  CheckRouteDestinations(route.route, context.is_generated, destinations, sink);
  for (size_t i = 0; i < route.route.size(); ++i) {
    if (!route.route[i].headers) continue;
    const FieldPath destination = destinations.Element(i);
    CheckHeaders(*route.route[i].headers, destination.Field("headers"), sink);
  }
  CheckDuration(route.timeout, path.Field("timeout"), sink);
}

RuleList HttpRouteRules() { return kRules; }

}  // namespace postern
