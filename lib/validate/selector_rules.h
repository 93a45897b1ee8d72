// The rules of the labels by which a resource selects workloads. Whom they select is for
// lib/compile.

#ifndef POSTERN_VALIDATE_SELECTOR_RULES_H_
#define POSTERN_VALIDATE_SELECTOR_RULES_H_

#include <map>
#include <string>

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"

namespace postern {

// CheckSelectorLabels checks the labels at `path`.
void CheckSelectorLabels(const std::map<std::string, std::string>& labels, const FieldPath& path,
                         const FindingSink& sink);

RuleList SelectorRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_SELECTOR_RULES_H_
