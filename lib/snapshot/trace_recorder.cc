#include "lib/snapshot/trace_recorder.h"

#include <string_view>
#include <variant>

#include "lib/base/strings.h"
#include "lib/snapshot/action_text.h"

namespace postern {
namespace {

std::string Subject(const Reject& reject) { return StrCat("reject ", reject.status); }
std::string Subject(const Redirect& redirect) {
  return StrCat("redirect ", redirect.status, " ", redirect.location);
}
std::string Subject(const DirectResponse& response) {
  return StrCat("direct response ", response.status);
}
std::string Subject(const CorsPreflight&) { return "cors preflight 200"; }
std::string Subject(const Forward& forward) {
  return StrCat("forward ", ClusterText(forward.cluster));
}

// SubjectIf returns the subject of `action` if it is a T. std::visit would do, but for a way to
// abort that it brings along.
template <typename T, typename Action>
std::string SubjectIf(const Action& action) {
  const T* is = std::get_if<T>(&action);
  return is == nullptr ? std::string() : Subject(*is);
}

}  // namespace

std::string PlaceSubject(const Provenance& place) {
  std::string_view path = place.path;
  if (path.starts_with("spec.")) path.remove_prefix(5);
  return std::string(path);
}

std::string ActionSubject(const RouteDecision& decision) {
  const auto subject = []<typename... T>(const std::variant<T...>& action) {
    return (SubjectIf<T>(action) + ...);
  };
  std::string text = subject(decision.action);
  // An abort takes the place of the action, a delay comes before it.
  if (decision.fault.abort_status != 0) {
    text = StrCat("abort ", decision.fault.abort_status, " instead of ", text);
  }
  return text;
}

}  // namespace postern
