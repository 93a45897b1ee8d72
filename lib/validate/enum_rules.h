// The rule of enums: YAML may give a number that has no name. What each value does is for
// lib/compile, which carries out no value that it does not know.

#ifndef POSTERN_VALIDATE_ENUM_RULES_H_
#define POSTERN_VALIDATE_ENUM_RULES_H_

#include <cstdint>
#include <optional>

#include "lib/model/field_path.h"
#include "lib/model/names.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"

namespace postern {

extern const Rule kEnumValueUnknown;

// CheckEnum warns of a number without a name.
template <typename E>
void CheckEnum(E value, const FieldPath& path, const FindingSink& sink) {
  if (!NameOf(value).empty()) return;
  sink.Report(kEnumValueUnknown, path, "number ", static_cast<int32_t>(value),
              " stands for no value of this field");
}
template <typename E>
void CheckEnum(const std::optional<E>& value, const FieldPath& path, const FindingSink& sink) {
  if (value) CheckEnum(*value, path, sink);
}

RuleList EnumRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_ENUM_RULES_H_
