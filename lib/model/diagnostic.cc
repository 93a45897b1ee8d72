#include "lib/model/diagnostic.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "lib/base/strings.h"

namespace postern {
namespace {

bool HasPlace(const Diagnostic& finding) {
  return finding.where.line > 0 || !finding.where.file.empty();
}

}  // namespace

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      break;
  }
  return "error";
}

std::string Diagnostic::ToString() const {
  std::string text;
  if (where.line > 0) {
    StrAppend(&text, where.ToString(), ": ");
  } else if (!where.file.empty()) {
    StrAppend(&text, where.file, ": ");
  }
  StrAppend(&text, SeverityName(severity), ": ");
  if (!resource.empty()) StrAppend(&text, resource, ": ");
  if (!path.empty()) StrAppend(&text, path, ": ");
  text += message;
  if (other.has_value()) {
    StrAppend(&text, " (see ", other->resource);
    if (!other->path.empty()) StrAppend(&text, other->resource.empty() ? "" : " ", other->path);
    if (other->where.line > 0) StrAppend(&text, " at ", other->where.ToString());
    text += ')';
  }
  if (!rule.empty()) StrAppend(&text, " [", rule, "]");
  return text;
}

absl::Status ToStatus(const std::vector<Diagnostic>& findings) {
  std::string text;
  for (const Diagnostic& finding : findings) {
    if (finding.severity != Severity::kError) continue;
    if (!text.empty()) text += '\n';
    text += finding.ToString();
  }
  return text.empty() ? absl::OkStatus() : InvalidArgument(text);
}

bool ComesBefore(const Diagnostic& a, const Diagnostic& b) {
  if (HasPlace(a) != HasPlace(b)) return HasPlace(a);
  if (HasPlace(a)) {
    const auto place = [](const Diagnostic& d) {
      return std::tie(d.where.file, d.where.line, d.where.column, d.rule, d.resource, d.path,
                      d.message);
    };
    return place(a) < place(b);
  }
  const auto rest = [](const Diagnostic& d) {
    return std::tie(d.resource, d.rule, d.path, d.message);
  };
  return rest(a) < rest(b);
}

void SortFindings(std::vector<Diagnostic>* findings) {
  std::stable_sort(findings->begin(), findings->end(), ComesBefore);
}

}  // namespace postern
