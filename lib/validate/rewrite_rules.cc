#include "lib/validate/rewrite_rules.h"

#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kUriAndRegex = {
    .id = "rewrite-uri-with-regex",
    .what = "a rewrite has both `uri` and `uriRegexRewrite`",
    .why = "a path is rewritten once",
    .istio = "VS-RWR-01",
    .text = "rewrite may only contain one of URI or UriRegexRewrite",
};
constexpr Rule kEmpty = {
    .id = "rewrite-target-required",
    .what = "a rewrite has neither `uri`, `uriRegexRewrite` nor `authority`",
    .why = "it would do nothing",
    .istio = "VS-RWR-02",
    .text =
        "rewrite must specify at least one of URI, UriRegexRewrite, or authority. Only one of "
        "URI or UriRegexRewrite may be specified",
};
constexpr Rule kRegexIncomplete = {
    .id = "rewrite-regex-incomplete",
    .what = "`uriRegexRewrite` lacks `match` or `rewrite`",
    .why = "it takes both to replace something by something",
    .istio = "VS-RWR-03",
    .text =
        "UriRegexRewrite has errors<more>UriRegexRewrite requires both Rewrite and Match fields "
        "to be specified",
};

constexpr const Rule* kRules[] = {&kUriAndRegex, &kEmpty, &kRegexIncomplete};

}  // namespace

void CheckRewrite(const HttpRewrite& rewrite, const FieldPath& path, const FindingSink& sink) {
  const FieldPath regex = path.Field("uriRegexRewrite");
  if (rewrite.uri.empty() && !rewrite.uri_regex_rewrite && rewrite.authority.empty()) {
    sink.Report(kEmpty, path, "one of \"uri\", \"uriRegexRewrite\" and \"authority\" is required");
  }
  if (!rewrite.uri_regex_rewrite) return;
  if (!rewrite.uri.empty()) {
    sink.ReportAgainst(kUriAndRegex, regex, path.Field("uri"),
                       "\"uriRegexRewrite\" cannot stand together with \"uri\"");
  }
  const RegexRewrite& rule = *rewrite.uri_regex_rewrite;
  if (rule.match.empty() || rule.rewrite.empty()) {
    sink.Report(kRegexIncomplete, regex, "both \"match\" and \"rewrite\" are required");
  } else {
    CheckRegex(rule.match, regex.Field("match"), sink);
  }
}

RuleList RewriteRules() { return kRules; }

}  // namespace postern
