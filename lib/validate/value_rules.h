// The rules of single values that stand in many fields: port numbers, durations, subnets, labels,
// regular expressions. Which fields they stand in is for the other *_rules files.

#ifndef POSTERN_VALIDATE_VALUE_RULES_H_
#define POSTERN_VALIDATE_VALUE_RULES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/time.h"

namespace postern {

// CheckPortNumber accepts 1 to 65535, and returns whether `number` is one of them; what else a
// field takes is for its caller to let pass.
bool CheckPortNumber(uint32_t number, const FieldPath& path, const FindingSink& sink);

// CheckDuration accepts whole milliseconds, at least one. An absent duration is fine.
void CheckDuration(const std::optional<Duration>& duration, const FieldPath& path,
                   const FindingSink& sink);

// CheckSubnet accepts an IP address, alone or with the length of its prefix.
void CheckSubnet(std::string_view subnet, const FieldPath& path, const FindingSink& sink);

// CheckLabels checks each key and each value of a map of labels.
void CheckLabels(const std::map<std::string, std::string>& labels, const FieldPath& path,
                 const FindingSink& sink);

// CheckRegex checks the length and the syntax of a regular expression.
void CheckRegex(std::string_view regex, const FieldPath& path, const FindingSink& sink);

// CheckPercentage accepts 0, and 0.0001 to 100.
void CheckPercentage(double value, const FieldPath& path, const FindingSink& sink);

RuleList ValueRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_VALUE_RULES_H_
