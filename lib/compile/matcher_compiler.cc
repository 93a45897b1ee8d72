#include "lib/compile/matcher_compiler.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/find_header.h"
#include "lib/base/status_macros.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

using Field = RouteCondition::Field;

constexpr std::string_view kClaimPrefix = "@request.auth.claims";

bool HasText(const StringMatch& match) { return match.exact || match.prefix || match.regex; }

// IsPresence returns whether the match asks for any value: one without a text, or the regex "*",
// which is no expression and is Istio's old way to write it.
bool IsPresence(const StringMatch& match) {
  return !HasText(match) || (match.regex && *match.regex == "*");
}

Field HeaderField(std::string_view name) {
  if (name == ":authority" || name == "host") return Field::kAuthority;
  if (name == ":method") return Field::kMethod;
  if (name == ":path") return Field::kPath;
  if (name == ":scheme") return Field::kScheme;
  if (name == "x-forwarded-proto") return Field::kForwardedProto;
  if (name.starts_with(kClaimPrefix)) return Field::kClaim;
  return IsJoinedField(name) ? Field::kJoinedHeader : Field::kHeader;
}

// A ConditionList adds conditions to a route.
class ConditionList {
 public:
  ConditionList(Route* route, CompileState& state) : route_(route), state_(state) {}

  absl::Status Add(Field field, std::string_view name, const StringMatch& match, bool inverted) {
    RouteCondition condition;
    condition.field = field;
    condition.name = state_.tables.text.Intern(name);
    condition.inverted = inverted;
    condition.present = IsPresence(match);
    if (!condition.present) {
      POSTERN_ASSIGN_OR_RETURN(condition.matcher,
                               CompileString(match, state_.options.max_regex_bytes));
    }
    route_->conditions.push_back(std::move(condition));
    return absl::OkStatus();
  }

  absl::Status AddIf(Field field, const Boxed<StringMatch>& match) {
    return match ? Add(field, {}, *match, /*inverted=*/false) : absl::OkStatus();
  }

  absl::Status AddHeaders(const std::map<std::string, StringMatch>& headers, bool inverted) {
    for (const auto& [key, match] : headers) {
      // The names of claims keep their case.
      const std::string name = key.starts_with(kClaimPrefix) ? key : AsciiLower(key);
      POSTERN_RETURN_IF_ERROR(Add(HeaderField(name), name, match, inverted));
    }
    return absl::OkStatus();
  }

 private:
  Route* route_;
  CompileState& state_;
};

absl::Status SetPath(const HttpMatchRequest& match, CompileState& state, PathCondition* path) {
  if (!match.uri || !HasText(*match.uri)) return absl::OkStatus();
  const StringMatch& uri = *match.uri;
  StringPool& text = state.tables.text;
  if (uri.exact) {
    path->kind = PathCondition::Kind::kExact;
    path->text = text.Intern(*uri.exact);
  } else if (uri.prefix) {
    path->text = text.Intern(*uri.prefix);
  } else {
    POSTERN_ASSIGN_OR_RETURN(StringMatcher regex,
                             StringMatcher::Regex(*uri.regex, state.options.max_regex_bytes));
    path->kind = PathCondition::Kind::kRegex;
    path->text = text.Intern(*uri.regex);
    path->regex = std::make_shared<const StringMatcher>(std::move(regex));
  }
  path->ignore_case = match.ignore_uri_case && path->kind != PathCondition::Kind::kRegex;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StringMatcher> CompileString(const StringMatch& match, size_t max_regex_bytes) {
  if (match.exact) return StringMatcher::Exact(*match.exact);
  if (match.prefix) return StringMatcher::Prefix(*match.prefix);
  return StringMatcher::Regex(match.regex ? *match.regex : std::string(), max_regex_bytes);
}

absl::StatusOr<Route> CompileMatch(const HttpMatchRequest& match, CompileState& state) {
  Route route;
  POSTERN_RETURN_IF_ERROR(SetPath(match, state, &route.path));
  ConditionList conditions(&route, state);
  POSTERN_RETURN_IF_ERROR(conditions.AddIf(Field::kMethod, match.method));
  POSTERN_RETURN_IF_ERROR(conditions.AddIf(Field::kScheme, match.scheme));
  POSTERN_RETURN_IF_ERROR(conditions.AddIf(Field::kAuthority, match.authority));
  POSTERN_RETURN_IF_ERROR(conditions.AddHeaders(match.headers, /*inverted=*/false));
  POSTERN_RETURN_IF_ERROR(conditions.AddHeaders(match.without_headers, /*inverted=*/true));
  for (const auto& [name, value] : match.query_params) {
    POSTERN_RETURN_IF_ERROR(conditions.Add(Field::kQuery, name, value, /*inverted=*/false));
  }
  return route;
}

}  // namespace postern
