#include "lib/validate/finding_sink.h"

namespace postern {

Diagnostic::Place FindingSink::PlaceOf(const FieldPath& path) const {
  std::string text = path.ToString();
  SourceLocation where = source_.Find(text);
  return {Resource(), std::move(text), std::move(where)};
}

Diagnostic& FindingSink::Add(const Rule& rule, const FieldPath& path, std::string message) const {
  Diagnostic::Place place = PlaceOf(path);
  Diagnostic& finding = findings_->emplace_back();
  finding.severity = rule.severity;
  finding.rule = rule.id;
  finding.resource = std::move(place.resource);
  finding.path = std::move(place.path);
  finding.where = std::move(place.where);
  finding.message = std::move(message);
  return finding;
}

std::string FindingSink::Resource() const {
  return StrCat(kind_, " ", metadata_.ns, "/", metadata_.name);
}

}  // namespace postern
