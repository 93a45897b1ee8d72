// Cases of kinds gateway, virtualservice, destinationrule, serviceentry and workloadentry: one
// resource, and Istio's verdict on it.

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/validate/rules.h"
#include "lib/yaml/decode_rules.h"
#include "postern/config.h"
#include "tests/cases/case_kinds.h"
#include "tests/cases/istio_text.h"

namespace postern {
namespace {

// A Verdict is what Istio says of a resource.
struct Verdict {
  bool valid;
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};

// Our decoder reads a null element as an empty message, as Istio's does; the rows about nil
// pointers say both.
Verdict VerdictOf(const CaseNode& row) {
  if (const CaseNode* ours = row.Find("postern")) {
    ExpectKeys(*ours, {"valid", "errors", "warnings", "why"});
    EXPECT_FALSE((*ours)["why"].Text().empty()) << row.Where() << ": a reason is missing";
    return {(*ours)["valid"].Bool(), (*ours)["errors"].Texts(), (*ours)["warnings"].Texts()};
  }
  const auto pick = [&](const std::string& key) -> const CaseNode& {
    const std::string decoded = key + "_when_null_decodes_to_empty_message";
    return row.Has(decoded) ? row[decoded] : row[key];
  };
  Verdict verdict = {pick("valid").Bool(), pick("errors").Texts(), pick("warnings").Texts()};
  if (row["null_element"].Bool() && verdict.valid) verdict.errors.clear();
  return verdict;
}

bool IsDecodeRule(std::string_view id) {
  const std::span<const DecodeRule> rules = DecodeRules();
  return std::any_of(rules.begin(), rules.end(),
                     [id](const DecodeRule& rule) { return rule.id == id; });
}

std::string Print(const std::vector<Diagnostic>& findings) {
  std::string text;
  for (const Diagnostic& finding : findings) text += "  " + finding.ToString() + "\n";
  return text;
}

void ExpectPlaces(const std::vector<Diagnostic>& findings) {
  for (const Diagnostic& finding : findings) {
    EXPECT_GT(finding.where.line, 0) << finding.ToString();
    EXPECT_GT(finding.where.column, 0) << finding.ToString();
    EXPECT_TRUE(IsDecodeRule(finding.rule) || FindRule(finding.rule) != nullptr)
        << finding.ToString() << ": the rule is in no index";
  }
}

void RunResource(const CaseNode& row) {
  ExpectKeys(
      row,
      {"yaml", "macro", "valid", "errors", "warnings", "error_contains", "warning_contains",
       "stage", "null_element", "valid_when_null_decodes_to_empty_message",
       "errors_when_null_decodes_to_empty_message", "warnings_when_null_decodes_to_empty_message"});
  const std::string yaml =
      row["macro"].Bool() ? ExpandMacros(row["yaml"].Text()) : row["yaml"].Text();
  // Cases are of the validator's level: unknown fields pass, no namespace is the empty one.
  const Config config =
      Config::FromYaml(yaml, {.mode = DecodeOptions::Mode::kLenient, .default_namespace = ""});
  const std::vector<Diagnostic> findings = Validate(config);
  const std::string print = Print(findings);
  const Verdict verdict = VerdictOf(row);

  EXPECT_EQ(verdict.valid, ToStatus(findings).ok()) << print;
  ExpectPlaces(findings);
  if (row["stage"].Text() == "decode") {
    EXPECT_TRUE(
        std::any_of(config.findings.begin(), config.findings.end(),
                    [](const Diagnostic& finding) { return finding.severity == Severity::kError; }))
        << print;
    return;
  }
  for (const std::string& text : UnexplainedTexts(verdict.errors, Severity::kError, findings)) {
    ADD_FAILURE() << "no finding stands for the error: " << text << "\n" << print;
  }
  for (const std::string& text : UnexplainedTexts(verdict.warnings, Severity::kWarning, findings)) {
    ADD_FAILURE() << "no finding stands for the warning: " << text << "\n" << print;
  }
}

constexpr CaseKind kKinds[] = {
    {"gateway", RunResource},         {"virtualservice", RunResource},
    {"destinationrule", RunResource}, {"serviceentry", RunResource},
    {"workloadentry", RunResource},
};

}  // namespace

std::span<const CaseKind> ResourceCases() { return kKinds; }

}  // namespace postern
