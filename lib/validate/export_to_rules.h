// The rules of `exportTo`, which says where a resource is visible. Who sees what is for
// lib/compile.

#ifndef POSTERN_VALIDATE_EXPORT_TO_RULES_H_
#define POSTERN_VALIDATE_EXPORT_TO_RULES_H_

#include <string>
#include <vector>

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"

namespace postern {

// CheckExportTo checks the list at `path`. `allows_none` lets "~" pass, as for a ServiceEntry.
void CheckExportTo(const std::vector<std::string>& export_to, bool allows_none,
                   const FieldPath& path, const FindingSink& sink);

RuleList ExportToRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_EXPORT_TO_RULES_H_
