#include "lib/compile/route_probe.h"

#include <string>
#include <string_view>
#include <utility>

#include "lib/base/strings.h"
#include "lib/match/path.h"
#include "lib/match/regex_example.h"
#include "lib/snapshot/cleaned_probe.h"
#include "lib/snapshot/probe_facts.h"
#include "lib/snapshot/request_decision.h"

namespace postern {
namespace {

using Field = RouteCondition::Field;

constexpr std::string_view kAnyValue = "1";

// A value that few conditions want: for `withoutHeaders` that a missing field does not satisfy.
constexpr std::string_view kOddValue = "~";

std::optional<std::string> ExampleOf(const StringMatcher& matcher) {
  if (matcher.kind() != StringMatcher::Kind::kRegex) return std::string(matcher.text());
  std::optional<std::string> example = RegexExample(matcher.text());
  return example && matcher.Matches(*example) ? example : std::nullopt;
}

std::optional<std::string> ExampleOf(const RouteCondition& condition) {
  if (!condition.present) return ExampleOf(*condition.matcher);
  return std::string(condition.field == Field::kMethod ? "GET" : kAnyValue);
}

std::optional<std::string> ExampleOf(const PathCondition& path) {
  if (path.kind != PathCondition::Kind::kRegex) {
    return path.text.empty() ? std::string("/") : std::string(path.text);
  }
  const std::optional<std::string> example = RegexExample(path.text);
  if (!example) return std::nullopt;
  if (example->starts_with('/') && path.regex->Matches(*example)) return example;
  return StrCat("/", *example);
}

// A Builder fills in a probe, one condition after another.
class Builder {
 public:
  Builder(const SnapshotOptions& options, Probe probe)
      : options_(options), probe_(std::move(probe)) {}

  // Meet makes `condition` hold, if it is one that a client can make hold.
  bool Meet(const RouteCondition& condition) {
    if (condition.inverted) return Avoid(condition);
    std::optional<std::string> value = ExampleOf(condition);
    if (!value) return false;
    switch (condition.field) {
      case Field::kMethod:
        probe_.method = value->empty() ? "GET" : *std::move(value);
        break;
      case Field::kScheme:
        // HTTP/2 alone is believed; what is no scheme is told apart in the end.
        probe_.scheme = "https";
        if (!condition.Holds(View())) probe_.scheme = "http";
        break;
      case Field::kAuthority:
        if (!value->empty()) probe_.authority = *std::move(value);
        break;
      case Field::kPath:
        probe_.path = *std::move(value);
        break;
      case Field::kForwardedProto:
        break;  // The connection decides.
      case Field::kHeader:
      case Field::kJoinedHeader:
        // The proxy itself may have said it.
        if (condition.Holds(View())) break;
        probe_.headers.emplace_back(condition.name, *std::move(value));
        break;
      case Field::kQuery:
        StrAppend(&query_, query_.empty() ? "" : "&", condition.name, "=", *value);
        break;
      case Field::kClaim:
        return false;
    }
    return true;
  }

  Probe Take() && {
    if (!query_.empty()) StrAppend(&probe_.path, "?", query_);
    return std::move(probe_);
  }

 private:
  // Avoid makes a condition of `withoutHeaders` hold.
  bool Avoid(const RouteCondition& condition) {
    const bool is_field =
        condition.field == Field::kHeader || condition.field == Field::kJoinedHeader;
    if (is_field && !condition.Holds(View())) {
      probe_.headers.emplace_back(condition.name, kOddValue);
    }
    return true;
  }

  // View returns the fields and the scheme of the request so far; the path is not in it.
  RequestView View() {
    cleaned_ = CleanedProbe(options_, probe_);
    facts_.emplace(cleaned_);
    RequestView view;
    view.head = &facts_->request();
    view.scheme = probe_.scheme;
    return view;
  }

  const SnapshotOptions& options_;
  Probe probe_;
  std::string query_;
  Probe cleaned_;
  std::optional<ProbeFacts> facts_;
};

// Takes returns whether `route` takes the request of `probe` when it is asked alone.
bool Takes(const Route& route, const SnapshotOptions& options, const Probe& probe) {
  const Probe cleaned = CleanedProbe(options, probe);
  const ProbeFacts facts(cleaned);
  const RequestHead& request = facts.request();
  if (!request.path.starts_with('/')) return false;
  std::string path_storage;
  const NormalPath path = NormalizePath(request.path, PathRulesOf(options), &path_storage);
  if (path.outcome != NormalPath::Outcome::kForward) return false;
  RequestView view;
  view.head = &request;
  view.path = path.target;
  view.path_end = path.path_size;
  SchemeTexts scheme_storage;
  return SetSchemes(options, probe.sni.has_value(), &view, &scheme_storage) && route.Matches(view);
}

}  // namespace

std::optional<Probe> ProbeOfRoute(const Route& route, const SnapshotOptions& options, Probe probe) {
  std::optional<std::string> path = ExampleOf(route.path);
  if (!path) return std::nullopt;
  probe.path = *std::move(path);
  Builder builder(options, std::move(probe));
  for (const RouteCondition& condition : route.conditions) {
    if (!builder.Meet(condition)) return std::nullopt;
  }
  Probe built = std::move(builder).Take();
  if (!Takes(route, options, built)) return std::nullopt;
  return built;
}

}  // namespace postern
