// What a rule of Validate is, apart from the code that checks it. That code is in the *_rules
// files, the index of all rules in lib/validate/rules.h.

#ifndef POSTERN_VALIDATE_RULE_H_
#define POSTERN_VALIDATE_RULE_H_

#include <span>
#include <string_view>

#include "postern/diagnostic.h"

namespace postern {

// A Rule is one thing that can be wrong. It has one id and is checked in one place, however many
// fields it concerns: the finding's path says which. docs/rules.md is made from these texts, the
// example there from the rule's case in tests/testdata/cases/postern_rules.yaml.
struct Rule {
  std::string_view id;  // "<thing>-<field>-<complaint>"; never renamed.
  std::string_view what;
  std::string_view why;

  // istio is the id of each row of validation.md that this rule carries out, separated by a comma
  // and a space; empty for a rule of Postern's own, which is no error.
  std::string_view istio = {};

  // text is the pattern of Istio's own message: "<word>" stands for any text, a line break
  // separates alternatives. It is empty where Istio says nothing.
  std::string_view text = {};

  // also is the patterns of what else Istio says of the same mistake, in as many messages as it
  // likes: "/gw" has an empty namespace for Istio, and a malformed one.
  std::string_view also = {};

  Severity severity = Severity::kError;
};

// A RuleList is the rules of one subject, in the order of docs/rules.md.
using RuleList = std::span<const Rule* const>;

}  // namespace postern

#endif  // POSTERN_VALIDATE_RULE_H_
