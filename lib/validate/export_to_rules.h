// The rules of `exportTo`, which says where a resource is visible. Who sees what is for
// lib/compile.

#ifndef POSTERN_VALIDATE_EXPORT_TO_RULES_H_
#define POSTERN_VALIDATE_EXPORT_TO_RULES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"

namespace postern {

// CheckExportTo checks the list at `path`. `allows_none` lets "~" pass, as for a ServiceEntry. It
// returns the well-formed entries, "." as the own namespace, and where each first stands.
StringViewMap<size_t> CheckExportTo(const std::vector<std::string>& export_to, bool allows_none,
                                    const FieldPath& path, const FindingSink& sink);

RuleList ExportToRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_EXPORT_TO_RULES_H_
