#include "lib/validate/enum_rules.h"

namespace postern {

constexpr Rule kEnumValueUnknown = {
    .id = "enum-value-unknown",
    .what = "a field that takes one of several names was given a number that stands for none",
    .why = "Istio's validator lets it pass, and what a data plane makes of it is not defined",
    .severity = Severity::kWarning,
};

namespace {

constexpr const Rule* kRules[] = {&kEnumValueUnknown};

}  // namespace

RuleList EnumRules() { return kRules; }

}  // namespace postern
