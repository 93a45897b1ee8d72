// The names of what decisions refer to. Whole decisions as text are lib/snapshot/trace.cc's.

#include "lib/base/strings.h"
#include "postern/decision.h"

namespace postern {

std::string Provenance::ToString() const {
  if (resource.empty()) return "";
  std::string text = StrCat(resource, " ", path);
  if (const std::string where = location().ToString(); !where.empty()) {
    StrAppend(&text, " (", where, ")");
  }
  return text;
}

std::string ClusterName::ToString() const {
  return StrCat("outbound|", port, "|", subset, "|", host);
}

std::string ListenerKey::ToString() const {
  return StrCat(bind.empty() ? std::string_view("0.0.0.0") : std::string_view(bind), "_",
                int{port});
}

}  // namespace postern
