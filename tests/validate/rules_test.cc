#include "lib/validate/rules.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "lib/compile/report_rules.h"
#include "lib/yaml/decode_rules.h"
#include "tests/validate/rules_page.h"

namespace postern {
namespace {

std::vector<const Rule*> Everything() {
  std::vector<const Rule*> rules;
  for (const RuleSubject& subject : AllRules()) {
    const RuleList list = subject.rules();
    rules.insert(rules.end(), list.begin(), list.end());
  }
  return rules;
}

TEST(RulesTest, EachIdIsKebabCaseAndStandsOnce) {
  std::set<std::string_view> ids;
  for (const DecodeRule& rule : DecodeRules()) ids.insert(rule.id);
  for (const ReportRule* rule : ReportRules()) {
    EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
  }
  for (const Rule* rule : Everything()) {
    EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
    EXPECT_NE(std::string_view::npos, rule->id.find('-')) << rule->id;
    EXPECT_TRUE(std::all_of(rule->id.begin(), rule->id.end(), [](char c) {
      return c == '-' || IsAsciiDigit(c) || (c >= 'a' && c <= 'z');
    })) << rule->id;
  }
}

// BeginsSentence says that the first word is an ordinary one in upper case: no name, and no word
// with capitals inside, as kinds of resources have.
bool BeginsSentence(std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  for (const std::string_view name : {"Istio", "Envoy", "Host"}) {
    if (word.starts_with(name)) return false;
  }
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return word.size() > 1 && is_upper(word[0]) &&
         std::none_of(word.begin() + 1, word.end(), is_upper);
}

TEST(RulesTest, TextsAreClausesInLowerCaseWithoutFullStop) {
  for (const Rule* rule : Everything()) {
    for (const std::string_view text : {rule->what, rule->why}) {
      ASSERT_FALSE(text.empty()) << rule->id;
      EXPECT_NE('.', text.back()) << rule->id;
      EXPECT_FALSE(BeginsSentence(text)) << rule->id << ": " << text;
    }
  }
}

TEST(RulesTest, WhatIstioDoesNotRefuseIsNoError) {
  for (const Rule* rule : Everything()) {
    if (rule->istio.empty() || rule->text.empty()) {
      EXPECT_NE(Severity::kError, rule->severity) << rule->id;
    }
  }
}

TEST(RulesTest, EachRuleIsFoundByItsId) {
  for (const Rule* rule : Everything()) EXPECT_EQ(rule, FindRule(rule->id));
  EXPECT_EQ(nullptr, FindRule("no-such-rule"));
}

TEST(RulesTest, EachRuleHasACaseAndEachCaseARule) {
  const std::map<std::string, std::string> examples = ReadExamples();
  for (const Rule* rule : Everything()) {
    EXPECT_TRUE(examples.contains(std::string(rule->id))) << rule->id;
  }
  for (const auto& [id, yaml] : examples) EXPECT_NE(nullptr, FindRule(id)) << id;
}

TEST(RulesTest, ThePageSaysWhatTheIndexSays) {
  std::ifstream stream("docs/rules.md", std::ios::binary);
  const std::string page(std::istreambuf_iterator<char>(stream), {});
  EXPECT_EQ(RulesPage(ReadExamples()), page) << "run: bazel run //tests/validate:write_rules";
}

}  // namespace
}  // namespace postern
