#include "lib/validate/match_rules.h"

#include <map>
#include <optional>
#include <string>

#include "lib/match/names.h"
#include "lib/validate/gateway_name_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kHeaderRequired = {
    .id = "match-header-name-required",
    .what = "a key of `headers` or `withoutHeaders` is empty",
    .why = "no header has that name",
    .istio = "VS-MAT-02",
    .text = "header name cannot be empty",
};
constexpr Rule kHeaderMalformed = {
    .id = "match-header-name-malformed",
    .what =
        "a key of `headers` or `withoutHeaders` is neither the name of a header, nor one of "
        ":method, :scheme, :authority, :path and :status, nor a claim of a token",
    .why = "no request can carry such a header",
    .istio = "VS-MAT-03",
    .text = "header name <key> is not a valid header name",
};
constexpr Rule kPrefixEmpty = {
    .id = "match-prefix-value-required",
    .what = "a `prefix` is empty, in another field than `uri`",
    .why = "every text begins with nothing: leave the condition out instead",
    .istio = "VS-MAT-04",
    .text = "<where>: prefix string match should not be empty",
};
constexpr Rule kRegexEmpty = {
    .id = "match-regex-value-required",
    .what = "a `regex` is empty",
    .why = "it would match only an empty text",
    .istio = "VS-MAT-05",
    .text = "<where>: regex string match should not be empty",
};
constexpr Rule kSourceNamespace = {
    .id = "match-source-namespace-malformed",
    .what = "`sourceNamespace` of an HTTP match is not a DNS label",
    .why = "no namespace could have that name",
    .istio = "VS-MAT-12",
    .text = "sourceNamespace match <ns> is invalid",
};

constexpr const Rule* kRules[] = {&kHeaderRequired, &kHeaderMalformed, &kPrefixEmpty, &kRegexEmpty,
                                  &kSourceNamespace};

void CheckRegexMatch(const std::string& regex, const FieldPath& path, const FindingSink& sink) {
  if (regex.empty()) {
    sink.Report(kRegexEmpty, path.Field("regex"), "\"regex\" must not be empty");
  } else {
    CheckRegex(regex, path.Field("regex"), sink);
  }
}

void CheckStringMatch(const StringMatch& match, const FieldPath& path, const FindingSink& sink) {
  if (match.regex) {
    CheckRegexMatch(*match.regex, path, sink);
  } else if (match.prefix && match.prefix->empty()) {
    sink.Report(kPrefixEmpty, path.Field("prefix"), "\"prefix\" must not be empty");
  }
}
void CheckStringMatch(const Boxed<StringMatch>& match, const FieldPath& path,
                      const FindingSink& sink) {
  if (match) CheckStringMatch(*match, path, sink);
}

void CheckHeaderName(const std::string& name, const FieldPath& path, const FindingSink& sink) {
  if (name.empty()) {
    sink.Report(kHeaderRequired, path, "the name of a header must not be empty");
  } else if (!IsMatchHeaderName(name)) {
    sink.Report(kHeaderMalformed, path, Quote(name), " cannot be the name of a header");
  }
}

}  // namespace

void CheckHttpMatch(const HttpMatchRequest& match, const FieldPath& path, const FindingSink& sink) {
  const FieldPath headers = path.Field("headers");
  for (const auto& [name, value] : match.headers) {
    CheckHeaderName(name, headers.Key(name), sink);
    CheckStringMatch(value, headers.Key(name), sink);
  }
  const FieldPath without_headers = path.Field("withoutHeaders");
  for (const auto& [name, value] : match.without_headers) {
    CheckHeaderName(name, without_headers.Key(name), sink);
    if (value.regex == "*") continue;  // Istio's own spelling of "whatever its value".
    CheckStringMatch(value, without_headers.Key(name), sink);
  }
  if (match.uri && match.uri->regex) {
    CheckRegexMatch(*match.uri->regex, path.Field("uri"), sink);
  }
  CheckStringMatch(match.scheme, path.Field("scheme"), sink);
  CheckStringMatch(match.method, path.Field("method"), sink);
  CheckStringMatch(match.authority, path.Field("authority"), sink);
  const FieldPath query_params = path.Field("queryParams");
  for (const auto& [name, value] : match.query_params) {
    CheckStringMatch(value, query_params.Key(name), sink);
  }
  if (match.port != 0) CheckPortNumber(match.port, path.Field("port"), sink);
  CheckLabels(match.source_labels, path.Field("sourceLabels"), sink);
  CheckGatewayNames(match.gateways, false, path.Field("gateways"), sink);
  if (!match.source_namespace.empty() && !IsDnsLabel(match.source_namespace)) {
    sink.Report(kSourceNamespace, path.Field("sourceNamespace"), Quote(match.source_namespace),
                " cannot be a namespace");
  }
}

RuleList MatchRules() { return kRules; }

}  // namespace postern
