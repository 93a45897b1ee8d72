#include "tests/cases/istio_text.h"

#include <algorithm>
#include <optional>
#include <set>

#include "lib/base/strings.h"
#include "lib/validate/rules.h"

namespace postern {
namespace {

// CutPlaceholder takes "<word>" from the front of `*pattern`, if that is there.
bool CutPlaceholder(std::string_view* pattern) {
  if (!pattern->starts_with('<')) return false;
  const size_t end = pattern->find('>');
  if (end == std::string_view::npos || end == 1) return false;
  for (const char c : pattern->substr(1, end - 1)) {
    if (!IsAsciiAlpha(c) && c != '-') return false;
  }
  pattern->remove_prefix(end + 1);
  return true;
}

bool FitsAlternative(std::string_view text, std::string_view pattern) {
  while (!pattern.empty()) {
    if (CutPlaceholder(&pattern)) {
      for (size_t skip = 0; skip <= text.size(); ++skip) {
        if (FitsAlternative(text.substr(skip), pattern)) return true;
      }
      return false;
    }
    if (text.empty() || text.front() != pattern.front()) return false;
    text.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  return text.empty();
}

// Matching pairs texts with findings, by the usual augmenting paths.
class Matching {
 public:
  explicit Matching(size_t findings) : text_of_(findings) {}

  // Add finds a finding for `text` among `choices`, whose texts may have to move to others.
  bool Add(size_t text, const std::vector<std::vector<size_t>>& choices) {
    std::vector<bool> tried(text_of_.size());
    return Move(text, choices, &tried);
  }

 private:
  bool Move(size_t text, const std::vector<std::vector<size_t>>& choices,
            std::vector<bool>* tried) {
    for (const size_t finding : choices[text]) {
      if ((*tried)[finding]) continue;
      (*tried)[finding] = true;
      if (!text_of_[finding] || Move(*text_of_[finding], choices, tried)) {
        text_of_[finding] = text;
        return true;
      }
    }
    return false;
  }

  std::vector<std::optional<size_t>> text_of_;
};

}  // namespace

bool FitsPattern(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return false;
  for (const std::string_view alternative : Split(pattern, '\n')) {
    if (FitsAlternative(text, alternative)) return true;
  }
  return false;
}

namespace {

// RulesWhose returns the ids of the rules, of `severity` at least, a pattern of which `text` fits.
std::set<std::string> RulesWhose(std::string_view Rule::*pattern, std::string_view text,
                                 Severity severity) {
  std::set<std::string> ids;
  for (const RuleSubject& subject : AllRules()) {
    for (const Rule* rule : subject.rules()) {
      if (rule->severity >= severity && FitsPattern(text, rule->*pattern)) ids.emplace(rule->id);
    }
  }
  return ids;
}

bool Names(const std::set<std::string>& ids, const std::vector<Diagnostic>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [&ids](const Diagnostic& finding) { return ids.contains(finding.rule); });
}

}  // namespace

std::vector<std::string> UnexplainedTexts(const std::vector<std::string>& texts, Severity severity,
                                          const std::vector<Diagnostic>& findings) {
  std::vector<std::vector<size_t>> choices(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::set<std::string> ids = RulesWhose(&Rule::text, texts[i], severity);
    for (size_t j = 0; j < findings.size(); ++j) {
      if (ids.contains(findings[j].rule)) choices[i].push_back(j);
    }
  }
  Matching matching(findings.size());
  std::vector<std::string> unexplained;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (Names(RulesWhose(&Rule::also, texts[i], severity), findings)) continue;
    if (!matching.Add(i, choices)) unexplained.push_back(texts[i]);
  }
  return unexplained;
}

}  // namespace postern
