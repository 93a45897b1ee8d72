#include "lib/yaml/decode_context.h"

#include <utility>

#include "lib/yaml/decode_rules.h"

namespace postern {

void DecodeContext::Add(Severity severity, std::string_view rule, const FieldPath& path,
                        uint32_t value, std::string message) {
  constexpr size_t kMost = 100;  // Of one resource. Nobody reads more, and memory has an end.
  if (severity == Severity::kError) ++errors_;
  if (++added_ > kMost + 1) return;
  if (added_ == kMost + 1) {
    rule = kDocumentFindingsLimit;
    message = "the resource has more mistakes than these";
    severity = Severity::kError;
    ++errors_;
  }
  Diagnostic finding;
  finding.severity = severity;
  finding.rule = rule;
  finding.resource = resource_;
  finding.path = path.ToString();
  const Value& place = tree_[value];
  finding.where = {std::string(file_), static_cast<int>(place.line),
                   static_cast<int>(place.column)};
  finding.message = std::move(message);
  Take(finding.message.size() + finding.path.size() + resource_.size() + file_.size());
  AddWithin(&memory_, std::move(finding), &findings_);
}

}  // namespace postern
