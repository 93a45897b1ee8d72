#include "lib/validate/cors_rules.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "lib/match/names.h"
#include "lib/validate/enum_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kOriginRequired = {
    .id = "cors-origin-value-required",
    .what = "an entry of `allowOrigins` has no text to compare with",
    .why = "no browser sends an empty origin",
    .istio = "VS-CORS-01",
    .text = "'' is not a valid match type for CORS allow origins",
};
constexpr Rule kMethodUnknown = {
    .id = "cors-method-unknown",
    .what = "an entry of `allowMethods` is neither \"*\" nor a method in upper case",
    .why = "browsers compare methods by case",
    .istio = "VS-CORS-03",
    .text = "\"<method>\" is not a supported HTTP method",
};
constexpr Rule kHeaderRequired = {
    .id = "cors-header-name-required",
    .what = "an entry of `allowHeaders` or `exposeHeaders` is empty",
    .why = "no header has that name",
    .istio = "VS-CORS-04",
    .text = "header name cannot be empty",
};
constexpr Rule kHeaderMalformed = {
    .id = "cors-header-name-malformed",
    .what =
        "an entry of `allowHeaders` or `exposeHeaders` is neither \"*\" nor the name of a header",
    .why = "browsers would refuse the answer",
    .istio = "VS-CORS-05",
    .text = "header name <name> is not a valid header name",
};
constexpr Rule kMaxAgePrecision = {
    .id = "cors-max-age-too-precise",
    .what = "`maxAge` is no whole number of seconds",
    .why = "the header that carries it counts seconds",
    .istio = "VS-CORS-08",
    .text = "max_age duration is accurate only to seconds precision",
};

constexpr const Rule* kRules[] = {&kOriginRequired, &kMethodUnknown, &kHeaderRequired,
                                  &kHeaderMalformed, &kMaxAgePrecision};

constexpr std::string_view kMethods[] = {"GET",    "HEAD",    "POST",    "PUT",   "PATCH",
                                         "DELETE", "CONNECT", "OPTIONS", "TRACE", "*"};

void CheckHeaderNames(const std::vector<std::string>& names, const FieldPath& path,
                      const FindingSink& sink) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) {
      sink.Report(kHeaderRequired, path.Element(i), "the name of a header must not be empty");
    } else if (names[i] != "*" && !IsHeaderName(names[i])) {
      sink.Report(kHeaderMalformed, path.Element(i), Quote(names[i]),
                  " cannot be the name of a header");
    }
  }
}

// TextOf returns what `match` compares with; the last member of the oneof counts.
std::string_view TextOf(const StringMatch& match) {
  if (match.regex) return *match.regex;
  if (match.prefix) return *match.prefix;
  return match.exact ? std::string_view(*match.exact) : std::string_view();
}

}  // namespace

void CheckCorsPolicy(const CorsPolicy& cors, const FieldPath& path, const FindingSink& sink) {
  for (size_t i = 0; i < cors.allow_origins.size(); ++i) {
    const FieldPath origin = path.Field("allowOrigins", i);
    if (TextOf(cors.allow_origins[i]).empty()) {
      sink.Report(kOriginRequired, origin, "an origin to compare with must not be empty");
    } else if (cors.allow_origins[i].regex) {
      CheckRegex(*cors.allow_origins[i].regex, origin.Field("regex"), sink);
    }
  }
  for (size_t i = 0; i < cors.allow_methods.size(); ++i) {
    const std::string& method = cors.allow_methods[i];
    if (std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods)) continue;
    sink.Report(kMethodUnknown, path.Field("allowMethods", i), Quote(method),
                " is not a known method");
  }
  CheckHeaderNames(cors.allow_headers, path.Field("allowHeaders"), sink);
  CheckHeaderNames(cors.expose_headers, path.Field("exposeHeaders"), sink);
  CheckDuration(cors.max_age, path.Field("maxAge"), sink);
  if (cors.max_age && *cors.max_age % std::chrono::seconds(1) > Duration::zero()) {
    sink.Report(kMaxAgePrecision, path.Field("maxAge"), "\"maxAge\" of ", cors.max_age->count(),
                "ns is no whole number of seconds");
  }
  CheckEnum(cors.unmatched_preflights, path.Field("unmatchedPreflights"), sink);
}

RuleList CorsRules() { return kRules; }

}  // namespace postern
