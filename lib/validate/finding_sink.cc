#include "lib/validate/finding_sink.h"

namespace postern {

Diagnostic::Place FindingSink::PlaceOf(const FieldPath& path) const {
  std::string text = path.ToString();
  SourceLocation where = source_.Find(text);
  return {Resource(), std::move(text), std::move(where)};
}

std::string FindingSink::Resource() const {
  return StrCat(kind_, " ", metadata_.ns, "/", metadata_.name);
}

}  // namespace postern
