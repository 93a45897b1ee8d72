#include "tests/validate/rules_page.h"

#include <string_view>

#include "lib/base/strings.h"
#include "lib/compile/report_rules.h"
#include "lib/model/diagnostic.h"
#include "lib/validate/rules.h"
#include "lib/yaml/decode_rules.h"
#include "tests/support/case_reader.h"

namespace postern {
namespace {

constexpr std::string_view kIntroduction = R"(# Rules

Every finding of Postern carries the id of one of these rules; ids are never renamed. An error keeps
`Snapshot::Build` from succeeding, a warning does not. Where Istio's validator has the same rule, its
number in the specification and its message are given, with `<...>` for what differs from case to
case; rules of validation without one are Postern's own, and never errors: what is valid for Istio is
valid here. Reading, and one rule of Building, have errors of their own.

This page is written by `bazel run //tests/validate:write_rules`, and a test keeps it so.

)";

std::string Anchor(std::string_view title) {
  std::string anchor;
  for (const char c : AsciiLower(title)) {
    if (IsAsciiAlnum(c)) anchor += c;
    if (c == ' ' || c == '-') anchor += '-';
  }
  return anchor;
}

std::string IstioLine(const Rule& rule) {
  if (rule.istio.empty()) return "A rule of Postern's own.\n";
  std::string line = StrCat("Istio: ", rule.istio);
  if (rule.text.empty()) return line + ", of which it says nothing.\n";
  std::string_view separator = ": ";
  for (const std::string_view text : Split(rule.text, '\n')) {
    StrAppend(&line, separator, "`` ", text, " ``");
    separator = " or ";
  }
  return line + "\n";
}

std::string RuleSection(const Rule& rule, std::string_view example) {
  return StrCat("### ", rule.id, "\n\n", SeverityName(rule.severity), ": ", rule.what,
                ".\n\nWhy: ", rule.why, ".\n\n", IstioLine(rule), "\n```yaml\n", example,
                "```\n\n");
}

std::string DecodeSection() {
  std::string section =
      "## Reading\n\nWhat is found while text is read, before any rule above is asked.\n\n"
      "| rule | severity | when |\n| --- | --- | --- |\n";
  for (const DecodeRule& rule : DecodeRules()) {
    StrAppend(&section, "| `", rule.id, "` | ", SeverityName(rule.severity), " | ", rule.what,
              " |\n");
  }
  return section;
}

std::string ReportSection() {
  std::string section =
      "\n## Building\n\nWhat `Snapshot::report()` says once a configuration is valid. Where a "
      "connection or request can\nshow it, the finding has a witness, and `Snapshot::Explain` "
      "replays it.\n\n| rule | severity | when | witness |\n| --- | --- | --- | --- |\n";
  for (const ReportRule* rule : ReportRules()) {
    StrAppend(&section, "| `", rule->id, "` | ", SeverityName(rule->severity), " | ", rule->what,
              " | ", rule->witness == ReportRule::Witness::kNone ? "none" : "yes", " |\n");
  }
  return section;
}

}  // namespace

std::map<std::string, std::string> ReadExamples() {
  std::map<std::string, std::string> examples;
  for (const CaseNode& row : ReadCaseFile("tests/testdata/cases/postern_rules.yaml").items) {
    examples[row["rule"].Text()] = row["yaml"].Text();
  }
  return examples;
}

std::string RulesPage(const std::map<std::string, std::string>& examples) {
  std::string page(kIntroduction);
  for (const RuleSubject& subject : AllRules()) {
    StrAppend(&page, "- [", subject.title, "](#", Anchor(subject.title), ")\n");
  }
  page += "- [Reading](#reading)\n- [Building](#building)\n\n";
  for (const RuleSubject& subject : AllRules()) {
    StrAppend(&page, "## ", subject.title, "\n\n");
    for (const Rule* rule : subject.rules()) {
      const auto example = examples.find(std::string(rule->id));
      page += RuleSection(*rule, example == examples.end() ? "" : example->second);
    }
  }
  return page + DecodeSection() + ReportSection();
}

}  // namespace postern
