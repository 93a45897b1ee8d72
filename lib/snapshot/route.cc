#include "lib/snapshot/route.h"

#include "lib/base/find_header.h"
#include "lib/base/strings.h"
#include "lib/match/path.h"

namespace postern {
namespace {

using Field = RouteCondition::Field;

std::string_view KindText(StringMatcher::Kind kind) {
  switch (kind) {
    case StringMatcher::Kind::kExact:
      return "exact";
    case StringMatcher::Kind::kPrefix:
      return "prefix";
    case StringMatcher::Kind::kRegex:
      return "regex";
  }
  return "";
}

// Scan calls `test` with each value that the condition looks at until one passes. It returns
// whether there was one, and notes in `*seen` whether there was any value at all.
template <typename Test>
bool Scan(const RouteCondition& condition, const RequestView& request, bool* seen, Test&& test) {
  *seen = true;
  switch (condition.field) {
    case Field::kScheme:
      return test(request.scheme);
    case Field::kMethod:
      return test(request.head->method);
    case Field::kAuthority:
      return test(request.head->authority);
    case Field::kPath:
      return test(request.path);
    case Field::kForwardedProto:
      return test(request.forwarded_proto);
    case Field::kHeader: {
      *seen = false;
      for (const HeaderView& header : request.head->headers) {
        if (header.name != condition.name) continue;
        *seen = true;
        if (test(header.value)) return true;
      }
      return false;
    }
    case Field::kJoinedHeader: {
      std::string storage;
      const auto joined = JoinHeader(request.head->headers, condition.name, &storage);
      *seen = joined.has_value();
      return joined && test(*joined);
    }
    case Field::kQuery: {
      const std::optional<std::string_view> value = QueryValue(request.query(), condition.name);
      *seen = value.has_value();
      return value && test(*value);
    }
    case Field::kClaim:
      *seen = false;
      return false;
  }
  return false;
}

}  // namespace

bool PathCondition::Matches(std::string_view path) const {
  switch (kind) {
    case Kind::kPrefix:
      return ignore_case
                 ? path.size() >= text.size() && EqualsIgnoreCase(path.substr(0, text.size()), text)
                 : path.starts_with(text);
    case Kind::kExact:
      return ignore_case ? EqualsIgnoreCase(path, text) : path == text;
    case Kind::kRegex:
      return regex->Matches(path);
  }
  return false;
}

std::string PathCondition::ToString() const {
  const std::string_view name = kind == Kind::kPrefix  ? "prefix"
                                : kind == Kind::kExact ? "exact"
                                                       : "regex";
  return StrCat("uri ", name, " ", Quote(text), ignore_case ? " (any case)" : "");
}

bool RouteCondition::Holds(const RequestView& request) const {
  bool seen = false;
  const bool matched = Scan(*this, request, &seen, [this](std::string_view value) {
    return present || matcher->Matches(value);
  });
  if (!inverted) return matched;
  if (seen || present || field == Field::kClaim) return !matched;
  // A field that is missing counts as empty under `withoutHeaders`.
  return !matcher->Matches({});
}

std::string RouteCondition::ToString() const {
  std::string text;
  switch (field) {
    case Field::kScheme:
      text = "scheme";
      break;
    case Field::kMethod:
      text = "method";
      break;
    case Field::kAuthority:
      text = "authority";
      break;
    case Field::kQuery:
      text = StrCat("queryParams[", name, "]");
      break;
    default:
      text = StrCat("headers[", name, "]");
  }
  if (inverted) text = StrCat("withoutHeaders[", name, "]");
  if (present) return StrCat(text, " present");
  return StrCat(text, " ", KindText(matcher->kind()), " ", Quote(matcher->text()));
}

std::string RouteCondition::Failure(const RequestView& request) const {
  bool seen = false;
  std::string values;
  Scan(*this, request, &seen, [&values](std::string_view value) {
    StrAppend(&values, values.empty() ? "" : ", ", Quote(value));
    return false;
  });
  return StrCat(ToString(), ": request has ", seen ? values : std::string("none"));
}

bool Route::IsCatchAll() const {
  if (!conditions.empty()) return false;
  return path.kind == PathCondition::Kind::kPrefix  ? path.text == "/"
         : path.kind == PathCondition::Kind::kRegex ? path.text == ".*"
                                                    : false;
}

std::string Route::Failure(const RequestView& request) const {
  if (!path.Matches(request.path_only())) {
    return StrCat(path.ToString(), ": request has ", Quote(request.path_only()));
  }
  for (const RouteCondition& condition : conditions) {
    if (!condition.Holds(request)) return condition.Failure(request);
  }
  return {};
}

std::string Route::ToString() const {
  std::string text = path.ToString();
  for (const RouteCondition& condition : conditions) StrAppend(&text, " ", condition.ToString());
  return text;
}

}  // namespace postern
