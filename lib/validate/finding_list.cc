#include "lib/validate/finding_list.h"

#include <utility>

#include "lib/base/strings.h"

namespace postern {

Diagnostic* FindingList::Add(const Rule& rule, const Metadata& resource) {
  if (&resource != resource_) {
    resource_ = &resource;
    has_error_ = false;
  }
  const bool is_error = rule.severity == Severity::kError;
  OfRule& of = rules_[&rule];
  if (of.count >= kMostOfARule && (!is_error || has_error_)) {
    ++of.unlisted;
    return nullptr;
  }
  ++of.count;
  of.last = findings_.size();
  has_error_ = has_error_ || is_error;
  // By a quarter: a vector that grows is there twice for a moment.
  if (findings_.size() == findings_.capacity()) {
    findings_.reserve(findings_.size() + findings_.size() / 4 + 16);
  }
  Diagnostic& finding = findings_.emplace_back();
  finding.severity = rule.severity;
  finding.rule = rule.id;
  return &finding;
}

std::vector<Diagnostic> FindingList::Build() && {
  for (const auto& [rule, of] : rules_) {
    if (of.unlisted == 0) continue;
    StrAppend(&findings_[of.last].message, "; of this rule, ", of.unlisted, " more are not listed");
  }
  return std::move(findings_);
}

}  // namespace postern
