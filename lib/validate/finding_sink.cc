#include "lib/validate/finding_sink.h"

#include "lib/model/resource_name.h"

namespace postern {

Diagnostic::Place FindingSink::PlaceOf(const FieldPath& path) const {
  std::string text = path.ToString();
  SourceLocation where = source_.Find(text);
  return {Resource(), std::move(text), std::move(where)};
}

std::string FindingSink::Resource() const { return StrCat(kind_, " ", QualifiedName(metadata_)); }

}  // namespace postern
