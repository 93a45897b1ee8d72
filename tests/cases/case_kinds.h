// Which kinds of cases there are (testdata/cases/README.md) and what runs each. A new subject is a
// file <subject>_cases.cc with a function declared here and named in case_kinds.cc.

#ifndef POSTERN_TESTS_CASES_CASE_KINDS_H_
#define POSTERN_TESTS_CASES_CASE_KINDS_H_

#include <span>
#include <string_view>
#include <vector>

#include "tests/support/case_reader.h"

namespace postern {

// A CaseKind runs the cases of one kind; `run` says what is wrong by EXPECT.
struct CaseKind {
  std::string_view kind;
  void (*run)(const CaseNode& row);
};

// A WaitingKind is a kind that nothing runs yet, and why.
struct WaitingKind {
  std::string_view kind;
  std::string_view why;
};

std::span<const CaseKind> ResourceCases();   // gateway, virtualservice, ...
std::span<const CaseKind> HostCases();       // hostpair, host_sort, ...
std::span<const CaseKind> PrimitiveCases();  // fqdn, duration, protocol, ...
std::span<const CaseKind> MergeCases();      // gateway_merge, server_class, ...
std::span<const CaseKind> RuleCases();       // rule
std::span<const CaseKind> DelegateCases();   // delegate_route_merge, ...
std::span<const CaseKind> AnalyzerCases();   // analyzer
std::span<const CaseKind> ReportCases();     // report

// FindCaseKind returns what runs `kind`, or nullptr. FindWaitingKind is for those that wait.
const CaseKind* FindCaseKind(std::string_view kind);
const WaitingKind* FindWaitingKind(std::string_view kind);

// ExpectKeys fails if `row` has a key that is not among `keys`, nor one that every case may have.
void ExpectKeys(const CaseNode& row, const std::vector<std::string_view>& keys);

}  // namespace postern

#endif  // POSTERN_TESTS_CASES_CASE_KINDS_H_
