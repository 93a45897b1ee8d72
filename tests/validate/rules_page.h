// The text of docs/rules.md: every rule, its reason, and the case that breaks it.

#ifndef POSTERN_TESTS_VALIDATE_RULES_PAGE_H_
#define POSTERN_TESTS_VALIDATE_RULES_PAGE_H_

#include <map>
#include <string>

namespace postern {

// ReadExamples returns the YAML of the cases of tests/testdata/cases/postern_rules.yaml, by rule.
std::map<std::string, std::string> ReadExamples();

// RulesPage returns the whole page. `examples` holds the YAML of each rule by its id.
std::string RulesPage(const std::map<std::string, std::string>& examples);

}  // namespace postern

#endif  // POSTERN_TESTS_VALIDATE_RULES_PAGE_H_
