#include "lib/validate/redirect_rules.h"

#include <optional>
#include <vector>

#include "lib/validate/enum_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr size_t kMaxBodyBytes = 1024 * 1024;
constexpr size_t kLargeBodyBytes = 100 * 1024;

constexpr Rule kUriAndPrefix = {
    .id = "redirect-uri-with-prefix-rewrite",
    .what = "a redirect has both `uri` and `prefixRewrite`",
    .why = "a path is replaced whole or in part",
    .istio = "VS-RED-01",
    .text = "redirect may only specify one of uri or prefix_rewrite",
};
constexpr Rule kPrefixWithoutPrefix = {
    .id = "redirect-prefix-rewrite-without-prefix",
    .what =
        "a redirect has `prefixRewrite`, and a match of its route tests `uri` by another way than "
        "`prefix`",
    .why = "there is no prefix to replace",
    .istio = "VS-RED-02",
    .text = "redirect prefix_rewrite requires all URI matches to use prefix match type",
};
constexpr Rule kEmpty = {
    .id = "redirect-target-required",
    .what = "a redirect changes neither path, authority, scheme nor port",
    .why = "the client would come back at once",
    .istio = "VS-RED-03",
    .text = "redirect must specify URI, authority, scheme, or port",
};
constexpr Rule kCode = {
    .id = "redirect-code-range",
    .what = "`redirectCode` is not in the range 300 to 399",
    .why = "clients follow only these",
    .istio = "VS-RED-04",
    .text = "<n> is not a valid redirect code, must be 3xx",
};
constexpr Rule kScheme = {
    .id = "redirect-scheme-unknown",
    .what = "`redirect.scheme` is neither \"http\" nor \"https\", in lower case",
    .why = "other schemes are none of a gateway",
    .istio = "VS-RED-05",
    .text = "invalid redirect scheme, must be \"http\" or \"https\"",
};
constexpr Rule kBodyTooLarge = {
    .id = "direct-response-body-too-large",
    .what = "the body of a direct response is larger than 1 MiB",
    .why = "it is held in the memory of every proxy",
    .istio = "VS-DIR-01",
    .text = "large direct_responses may impact control plane performance, must be less than 1MB",
};
constexpr Rule kBodyLarge = {
    .id = "direct-response-body-large",
    .what = "the body of a direct response is larger than 100 KiB",
    .why = "it is held in the memory of every proxy",
    .istio = "VS-DIR-02",
    .text = "large direct_responses may impact control plane performance",
    .severity = Severity::kWarning,
};
constexpr Rule kStatus = {
    .id = "direct-response-status-range",
    .what = "the status of a direct response is not in the range 200 to 600",
    .why = "it would not be the status of an answer",
    .istio = "VS-DIR-03",
    .text = "HTTP status <n> is not in range 200-599",
};

constexpr const Rule* kRules[] = {&kUriAndPrefix, &kPrefixWithoutPrefix, &kEmpty,     &kCode,
                                  &kScheme,       &kBodyTooLarge,        &kBodyLarge, &kStatus};

// FindOtherThanPrefix returns the first match that tests "uri" by another way than "prefix".
std::optional<size_t> FindOtherThanPrefix(const std::vector<HttpMatchRequest>& matches) {
  for (size_t i = 0; i < matches.size(); ++i) {
    const Boxed<StringMatch>& uri = matches[i].uri;
    if (uri && !(uri->prefix && !uri->regex)) return i;
  }
  return std::nullopt;
}

}  // namespace

void CheckRedirect(const HttpRoute& route, const FieldPath& path, const FindingSink& sink) {
  const HttpRedirect& redirect = *route.redirect;
  const FieldPath place = path.Field("redirect");
  const FieldPath prefix_rewrite = place.Field("prefixRewrite");
  CheckEnum(redirect.derive_port, place.Field("derivePort"), sink);
  // Of the rest Istio reports the first only.
  if (!redirect.prefix_rewrite.empty()) {
    if (!redirect.uri.empty()) {
      sink.ReportAgainst(kUriAndPrefix, prefix_rewrite, place.Field("uri"),
                         "\"prefixRewrite\" cannot stand together with \"uri\"");
      return;
    }
    if (const auto other = FindOtherThanPrefix(route.match)) {
      const FieldPath match = path.Field("match", *other);
      sink.ReportAgainst(kPrefixWithoutPrefix, prefix_rewrite, match.Field("uri"),
                         "\"prefixRewrite\" needs matches that test \"uri\" by \"prefix\"");
      return;
    }
  }
  if (redirect.uri.empty() && redirect.prefix_rewrite.empty() && redirect.authority.empty() &&
      redirect.scheme.empty() && !redirect.port && !redirect.derive_port) {
    sink.Report(kEmpty, place, "a redirect must change a path, an authority, a scheme or a port");
    return;
  }
  if (redirect.redirect_code != 0 &&
      (redirect.redirect_code < 300 || redirect.redirect_code > 399)) {
    sink.Report(kCode, place.Field("redirectCode"), "code ", redirect.redirect_code,
                " is not in the range 300 to 399");
    return;
  }
  if (!redirect.scheme.empty() && redirect.scheme != "http" && redirect.scheme != "https") {
    sink.Report(kScheme, place.Field("scheme"), "scheme ", Quote(redirect.scheme),
                " is neither \"http\" nor \"https\"");
    return;
  }
  if (redirect.port && *redirect.port != 0) {
    CheckPortNumber(*redirect.port, place.Field("port"), sink);
  }
}

void CheckDirectResponse(const HttpDirectResponse& response, const FieldPath& path,
                         const FindingSink& sink) {
  if (response.body) {
    const HttpBody& body = *response.body;
    const size_t size = body.bytes ? body.bytes->size() : body.string ? body.string->size() : 0;
    if (size > kMaxBodyBytes) {
      sink.Report(kBodyTooLarge, path.Field("body"), "body of ", size, " bytes is larger than ",
                  kMaxBodyBytes);
    } else if (size > kLargeBodyBytes) {
      sink.Report(kBodyLarge, path.Field("body"), "body of ", size, " bytes is larger than ",
                  kLargeBodyBytes);
    }
  }
  if (response.status < 200 || response.status > 600) {
    sink.Report(kStatus, path.Field("status"), "status ", response.status,
                " is not in the range 200 to 599");
  }
}

RuleList RedirectRules() { return kRules; }

}  // namespace postern
